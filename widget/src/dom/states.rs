//! What stands where numbers would: waiting, nothing, trouble.

use inlay_shared::PanelKind;
use leptos::{html, prelude::*};

use crate::{
    data::panel::Trouble,
    text::words,
};

use super::{
    context::Context,
    el::{Attrs, class, div, el, span, text},
    feed::Cause,
    icon,
};

/// A button with words.
pub(crate) fn button(words: &'static str, act: impl Fn() + Send + 'static) -> AnyView {
    let attrs = class("button").set("part", "button").set("type", "button");
    el(html::button(), attrs.on("click", move |_| act()), vec![text(words)])
}

/// The whole dashboard has nothing to show.
pub(crate) fn whole(context: Context, trouble: &Trouble) -> AnyView {
    let act = button(words::RETRY, move || context.feed(|feed| feed.ask(Cause::Wish)));
    let icon = if trouble.is_expiry() { icon::lock() } else { icon::warning() };
    div(
        class("state whole").set("part", "state").set("role", "alert"),
        vec![icon, words_of(words::headline(trouble), words::advice(trouble)), act],
    )
}

/// One panel has nothing to show.
pub(crate) fn broken(context: Context, id: String, trouble: &Trouble) -> AnyView {
    let act = button(words::RETRY, move || context.feed(|feed| feed.ask_panel(&id)));
    div(
        class("state").set("role", "alert"),
        vec![words_of(words::headline(trouble), words::advice(trouble)), act],
    )
}

/// There are no numbers in the period.
pub(crate) fn empty() -> AnyView {
    div(class("state"), vec![icon::empty(), words_of(words::EMPTY, words::EMPTY_HINT)])
}

fn words_of(headline: &str, advice: &str) -> AnyView {
    div(
        class("state-words"),
        vec![
            el(html::p(), class("state-head"), vec![text(headline)]),
            el(html::p(), class("state-advice"), vec![text(advice)]),
        ],
    )
}

/// Blocks in the shape of what will come. They are quiet for screen readers; the panel is busy.
pub(crate) fn skeleton(kind: PanelKind) -> AnyView {
    let blocks: &[&'static str] = match kind {
        PanelKind::Number => &["bone figure", "bone short", "bone spark"],
        PanelKind::Line | PanelKind::Area => &["bone chart"],
        PanelKind::Bar | PanelKind::Table => &["bone row"; 7],
    };
    let mut kids: Vec<AnyView> =
        blocks.iter().map(|block| div(class(block).set("aria-hidden", "true"), vec![])).collect();
    kids.push(span(class("unseen"), words::LOADING));
    div(Attrs::default().set("class", "skeleton"), kids)
}
