//! The dashboard's head: title, period, choice of ranges, live or paused.

use inlay_shared::Capability;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::text::words;

use super::{
    context::Context,
    el::{El, View, el, live},
    icon,
};

/// Draws the head.
pub(crate) fn header(context: Context) -> View {
    let titles = live(move || {
        let Some(layout) = context.layout.get() else { return View::Nothing };
        let mut period = context.intl.get().span(&layout.time, true);
        period.push_str(" · ");
        for letter in layout.time.zone.chars() {
            // Zones are written with underscores; people write spaces.
            period.push(if letter == '_' { ' ' } else { letter });
        }
        el("div", "titles")
            .kid(el("h2", "title").set("part", "title").says(layout.title.clone()))
            .kid(el("p", "period").says(period))
            .into()
    });
    let controls =
        el("div", "controls").kid(ranges(context)).kid(may_pick(context)).kid(updates(context));
    el("header", "head").set("part", "header").kid(titles).kid(controls).into()
}

/// What a viewer with the capability `filter` may pick besides.
fn may_pick(context: Context) -> View {
    live(move || {
        if !context.allows(Capability::Filter) {
            return View::Nothing;
        }
        let intl = context.intl.get();
        let tool = |name: &'static str, word| {
            let words = intl.say(word);
            el("button", "tool")
                .set("part", name)
                .set("type", "button")
                .set("title", words.clone())
                .set("aria-label", words)
                .set("aria-haspopup", "dialog")
                .on("click", move |event| context.feed(|feed| feed.more(name, &event)))
        };
        el("div", "tools")
            .kid(tool("period", words::CHOOSE_DATES).kid(icon::calendar()))
            .kid(tool("filter", words::ADD_FILTER).kid(icon::filter()))
            .into()
    })
}

/// Ranges as radio buttons: arrow keys and screen readers know them.
fn ranges(context: Context) -> View {
    live(move || {
        let Some(layout) = context.layout.get().filter(|layout| layout.ranges.len() > 1) else {
            return View::Nothing;
        };
        let mut set = el("fieldset", "ranges")
            .set("part", "ranges")
            .kid(el("legend", "unseen").says(context.intl.get().say(words::RANGE)));
        for range in &layout.ranges {
            let current = layout.range.as_ref() == Some(range);
            set = set.kid(choice(context, range.clone(), current));
        }
        set.into()
    })
}

fn choice(context: Context, range: String, current: bool) -> El {
    let name = context.intl.get().range(&range);
    let input = el("input", "range-input")
        .set("type", "radio")
        .set("name", "range")
        .set("value", range.clone())
        .set("prop:checked", if current { "true" } else { "" })
        .on("change", move |event| {
            let input = event.target().and_then(|target| target.dyn_into().ok());
            if input.is_some_and(|input: HtmlInputElement| input.checked()) {
                let range = range.clone();
                context.choose(|choice| choice.set_range(&range));
            }
        });
    el("label", "range").kid(input).kid(el("span", "range-name").says(name))
}

/// Says whether the numbers move by themselves, and lets the viewer stop them.
fn updates(context: Context) -> View {
    live(move || {
        let paused = context.paused.get();
        let (name, action, label) = if paused {
            (words::PAUSED, words::RESUME, words::PAUSED_RESUME)
        } else {
            (words::LIVE, words::PAUSE, words::LIVE_PAUSE)
        };
        let intl = context.intl.get();
        let mark: View = if paused { icon::pause() } else { el("span", "pulse").into() };
        el("button", "live")
            .set("part", "live")
            .set("type", "button")
            .set("title", intl.say(action))
            .set("aria-label", intl.say(label))
            .on("click", move |_| context.feed(|feed| feed.toggle_updates()))
            .kid(mark)
            .kid(el("span", "").says(intl.say(name)))
            .into()
    })
}
