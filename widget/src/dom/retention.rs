//! How many come back: a row per cohort, a column per bucket after the first. It is a table of its own,
//! so its numbers are in words for everybody.

use crate::{
    data::{cell, stamp::Stamp},
    text::words,
};

use super::{
    el::{View, el, live},
    panel::PanelScope,
    readout::said,
};

/// Shades of a cell: a text stays readable on the last.
const SHADES: f64 = 10.0;

/// Draws the panel's body.
pub(crate) fn retention(scope: PanelScope) -> View {
    live(move || {
        let Some(panel) = scope.answer() else { return View::Nothing };
        let answer = &panel.answer;
        let intl = scope.context.intl.get();
        let (Some(start), Some(size)) = (answer.columns.first(), answer.columns.get(1)) else {
            return View::Nothing;
        };
        let mut heads = el("tr", "");
        for (place, column) in answer.columns.iter().enumerate() {
            let class = if place == 0 { "word" } else { "num" };
            heads = heads.kid(el("th", class).set("scope", "col").says(column.label.clone()));
        }
        let mut body = el("tbody", "");
        for row in &answer.rows {
            let number = |place: usize| row.get(place).and_then(cell::number);
            let start_words = row.first().map(cell::words).unwrap_or_default();
            let begun = match (Stamp::parse(&start_words), answer.time.grain) {
                (Some(stamp), Some(grain)) => intl.bucket(&stamp, grain),
                _ => start_words,
            };
            let many = number(1);
            let mut line = el("tr", "")
                .kid(el("th", "word").set("scope", "row").says(begun))
                .kid(el("td", "num").says(said(&intl, size, many)));
            for place in 2..row.len() {
                let mut cell = el("td", "num");
                if let (Some(back), Some(many)) = (number(place), many.filter(|many| *many > 0.0)) {
                    let share = back / many;
                    let shade = (share * SHADES).ceil().min(SHADES) as usize;
                    cell = cell
                        .set("data-heat", shade.to_string())
                        .set("title", said(&intl, size, Some(back)))
                        .says(intl.share(share));
                }
                line = line.kid(cell);
            }
            body = body.kid(line);
        }
        let mut name = scope.layout.title.clone();
        for piece in [". ", &start.label, ", ", &intl.say(words::RETURNED)] {
            name.push_str(piece);
        }
        let table = el("table", "data cohorts").set("part", "chart");
        el("div", "scroll")
            .set("tabindex", "0")
            .set("role", "group")
            .set("aria-label", name)
            .kid(table.kid(el("thead", "").kid(heads)).kid(body))
            .into()
    })
}
