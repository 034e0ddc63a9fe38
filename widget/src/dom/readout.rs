//! Says the values at one place of a chart: under the pointer, under a finger, or by arrow keys.
//!
//! It is a slider over the buckets, because that is what browsers and screen readers know how to
//! move by keys, and whose value they speak. Escape puts it away.

use std::{rc::Rc, sync::Arc};

use inlay_shared::Column;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use crate::{
    chart::path::px,
    data::json_text::Writer,
    text::{number::Place, words},
};

use super::{
    brush::Brush,
    chart::{Drawn, swatch, tone},
    el::{El, View, el, live},
    guard::{Listener, window},
    intl::Intl,
    marks,
    panel::PanelScope,
    var::{Var, keep},
};

type Picture = Var<Option<Arc<Drawn>>>;

/// Lays the readout over a chart.
pub(crate) fn readout(scope: PanelScope, drawn: Picture) -> View {
    let brush = Brush::new();
    let at = brush.at;
    let intl = scope.context.intl;
    let stretch = live(move || drawn.get().map_or(View::Nothing, |drawn| brush.draw(&drawn)));
    // What is shown under a pointer goes away by Escape too, wherever the focus is.
    let escape = move |event: Event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape"
            && at.try_get_untracked().is_some()
        {
            brush.forget();
            at.set(None);
        }
    };
    keep(Listener::new(&window(), "keydown", Box::new(escape)));
    let card = live(move || match (at.get(), drawn.get()) {
        (Some(place), Some(drawn)) if place < drawn.series.len() => {
            card(&drawn, place, &intl.get())
        }
        _ => View::Nothing,
    });
    let title = scope.layout.title.clone();
    let follow = move |event: Event| {
        let event: MouseEvent = event.unchecked_into();
        let target: Option<Element> = event.current_target().map(JsCast::unchecked_into);
        let left = target.map_or(0.0, |target| target.get_bounding_client_rect().left());
        let x = f64::from(event.client_x()) - left;
        let nearest = drawn.get_untracked().and_then(|drawn| drawn.chart.nearest(x));
        brush.drag(&event, nearest);
        if at.get_untracked() != nearest {
            at.set(nearest);
        }
    };
    let scope = Rc::new(scope);
    let (of_keys, of_drag) = (scope.clone(), scope.clone());
    let slider = el("div", "cursor")
        .set("role", "slider")
        .set("tabindex", "0")
        .set("aria-valuemin", "0")
        .set("aria-valuenow", "0")
        // Only attributes follow the place: the slider itself stays, and with it the focus.
        .follow(move |slider| {
            let intl = intl.get();
            let (arrows, zoom) = (intl.say(words::ARROWS), intl.say(words::ZOOM_KEYS));
            let label = [&title, ". ", &arrows, " ", &zoom].concat();
            let _ = slider.set_attribute("aria-label", &label);
            if let Some(drawn) = drawn.get() {
                speak(slider, &drawn, brush, &intl);
            }
        })
        .on("pointermove", follow)
        .on("pointerdown", move |event| {
            follow(event.clone());
            brush.press(&event);
        })
        .on("pointerup", move |_| brush.release(&of_drag, drawn.get_untracked().as_ref()))
        .on("pointercancel", move |_| brush.forget())
        .on("blur", move |_| at.set(None))
        .on("click", move |_| {
            if !brush.was_drag() {
                select(&scope, drawn, at);
            }
        })
        .on("keydown", move |event| step(&of_keys, drawn, brush, &event));
    // The pointer may go on into the card: what it says stays until both are left.
    el("div", "layer")
        .on("pointerleave", move |_| at.set(None))
        .kid(stretch)
        .kid(card)
        .kid(slider)
        .into()
}

/// Moves by keys.
fn step(scope: &PanelScope, drawn: Picture, brush: Brush, event: &Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let count = drawn.get_untracked().map_or(0, |drawn| drawn.series.len());
    let Some(last) = count.checked_sub(1) else { return };
    let at = brush.at;
    let current = at.get_untracked();
    let place = current.unwrap_or(last);
    let mirrored = drawn.get_untracked().is_some_and(|drawn| drawn.frame.mirrored);
    let key = event.key();
    let key = match key.as_str() {
        "ArrowLeft" if mirrored => "ArrowRight",
        "ArrowRight" if mirrored => "ArrowLeft",
        other => other,
    };
    let next = match key {
        "ArrowLeft" | "ArrowDown" if current.is_some() => Some(place.saturating_sub(1)),
        "ArrowRight" | "ArrowUp" if current.is_some() => Some((place + 1).min(last)),
        "ArrowLeft" | "ArrowDown" | "ArrowRight" | "ArrowUp" => Some(last),
        "PageDown" => Some(place.saturating_sub(7)),
        "PageUp" => Some((place + 7).min(last)),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" if current.is_some() => None,
        "Enter" => {
            if !drawn.get_untracked().is_some_and(|drawn| brush.zoom(scope, &drawn)) {
                select(scope, drawn, at);
            }
            return;
        }
        _ => return,
    };
    brush.step(event.shift_key(), place);
    event.prevent_default();
    at.set(next);
}

fn select(scope: &PanelScope, drawn: Picture, at: Var<Option<usize>>) {
    let (Some(drawn), Some(place)) = (drawn.get_untracked(), at.get_untracked()) else { return };
    if let Some(name) = drawn.series.names.get(place) {
        return marks::select(scope, &drawn.dimension, name);
    }
    if let Some(stamp) = drawn.series.times.get(place) {
        let time = (stamp.epoch_ms as i64).to_string();
        let picked = Writer::object().text("panel", &scope.layout.id).raw("time", &time);
        scope.context.feed(|feed| feed.select(&picked.end()));
    }
}

/// A value in words, or a dash.
pub(crate) fn said(intl: &Intl, column: &Column, value: Option<f64>) -> String {
    match value {
        Some(value) => intl.value(value, column, Place::Cell),
        None => intl.say(words::ABSENT).into(),
    }
}

fn speak(slider: &Element, drawn: &Drawn, brush: Brush, intl: &Intl) {
    let series = &drawn.series;
    if series.is_empty() {
        return;
    }
    let last = series.len() - 1;
    let place = brush.at.get().unwrap_or(last).min(last);
    let mut words = brush.says(drawn, intl);
    words.push_str(&drawn.says(place, intl));
    for line in &series.lines {
        for piece in [", ", &intl.lexicon().name(&line.name), " "] {
            words.push_str(piece);
        }
        words.push_str(&said(intl, &series.measure, line.values[place]));
        if let Some(before) = &line.before {
            for piece in [", ", &intl.say(words::BEFORE), " "] {
                words.push_str(piece);
            }
            words.push_str(&said(intl, &series.measure, before[place]));
        }
    }
    for note in drawn.happened(place) {
        words.push_str(", ");
        words.push_str(note);
    }
    for (name, value) in [
        ("aria-valuemax", last.to_string()),
        ("aria-valuenow", place.to_string()),
        ("aria-valuetext", words),
    ] {
        let _ = slider.set_attribute(name, &value);
    }
}

/// The rule at the place, a dot on each line, and a card with the values on the roomier side.
fn card(drawn: &Drawn, place: usize, intl: &Intl) -> View {
    let Drawn { series, chart, frame, .. } = drawn;
    let width = frame.width;
    let x = chart.buckets[place];
    let mut card = el("div", "card").set("part", "tooltip");
    // It stands above the place, so that the way into it leads past no other.
    card = if x > width / 2.0 {
        card.set("style:right", length((width - x - 28.0).max(0.0)))
    } else {
        card.set("style:left", length((x - 28.0).max(0.0)))
    };
    card = card.kid(el("p", "card-when").says(drawn.says(place, intl)));
    for note in drawn.happened(place) {
        card = card.kid(el("p", "card-note").says(String::from(note)));
    }
    let mut reading = el("div", "reading")
        .set("aria-hidden", "true")
        .kid(el("div", "hair").set("style:left", length(x)));
    for (index, line) in series.lines.iter().enumerate() {
        if let Some(y) = chart.marks[index].heights[place].filter(|_| !frame.columns) {
            let dot = el("div", "dot").set("data-tone", tone(index));
            reading = reading.kid(dot.set("style:left", length(x)).set("style:top", length(y)));
        }
        let value = said(intl, &series.measure, line.values[place]);
        card = card.kid(row(tone(index), &intl.lexicon().name(&line.name), value));
        if let (1, Some(before)) = (series.lines.len(), &line.before) {
            let value = said(intl, &series.measure, before[place]);
            card = card.kid(row("before", &intl.say(words::BEFORE), value));
        }
    }
    reading.kid(card).into()
}

pub(crate) fn row(tone: &'static str, name: &str, value: String) -> El {
    el("div", "card-row")
        .kid(swatch(tone))
        .kid(el("span", "card-name").says(String::from(name)))
        .kid(el("span", "card-value").says(value))
}

pub(crate) fn length(value: f64) -> String {
    let mut out = px(value);
    out.push_str("px");
    out
}
