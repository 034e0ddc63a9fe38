//! How many get from each step to the next: a bar per step, and between them who was lost.

use std::rc::Rc;

use inlay_shared::Answer;

use crate::{chart::path::px, data::cell, text::words};

use super::{
    donut::named,
    el::{View, el, live, svg},
    intl::Intl,
    marks::{self, Marks, Walk},
    panel::PanelScope,
    readout::said,
};

/// One step, read from its row.
struct Step {
    label: String,
    count: Option<f64>,
    of_first: Option<f64>,
    of_previous: Option<f64>,
}

/// Draws the panel's body.
pub(crate) fn funnel(scope: PanelScope) -> View {
    let walk = Walk::new(scope);
    live(move || {
        let scope = &walk.scope;
        let Some(panel) = scope.answer() else { return View::Nothing };
        let steps = Rc::new(steps(&panel.answer));
        let intl = scope.context.intl.get();
        let current = walk.current(steps.len());
        let (of_pick, picked) = (scope.clone(), steps.clone());
        let pick: Rc<dyn Fn(usize)> =
            Rc::new(move |place| marks::select(&of_pick, "step", &picked[place].label));
        let Some(column) = panel.answer.columns.get(1) else { return View::Nothing };
        let count = |step: &Step| said(&intl, column, step.count);
        let mut summary = scope.layout.title.clone();
        for step in steps.iter() {
            for piece in ["; ", &step.label, " ", &count(step), ", ", &share(&intl, step.of_first)]
            {
                summary.push_str(piece);
            }
        }
        let marks = Marks { count: steps.len(), across: 1, pick: pick.clone() };
        let mut list = walk.holder("funnel", summary, marks);
        for (place, step) in steps.iter().enumerate() {
            if let Some(kept) = step.of_previous.filter(|_| place > 0) {
                let lost = ["−", &intl.share(1.0 - kept)].concat();
                let words = el("span", "lost").says(intl.fill(words::LOST, &[("value", &lost)]));
                list = list.kid(el("div", "lost-row").set("aria-hidden", "true").kid(words));
            }
            let mut length = px(step.of_first.unwrap_or(0.0) * 100.0);
            length.push('%');
            let fill = svg("rect", "bar-fill").set("width", length).set("height", "100%");
            let track = svg("svg", "track").set("aria-hidden", "true").kid(fill);
            let row = el("div", if current == Some(place) { "step current" } else { "step" })
                .kid(named(&step.label))
                .kid(track)
                .kid(el("span", "bar-value").says(count(step)))
                .kid(el("span", "share-part").says(share(&intl, step.of_first)));
            list = list.kid(walk.mark(row, place, false, &pick));
        }
        list.into()
    })
}

fn steps(answer: &Answer) -> Vec<Step> {
    let mut steps = Vec::new();
    for row in &answer.rows {
        let number = |place: usize| row.get(place).and_then(cell::number);
        steps.push(Step {
            label: row.first().map(cell::words).unwrap_or_default(),
            count: number(1),
            of_first: number(2),
            of_previous: number(3),
        });
    }
    steps
}

fn share(intl: &Intl, share: Option<f64>) -> String {
    share.map_or_else(|| intl.say(words::ABSENT).into(), |share| intl.share(share))
}
