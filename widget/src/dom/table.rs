//! Tables: a panel of its own, and the twin of every chart.

use inlay_shared::{Column, Grain, Role};
use serde_json::Value;

use crate::{
    data::{
        cell,
        series::Series,
        stamp::Stamp,
        twin::{Head, Twin},
    },
    text::words,
};

use super::{
    el::{El, View, el, live},
    intl::Intl,
    panel::PanelScope,
};

/// Draws the panel's body. A number's table is its course.
pub(crate) fn table(scope: PanelScope) -> View {
    live(move || {
        let Some(panel) = scope.answer() else { return View::Nothing };
        let answer = match &panel.trend {
            Some(trend) if Series::read(trend).is_some() => trend,
            _ => &panel.answer,
        };
        let intl = scope.context.intl.get();
        let twin = Twin::read(answer);
        let mut heads = el("tr", "");
        for head in &twin.heads {
            let mut name = head.column.label.clone();
            if head.is_before {
                name.push_str(", ");
                name.push_str(words::BEFORE);
            }
            heads = heads.kid(cell_of("th", head).set("scope", "col").says(name));
        }
        let mut rows = el("tbody", "");
        for cells in &twin.rows {
            let mut row = el("tr", "");
            for (cell, head) in cells.iter().zip(&twin.heads) {
                row = row.kid(cell_of("td", head).says(written(
                    cell,
                    &head.column,
                    answer.time.grain,
                    &intl,
                )));
            }
            rows = rows.kid(row);
        }
        let table = el("table", "data").set("part", "table").kid(el("thead", "").kid(heads));
        // What scrolls must be reachable by keys.
        el("div", "scroll")
            .set("tabindex", "0")
            .set("role", "group")
            .set("aria-label", scope.layout.title.clone())
            .kid(table.kid(rows))
            .into()
    })
}

fn cell_of(tag: &'static str, head: &Head) -> El {
    el(tag, if head.is_number() { "num" } else { "word" })
}

fn written(value: &Value, column: &Column, grain: Option<Grain>, intl: &Intl) -> String {
    let words = cell::words(value);
    match (column.role, grain, cell::number(value)) {
        (Role::Time, Some(grain), _) => match Stamp::parse(&words) {
            Some(stamp) => intl.bucket(&stamp, grain),
            None => words,
        },
        (Role::Measure, _, Some(number)) => intl.cell(number, value.as_str(), column),
        (Role::Measure, _, None) => words::ABSENT.into(),
        _ if words.is_empty() => words::NO_VALUE.into(),
        _ => words,
    }
}
