//! Ranked bars on the screen: a list that arrow keys walk.

use std::rc::Rc;

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
    el::{El, View, el, live, svg},
    intl::Intl,
    marks,
    panel::PanelScope,
    var::Var,
};

/// Draws the panel's body.
pub(crate) fn bars(scope: PanelScope) -> View {
    let at = Var::new(None::<usize>);
    let scope = Rc::new(scope);
    live(move || {
        let Some(panel) = scope.answer() else { return View::Nothing };
        let Some(ranking) = Ranking::read(&panel.answer).map(Rc::new) else { return View::Nothing };
        let intl = scope.context.intl.get();
        let says = summary::of_ranking(
            &scope.layout.title,
            &ranking,
            &|value| intl.value(value, &ranking.measure, Place::Cell),
            intl.lexicon(),
        );
        let current = at.get().filter(|place| *place < ranking.rows.len());
        let picked = scope.picked_row();
        let mut list = el("div", if picked.is_some() { "bars some" } else { "bars" })
            .set("part", "chart")
            .set("role", "listbox")
            .set("tabindex", "0")
            .set("aria-label", says)
            .on("blur", move |_| at.set(None));
        if let Some(place) = current {
            list = list.set("aria-activedescendant", id(&scope, place));
        }
        let (of_keys, count) = (scope.clone(), ranking.rows.len());
        list = list.on("keydown", move |event| walk(&event, at, &of_keys, count));
        let bars = bars::bars(&ranking.rows);
        for (place, bar) in bars.into_iter().enumerate() {
            let of_row = scope.clone();
            let is_picked = picked == Some(place);
            let class = match (current == Some(place), is_picked) {
                (true, true) => "bar-row current picked",
                (true, false) => "bar-row current",
                (false, true) => "bar-row picked",
                (false, false) => "bar-row",
            };
            let row = el("div", class)
                .set("role", "option")
                .set("id", id(&scope, place))
                .set("aria-selected", if is_picked { "true" } else { "false" })
                .on("click", move |_| of_row.pick_row(place));
            list = list.kid(cells(row, &ranking, &ranking.rows[place], bar, &intl));
        }
        list.into()
    })
}

fn id(scope: &PanelScope, place: usize) -> String {
    let mut id = ["row-", &*scope.layout.id].concat();
    id.push('-');
    id.push_str(&place.to_string());
    id
}

fn cells(list: El, ranking: &Ranking, row: &Ranked, bar: Bar, intl: &Intl) -> El {
    let value = match row.value {
        Some(value) => intl.value(value, &ranking.measure, Place::Cell),
        None => intl.say(words::ABSENT).into(),
    };
    let name = intl.lexicon().name(&row.name);
    let mut track = svg("svg", "track").set("aria-hidden", "true");
    if bar.length > 0.0 {
        track = track.kid(rect("bar-fill", bar.from, percent(bar.length)));
    }
    if let Some(before) = bar.before {
        track = track.kid(rect("bar-before", before, "2".into()));
    }
    list.kid(el("span", "bar-name").set("title", name.clone()).says(name))
        .kid(track)
        .kid(el("span", "bar-value").says(value))
}

fn rect(class: &'static str, from: f64, length: String) -> El {
    svg("rect", class).set("x", percent(from)).set("width", length).set("height", "100%")
}

fn percent(share: f64) -> String {
    let mut out = px(share);
    out.push('%');
    out
}

fn walk(event: &Event, at: Var<Option<usize>>, scope: &PanelScope, count: usize) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let Some(last) = count.checked_sub(1) else { return };
    let current = at.get_untracked();
    let next = match (event.key().as_str(), current) {
        ("ArrowDown", Some(place)) => Some((place + 1).min(last)),
        ("ArrowUp", Some(place)) => Some(place.saturating_sub(1)),
        ("ArrowDown" | "Home", _) => Some(0),
        ("ArrowUp" | "End", _) => Some(last),
        ("Escape", Some(_)) => None,
        ("Enter" | " ", Some(place)) => {
            event.prevent_default();
            return scope.pick_row(place);
        }
        _ => return,
    };
    event.prevent_default();
    at.set(next);
    marks::keep_in_sight(event);
}
