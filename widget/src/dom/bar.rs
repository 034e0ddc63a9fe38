//! Ranked bars on the screen: a list that arrow keys walk.

use leptos::{html, prelude::*, svg};
use serde::Serialize;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use crate::{
    chart::{
        bars::{self, Bar},
        path::px,
    },
    data::ranking::{Ranked, Ranking},
    text::{number::Place, summary, words},
};

use super::{
    el::{Attrs, class, el, live, nothing, text},
    intl::Intl,
    panel::PanelScope,
};

#[derive(Serialize)]
struct Picked<'a> {
    panel: &'a str,
    dimension: &'a str,
    value: &'a str,
}

/// Draws the panel's body.
pub(crate) fn bars(scope: PanelScope) -> AnyView {
    let at = RwSignal::new(None::<usize>);
    live(move || {
        let Some(panel) = scope.answer() else { return nothing() };
        let Some(ranking) = Ranking::read(&panel.answer) else { return nothing() };
        let intl = scope.context.intl.get();
        let says = summary::of_ranking(&scope.layout.title, &ranking, &|value| {
            intl.value(value, &ranking.measure, Place::Cell)
        });
        let values: Vec<_> = ranking.rows.iter().map(|row| (row.value, row.before)).collect();
        let current = at.get().filter(|place| *place < values.len());
        let rows = ranking.rows.iter().zip(bars::bars(&values)).enumerate();
        let kids = rows
            .map(|(place, (row, bar))| {
                let (scope_of_row, picked) = (scope.clone(), ranking.clone());
                let attrs = class(if current == Some(place) { "bar-row current" } else { "bar-row" })
                    .set("role", "option")
                    .set("id", id(&scope, place))
                    .set("aria-selected", if current == Some(place) { "true" } else { "false" })
                    .on("click", move |_| select(&scope_of_row, &picked, place));
                el(html::div(), attrs, cells(&ranking, row, bar, &intl))
            })
            .collect();
        let key = {
            let scope = scope.clone();
            let ranking = ranking.clone();
            move |event: Event| walk(event.unchecked_into(), at, &scope, &ranking)
        };
        let attrs = class("bars")
            .set("part", "chart")
            .set("role", "listbox")
            .set("tabindex", "0")
            .set("aria-label", says)
            .maybe("aria-activedescendant", current.map(|place| id(&scope, place)))
            .on("blur", move |_| at.set(None))
            .on("keydown", key);
        el(html::div(), attrs, kids)
    })
}

fn id(scope: &PanelScope, place: usize) -> String {
    let mut id = String::from("row-");
    id.push_str(&scope.layout.id);
    id.push('-');
    id.push_str(&place.to_string());
    id
}

fn cells(ranking: &Ranking, row: &Ranked, bar: Bar, intl: &Intl) -> Vec<AnyView> {
    let said = |value: Option<f64>| {
        value.map_or_else(
            || words::ABSENT.into(),
            |value| intl.value(value, &ranking.measure, Place::Cell),
        )
    };
    let name = if row.name.is_empty() { words::NO_VALUE } else { &row.name };
    let before = row.before.map(|before| [words::BEFORE, " ", &said(Some(before))].concat());
    vec![
        el(
            html::span(),
            class("bar-name").set("title", String::from(name)),
            vec![text(name)],
        ),
        track(bar),
        el(
            html::span(),
            class("bar-value").maybe("title", before),
            vec![text(said(row.value))],
        ),
    ]
}

fn track(bar: Bar) -> AnyView {
    let rect = |name: &'static str, from: f64, length: String| {
        let attrs = class(name).set("x", percent(from)).set("width", length);
        el(svg::rect(), attrs.set("height", "100%"), vec![])
    };
    let mut kids = Vec::new();
    if bar.length > 0.0 {
        kids.push(rect("bar-fill", bar.from, percent(bar.length)));
    }
    if let Some(before) = bar.before {
        kids.push(rect("bar-before", before.min(99.4), "2".into()));
    }
    el(svg::svg(), Attrs::default().set("class", "track").set("aria-hidden", "true"), kids)
}

fn percent(share: f64) -> String {
    let mut out = px(share);
    out.push('%');
    out
}

fn walk(event: KeyboardEvent, at: RwSignal<Option<usize>>, scope: &PanelScope, ranking: &Ranking) {
    let Some(last) = ranking.rows.len().checked_sub(1) else { return };
    let current = at.get_untracked();
    let next = match event.key().as_str() {
        "ArrowDown" => Some(current.map_or(0, |place| (place + 1).min(last))),
        "ArrowUp" => Some(current.map_or(last, |place| place.saturating_sub(1))),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" if current.is_some() => None,
        "Enter" | " " => {
            if let Some(place) = current {
                event.prevent_default();
                select(scope, ranking, place);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    at.set(next);
}

fn select(scope: &PanelScope, ranking: &Ranking, place: usize) {
    if let Some(row) = ranking.rows.get(place) {
        let panel = scope.layout.id.as_str();
        let picked = Picked { panel, dimension: &ranking.dimension, value: &row.name };
        scope.context.feed(|feed| feed.select(&picked));
    }
}
