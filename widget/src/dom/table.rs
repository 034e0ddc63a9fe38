//! Tables: a panel of its own, and the twin of every chart.

use inlay_shared::{Column, ColumnType, Role};
use leptos::{html, prelude::*};
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
    el::{Attrs, class, div, el, live, nothing, text},
    intl::Intl,
    panel::PanelScope,
};

/// Draws the panel's body. A number's table is its course.
pub(crate) fn table(scope: PanelScope) -> AnyView {
    live(move || {
        let Some(panel) = scope.answer() else { return nothing() };
        let answer = panel.trend.as_ref().filter(|it| Series::read(it).is_some());
        let answer = answer.unwrap_or(&panel.answer);
        let intl = scope.context.intl.get();
        let twin = Twin::read(answer);
        let grain = answer.time.grain;
        let write = |cell: &Value, head: &Head| match (head.column.role, grain) {
            (Role::Time, Some(grain)) => cell
                .as_str()
                .and_then(Stamp::parse)
                .map_or_else(|| cell::words(cell), |stamp| intl.bucket(&stamp, grain)),
            _ => written(cell, &head.column, &intl),
        };
        let head = |head: &Head| {
            let mut name = head.column.label.clone();
            if head.is_before {
                name.push_str(", ");
                name.push_str(words::BEFORE);
            }
            el(html::th(), kind(head).set("scope", "col"), vec![text(name)])
        };
        let row = |cells: &Vec<Value>| {
            let cell = |(cell, head): (&Value, &Head)| {
                el(html::td(), kind(head), vec![text(write(cell, head))])
            };
            el(html::tr(), Attrs::default(), cells.iter().zip(&twin.heads).map(cell).collect())
        };
        let heads = twin.heads.iter().map(head).collect();
        let rows = twin.rows.iter().map(row).collect();
        let body = el(
            html::table(),
            class("data").set("part", "table"),
            vec![
                el(html::thead(), Attrs::default(), vec![el(html::tr(), Attrs::default(), heads)]),
                el(html::tbody(), Attrs::default(), rows),
            ],
        );
        // What scrolls must be reachable by keys.
        let attrs = class("scroll").set("tabindex", "0").set("role", "region");
        div(attrs.set("aria-label", scope.layout.title.clone()), vec![body])
    })
}

fn kind(head: &Head) -> Attrs {
    class(if head.is_number() { "num" } else { "word" })
}

fn written(value: &Value, column: &Column, intl: &Intl) -> String {
    match (column.kind, cell::number(value)) {
        (ColumnType::Integer | ColumnType::Number | ColumnType::Decimal, Some(number))
            if column.role == Role::Measure =>
        {
            intl.cell(number, value.as_str(), column)
        }
        _ => match cell::words(value) {
            words if !words.is_empty() => words,
            _ if column.role == Role::Measure => words::ABSENT.into(),
            _ => words::NO_VALUE.into(),
        },
    }
}
