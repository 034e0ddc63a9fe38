//! Shares as a ring, and beside it the list that names them.

use std::rc::Rc;

use crate::{
    chart::{path::px, ring},
    data::{
        ranking::{Ranked, Ranking},
        series::ALL_OTHERS,
    },
    text::{number::Place, summary},
};

use super::{
    chart::{block, tone},
    el::{El, View, el, live, svg},
    hatch,
    marks::{self, Marks, Walk},
    panel::PanelScope,
    readout::said,
};

/// Draws the panel's body.
pub(crate) fn donut(scope: PanelScope) -> View {
    let walk = Walk::new(scope);
    live(move || {
        let scope = &walk.scope;
        let Some(panel) = scope.answer() else { return View::Nothing };
        let Some(ranking) = Ranking::read(&panel.answer).map(Rc::new) else { return View::Nothing };
        let intl = scope.context.intl.get();
        let values: Vec<Option<f64>> = ranking.rows.iter().map(|row| row.value).collect();
        let slices = ring::slices(&values);
        let sum: f64 = values.iter().flatten().map(|value| value.max(0.0)).sum();
        let says = summary::of_ranking(
            &scope.layout.title,
            &ranking,
            &|value| intl.value(value, &ranking.measure, Place::Cell),
            intl.lexicon(),
        );
        let current = walk.current(values.len());
        let (of_pick, picked) = (scope.clone(), ranking.clone());
        let pick: Rc<dyn Fn(usize)> = Rc::new(move |place| {
            marks::select(&of_pick, &picked.dimension, &picked.rows[place].name);
        });
        let mut picture = svg("svg", "ring")
            .set("viewBox", "0 0 120 120")
            .set("aria-hidden", "true")
            .kid(hatch::patterns());
        let marks = Marks { count: values.len(), across: 1, pick: pick.clone() };
        let mut list = walk.holder("shares", says, marks);
        for (place, row) in ranking.rows.iter().enumerate() {
            let slice = slices[place];
            let is_current = current == Some(place);
            let tone = tone_of(row, place);
            if slice.length > 0.0 {
                let faded = current.is_some() && !is_current;
                picture = picture.kid(arc(
                    if faded { "slice faded" } else { "slice" },
                    tone,
                    slice,
                    None,
                ));
                if let Some(fill) = hatch::fill(place).filter(|_| tone != "rest") {
                    picture = picture.kid(arc("slice-hatch", tone, slice, Some(fill)));
                }
            }
            let value = said(&intl, &ranking.measure, row.value);
            let share = intl.share(slice.length / 100.0);
            let option = el("div", if is_current { "share current" } else { "share" })
                .kid(block(tone))
                .kid(named(&intl.lexicon().name(&row.name)))
                .kid(el("span", "bar-value").says(value))
                .kid(el("span", "share-part").says(share));
            list = list.kid(walk.mark(option, place, false, &pick));
        }
        let middle = match current.map(|place| &ranking.rows[place]) {
            Some(row) => (row.value.unwrap_or(0.0), String::from(intl.lexicon().name(&row.name))),
            None => (sum, ranking.measure.label.clone()),
        };
        let figure = intl.value(middle.0, &ranking.measure, Place::Axis);
        let middle = el("div", "ring-words")
            .set("aria-hidden", "true")
            .kid(el("span", "ring-figure").says(figure))
            .kid(el("span", "ring-name").says(middle.1));
        let ring = el("div", "ring-box").kid(picture).kid(middle);
        el("div", "donut").kid(ring).kid(list).into()
    })
}

/// A name that may be cut short, and is whole in its title.
pub(crate) fn named(name: &str) -> El {
    el("span", "bar-name").set("title", String::from(name)).says(String::from(name))
}

/// The row of all others is no group, and has no colour of one.
fn tone_of(row: &Ranked, place: usize) -> &'static str {
    if row.name == ALL_OTHERS { "rest" } else { tone(place) }
}

/// A piece of a circle that is 100 long.
fn arc(
    class: &'static str,
    tone: &'static str,
    slice: ring::Slice,
    stroke: Option<&'static str>,
) -> El {
    // Between two slices the ground is seen; a whole ring has no gap.
    let gap = if slice.length > 99.9 { 0.0 } else { 0.5_f64.min(slice.length / 2.0) };
    let dashes = [px(slice.length - gap), String::from(" "), px(100.0 - slice.length + gap)];
    let arc = svg("circle", class)
        .set("data-tone", tone)
        .set("cx", "60")
        .set("cy", "60")
        .set("r", "48")
        .set("pathLength", "100")
        .set("stroke-dasharray", dashes.concat())
        .set("stroke-dashoffset", px(-slice.from - gap / 2.0));
    match stroke {
        Some(stroke) => arc.set("stroke", stroke),
        None => arc,
    }
}
