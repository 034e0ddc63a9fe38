//! What stands where numbers would: waiting, nothing, trouble.

use std::borrow::Cow;

use inlay_shared::PanelKind;

use crate::{data::panel::Trouble, text::words};

use super::{
    context::Context,
    el::{El, View, el},
    feed::Cause,
    icon,
};

/// A button with words.
pub(crate) fn button(words: Cow<'static, str>, act: impl Fn() + 'static) -> El {
    el("button", "button")
        .set("part", "button")
        .set("type", "button")
        .on("click", move |_| act())
        .says(words)
}

/// The whole dashboard has nothing to show.
pub(crate) fn whole(context: Context, trouble: &Trouble) -> View {
    let intl = context.intl.get();
    el("div", "state whole")
        .set("part", "state")
        .set("role", "alert")
        .kid(if trouble.is_expiry() { icon::lock() } else { icon::warning() })
        .kid(explain(intl.say(words::headline(trouble)), words::advice(trouble, intl.lexicon())))
        .kid(button(intl.say(words::RETRY), move || context.feed(|feed| feed.ask(Cause::Wish))))
        .into()
}

/// One panel has nothing to show.
pub(crate) fn broken(context: Context, id: String, trouble: &Trouble) -> View {
    let intl = context.intl.get();
    el("div", "state")
        .set("role", "alert")
        .kid(explain(intl.say(words::headline(trouble)), words::advice(trouble, intl.lexicon())))
        .kid(button(intl.say(words::RETRY), move || context.feed(|feed| feed.ask_panel(&id))))
        .into()
}

/// There are no numbers in the period.
pub(crate) fn empty(context: Context) -> View {
    let intl = context.intl.get();
    let words = explain(intl.say(words::EMPTY), intl.say(words::EMPTY_HINT));
    el("div", "state").kid(icon::empty()).kid(words).into()
}

fn explain(headline: Cow<'static, str>, advice: Cow<'static, str>) -> El {
    el("div", "state-words")
        .kid(el("p", "state-head").says(headline))
        .kid(el("p", "state-advice").says(advice))
}

/// Blocks in the shape of what will come.
pub(crate) fn skeleton(context: Context, kind: PanelKind) -> View {
    let blocks: &[&'static str] = match kind {
        PanelKind::Number => &["bone figure", "bone short", "bone spark"],
        PanelKind::Line | PanelKind::Area | PanelKind::Heatmap => &["bone chart"],
        PanelKind::Donut => &["bone round"],
        _ => &["bone row"; 8],
    };
    // Other elements than those of charts: what is made over would count as moved.
    let mut skeleton = el("p", "skeleton");
    for block in blocks {
        skeleton = skeleton.kid(el("span", block));
    }
    skeleton.kid(el("span", "unseen").says(context.intl.get().say(words::LOADING))).into()
}
