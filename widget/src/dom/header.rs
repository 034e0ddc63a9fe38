//! The dashboard's head: title, period, choice of ranges, live or paused.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::text::words;

use super::{
    context::Context,
    el::{Attrs, class, div, el, live, nothing, span, text},
    icon,
};

/// Draws the head.
pub(crate) fn header(context: Context) -> AnyView {
    let titles = live(move || {
        let Some(layout) = context.layout.get() else { return nothing() };
        let mut period = context.intl.get().span(&layout.time, true);
        period.push_str(" · ");
        // Zones are written with underscores; people write spaces.
        period.push_str(&layout.time.zone.replace('_', " "));
        div(
            class("titles"),
            vec![
                el(html::h2(), class("title").set("part", "title"), vec![text(layout.title.as_str())]),
                el(html::p(), class("period"), vec![text(period)]),
            ],
        )
    });
    el(
        html::header(),
        class("head").set("part", "header"),
        vec![titles, div(class("controls"), vec![ranges(context), updates(context)])],
    )
}

/// Ranges as radio buttons: arrow keys and screen readers know them.
fn ranges(context: Context) -> AnyView {
    let offered = Memo::new(move |_| context.layout.get().map(|layout| layout.ranges.clone()));
    live(move || {
        let offered = offered.get().unwrap_or_default();
        if offered.len() < 2 {
            return nothing();
        }
        let legend = el(html::legend(), class("unseen"), vec![text(words::RANGE)]);
        let mut kids = vec![legend];
        kids.extend(offered.into_iter().map(|range| choice(context, range)));
        el(html::fieldset(), class("ranges").set("part", "ranges"), kids)
    })
}

fn choice(context: Context, range: String) -> AnyView {
    let own = range.clone();
    let current = move || {
        context.layout.with(|layout| {
            layout.as_ref().and_then(|layout| layout.range.as_ref()) == Some(&own)
        })
    };
    // The input is made once, so that it keeps the focus; only its tick follows the layout.
    let tick = StoredValue::new_local(None::<HtmlInputElement>);
    let name = range.clone();
    let attrs = class("range-input")
        .set("type", "radio")
        .set("name", "range")
        .set("value", range.clone())
        .node(move |element| tick.set_value(element.clone().dyn_into().ok()))
        .on("change", move |_| {
            let range = range.clone();
            context.feed(|feed| feed.set_range(Some(range)));
        });
    Effect::new(move |_| {
        let current = current();
        tick.with_value(|input| {
            if let Some(input) = input {
                input.set_checked(current);
            }
        });
    });
    let label = live(move || span(class("range-name"), context.intl.get().range(&name)));
    el(html::label(), class("range"), vec![html::input().add_any_attr(attrs).into_any(), label])
}

/// Says whether the numbers move by themselves, and lets the viewer stop them.
fn updates(context: Context) -> AnyView {
    live(move || {
        let paused = context.paused.get();
        let (name, action) =
            if paused { (words::PAUSED, words::RESUME) } else { (words::LIVE, words::PAUSE) };
        let mark = if paused {
            icon::pause()
        } else {
            span(class("pulse").set("aria-hidden", "true"), "")
        };
        let mut label = String::from(name);
        label.push_str(": ");
        label.push_str(action);
        el(
            html::button(),
            class("live")
                .set("part", "live")
                .set("type", "button")
                .set("title", action)
                .set("aria-label", label)
                .on("click", move |_| context.feed(|feed| feed.toggle_updates())),
            vec![mark, el(html::span(), Attrs::default(), vec![text(name)])],
        )
    })
}
