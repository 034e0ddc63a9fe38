//! Says the values at one place of a chart: under the pointer, under a finger, or by arrow keys.
//!
//! It is a slider over the buckets, because that is what browsers and screen readers know how to
//! move by keys, and whose value they speak. Escape puts it away.

use inlay_shared::Column;
use leptos::{html, prelude::*};
use serde::Serialize;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use crate::{
    chart::path::px,
    text::{number::Place, words},
};

use super::{
    chart::{Drawn, tone},
    el::{Attrs, class, div, el, live, nothing, span, text},
    intl::Intl,
    panel::PanelScope,
};

#[derive(Serialize)]
struct Picked<'a> {
    panel: &'a str,
    time: i64,
}

/// Lays the readout over a chart.
pub(crate) fn readout(scope: PanelScope, drawn: Memo<Option<Drawn>>) -> AnyView {
    let at = RwSignal::new(None::<usize>);
    let intl = scope.context.intl;
    let show = live(move || match (at.get(), drawn.get()) {
        (Some(place), Some(drawn)) if place < drawn.series.times.len() => {
            card(&drawn, place, &intl.get())
        }
        _ => nothing(),
    });
    let element = StoredValue::new_local(None::<Element>);
    let slider = slider(scope, drawn, at, element);

    // The slider is made once, so that it keeps the focus; its value follows.
    Effect::new(move |_| {
        let Some(drawn) = drawn.get() else { return };
        let last = drawn.series.times.len().saturating_sub(1);
        let place = at.get().unwrap_or(last).min(last);
        let words = spoken(&drawn, place, &intl.get());
        element.with_value(|element| {
            let Some(element) = element else { return };
            for (name, value) in [
                ("aria-valuemax", last.to_string()),
                ("aria-valuenow", place.to_string()),
                ("aria-valuetext", words),
            ] {
                let _ = element.set_attribute(name, &value);
            }
        });
    });
    div(class("layer"), vec![show, slider])
}

fn slider(
    scope: PanelScope,
    drawn: Memo<Option<Drawn>>,
    at: RwSignal<Option<usize>>,
    element: StoredValue<Option<Element>, LocalStorage>,
) -> AnyView {
    let mut label = scope.layout.title.clone();
    label.push_str(". ");
    label.push_str(words::ARROWS);
    let follow = move |event: Event| {
        let event: MouseEvent = event.unchecked_into();
        let left = element.with_value(|element| {
            element.as_ref().map(|element| element.get_bounding_client_rect().left())
        });
        let nearest = drawn.with_untracked(|drawn| {
            drawn.as_ref().and_then(|drawn| {
                drawn.chart.nearest(f64::from(event.client_x()) - left.unwrap_or_default())
            })
        });
        if at.get_untracked() != nearest {
            at.set(nearest);
        }
    };
    let count = move || {
        drawn.with_untracked(|drawn| drawn.as_ref().map_or(0, |drawn| drawn.series.times.len()))
    };
    let select = move || {
        let picked = drawn.with_untracked(|drawn| {
            let drawn = drawn.as_ref()?;
            drawn.series.times.get(at.get_untracked()?).map(|stamp| stamp.epoch_ms as i64)
        });
        if let Some(time) = picked {
            let panel = scope.layout.id.as_str();
            scope.context.feed(|feed| feed.select(&Picked { panel, time }));
        }
    };
    let picks = select.clone();
    let key = move |event: Event| {
        let event: KeyboardEvent = event.unchecked_into();
        let Some(last) = count().checked_sub(1) else { return };
        let current = at.get_untracked();
        let place = current.unwrap_or(last);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" if current.is_some() => Some(place.saturating_sub(1)),
            "ArrowRight" | "ArrowUp" if current.is_some() => Some((place + 1).min(last)),
            "ArrowLeft" | "ArrowDown" | "ArrowRight" | "ArrowUp" => Some(last),
            "PageDown" => Some(place.saturating_sub(7)),
            "PageUp" => Some((place + 7).min(last)),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" if current.is_some() => None,
            "Enter" => return picks(),
            _ => return,
        };
        event.prevent_default();
        at.set(next);
    };
    div(
        class("cursor")
            .set("role", "slider")
            .set("tabindex", "0")
            .set("aria-label", label)
            .set("aria-valuemin", "0")
            .set("aria-valuenow", "0")
            .node(move |built| element.set_value(Some(built.clone())))
            .on("pointermove", follow)
            .on("pointerdown", follow)
            .on("pointerleave", move |_| at.set(None))
            .on("blur", move |_| at.set(None))
            .on("click", move |_| select())
            .on("keydown", key),
        vec![],
    )
}

/// A value in words, or a dash.
fn said(intl: &Intl, column: &Column, value: Option<f64>) -> String {
    value.map_or_else(|| words::ABSENT.into(), |value| intl.value(value, column, Place::Cell))
}

fn spoken(drawn: &Drawn, place: usize, intl: &Intl) -> String {
    let series = &drawn.series;
    let Some(stamp) = series.times.get(place) else { return String::new() };
    let mut out = intl.bucket(stamp, series.grain);
    for line in &series.lines {
        out.push_str(", ");
        out.push_str(&line.name);
        out.push(' ');
        out.push_str(&said(intl, &series.measure, line.values[place]));
        if let Some(before) = &line.before {
            out.push_str(", ");
            out.push_str(words::BEFORE);
            out.push(' ');
            out.push_str(&said(intl, &series.measure, before[place]));
        }
    }
    out
}

/// The rule at the place, a dot on each line, and a card with the values on the roomier side.
fn card(drawn: &Drawn, place: usize, intl: &Intl) -> AnyView {
    let Drawn { series, chart, width } = drawn;
    let x = chart.buckets[place];
    let mut kids = vec![div(class("hair").set("style:left", length(x)), vec![])];
    let mut rows = Vec::new();
    for (index, line) in series.lines.iter().enumerate() {
        if let Some(y) = chart.marks[index].heights[place] {
            let dot = class("dot").set("data-tone", tone(index));
            kids.push(div(dot.set("style:left", length(x)).set("style:top", length(y)), vec![]));
        }
        let name = if line.name.is_empty() { words::NO_VALUE } else { &line.name };
        rows.push(row(tone(index), name, said(intl, &series.measure, line.values[place])));
        if let (1, Some(before)) = (series.lines.len(), &line.before) {
            rows.push(row("before", words::BEFORE, said(intl, &series.measure, before[place])));
        }
    }
    let side = if x > width / 2.0 { "right" } else { "left" };
    let offset = if x > width / 2.0 { width - x } else { x };
    let attrs = class("card").set("part", "tooltip").set("aria-hidden", "true");
    let attrs = match side {
        "right" => attrs.set("style:right", length(offset + 12.0)),
        _ => attrs.set("style:left", length(offset + 12.0)),
    };
    let when = el(html::p(), class("card-when"), vec![text(intl.bucket(&series.times[place], series.grain))]);
    rows.insert(0, when);
    kids.push(div(attrs, rows));
    div(Attrs::default().set("class", "reading"), kids)
}

fn row(tone: &'static str, name: &str, value: String) -> AnyView {
    div(
        class("card-row"),
        vec![
            span(class("swatch").set("data-tone", tone), ""),
            span(class("card-name"), name),
            span(class("card-value"), value),
        ],
    )
}

fn length(value: f64) -> String {
    let mut out = px(value);
    out.push_str("px");
    out
}
