//! Lying bars of several series: side by side, or on each other.

use std::rc::Rc;

use crate::{
    chart::{
        path::px,
        scale::{Scale, extent_with_zero},
        stack,
    },
    data::series::Series,
    text::{number::Place, summary},
};

use super::{
    chart::{legend, tone},
    el::{El, View, el, live, svg},
    hatch,
    intl::Intl,
    marks::{self, Marks, Walk},
    panel::PanelScope,
    readout::{row, said},
};

/// Draws the panel's body.
pub(crate) fn groups(scope: PanelScope) -> View {
    let walk = Walk::new(scope);
    live(move || {
        let scope = &walk.scope;
        let Some(panel) = scope.answer() else { return View::Nothing };
        let Some(series) = Series::by_group(&panel.answer).map(Rc::new) else {
            return View::Nothing;
        };
        let intl = scope.context.intl.get();
        let dimension = marks::dimension(&panel.answer);
        let (of_pick, picked) = (scope.clone(), series.clone());
        let pick: Rc<dyn Fn(usize)> =
            Rc::new(move |place| marks::select(&of_pick, &dimension, &picked.names[place]));
        let says = summary::of_series(
            &scope.layout.title,
            &series,
            &|value| intl.value(value, &series.measure, Place::Cell),
            &|place| intl.lexicon().name(&series.names[place]).into(),
            intl.lexicon(),
        );
        let current = walk.current(series.len());
        let marks = Marks { count: series.len(), across: 1, pick: pick.clone() };
        let mut list = walk.holder("bars grouped", says, marks);
        let bars = bars(&series, scope.layout.look.stacked);
        for (place, bars) in bars.iter().enumerate() {
            let is_current = current == Some(place);
            let name = String::from(intl.lexicon().name(&series.names[place]));
            let mut option = el("div", if is_current { "bar-row current" } else { "bar-row" })
                .kid(el("span", "bar-name").set("title", name.clone()).says(name));
            option = if scope.layout.look.stacked {
                let total: f64 = series.lines.iter().filter_map(|line| line.values[place]).sum();
                let mut track = track();
                for (line, bar) in bars.iter().enumerate() {
                    track = segment(track, line, *bar);
                }
                let total = said(&intl, &series.measure, Some(total));
                option
                    .kid(track)
                    .kid(el("span", "unseen").says(words_of(&series, place, &intl)))
                    .kid(el("span", "bar-value").says(total))
            } else {
                let (mut tracks, mut values) = (el("span", "tracks"), el("span", "bar-value"));
                for (line, bar) in bars.iter().enumerate() {
                    let value = said(&intl, &series.measure, series.lines[line].values[place]);
                    tracks = tracks.kid(segment(track(), line, *bar));
                    let name =
                        [", ", &*intl.lexicon().name(&series.lines[line].name), " "].concat();
                    // What the bar's colour says to the eye.
                    let name = el("span", "unseen").says(name);
                    values = values.kid(el("span", "value").kid(name).says(value));
                }
                option.kid(tracks).kid(values)
            };
            list = list.kid(walk.mark(option, place, false, &pick));
        }
        let chart = el("div", "chart").kid(legend(&series, None, true, &intl, None)).kid(list);
        // Outside of the list, which may be scrolled.
        let card = current.filter(|_| scope.layout.look.stacked);
        chart.kid(card.map_or(View::Nothing, |place| card_of(&series, place, &intl))).into()
    })
}

/// From where to where each bar reaches, in percent: by category, then by series.
fn bars(series: &Series, stacked: bool) -> Vec<Vec<(f64, f64)>> {
    let values: Vec<&[Option<f64>]> = series.lines.iter().map(|line| &*line.values).collect();
    let spans: Vec<Vec<(f64, f64)>> = if stacked {
        stack::stack(&values)
    } else {
        let alone = |values: &&[Option<f64>]| stack::stack(&[values]).remove(0);
        values.iter().map(alone).collect()
    };
    let domain = extent_with_zero(spans.iter().flatten().map(|(_, to)| *to));
    let domain = if domain.0 == domain.1 { (0.0, 1.0) } else { domain };
    let scale = Scale { domain, range: (0.0, 100.0) };
    let of_category = |place: usize| {
        spans.iter().map(|line| (scale.at(line[place].0), scale.at(line[place].1))).collect()
    };
    (0..series.len()).map(of_category).collect()
}

fn track() -> El {
    svg("svg", "track").set("aria-hidden", "true").kid(hatch::patterns())
}

fn segment(track: El, line: usize, (from, to): (f64, f64)) -> El {
    if from == to {
        return track;
    }
    let percent = |value: f64| {
        let mut out = px(value);
        out.push('%');
        out
    };
    let rect = |class: &'static str| {
        svg("rect", class)
            .set("data-tone", tone(line))
            .set("x", percent(from.min(to)))
            .set("width", percent((to - from).abs().max(0.5)))
            .set("height", "100%")
    };
    let track = track.kid(rect("surface"));
    match hatch::fill(line) {
        Some(fill) => track.kid(rect("hatch").set("fill", fill)),
        None => track,
    }
}

/// The parts of a stack, for those who do not see them.
fn words_of(series: &Series, place: usize, intl: &Intl) -> String {
    let mut out = String::new();
    for line in &series.lines {
        let value = said(intl, &series.measure, line.values[place]);
        for piece in [", ", &intl.lexicon().name(&line.name), " ", &value] {
            out.push_str(piece);
        }
    }
    out.push_str(", ");
    out
}

fn card_of(series: &Series, place: usize, intl: &Intl) -> View {
    let mut card = el("div", "card row-card").set("part", "tooltip").set("aria-hidden", "true");
    for (line, values) in series.lines.iter().enumerate() {
        let value = said(intl, &series.measure, values.values[place]);
        card = card.kid(row(tone(line), &intl.lexicon().name(&values.name), value));
    }
    card.into()
}
