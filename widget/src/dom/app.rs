//! The dashboard: head, notice, panels.

use leptos::{html, prelude::*};

use crate::text::words;

use super::{
    context::{Context, Phase},
    el::{Attrs, class, div, el, live, nothing, span},
    feed::Cause,
    header, panel, states,
};

/// Draws a dashboard in whatever phase it is.
pub(crate) fn app(context: Context) -> AnyView {
    let panels = Memo::new(move |_| context.layout.get().map(|layout| layout.panels.clone()));
    let grid = move || {
        let busy = if context.changing.get() { "true" } else { "false" };
        let attrs = class("grid").set("part", "grid").set("aria-busy", busy);
        let panels = panels.get().unwrap_or_default();
        div(attrs, vec![panels_of(context, panels)])
    };
    let body = live(move || match context.phase.get() {
        Phase::Loading => nothing(),
        Phase::Failed(trouble) => states::whole(context, &trouble),
        Phase::Ready => div(class("ready"), vec![header::header(context), notice(context), live(grid)]),
    });
    let speech = live(move || span(Attrs::default(), context.speech.get()));
    el(
        html::section(),
        class("dashboard").set("part", "dashboard").set("aria-label", "Dashboard"),
        vec![body, div(class("unseen").set("role", "status"), vec![speech])],
    )
}

/// The panels are made anew only when the layout has others; what the viewer did to them stays.
fn panels_of(context: Context, panels: Vec<inlay_shared::PanelLayout>) -> AnyView {
    let list = StoredValue::new(panels);
    live(move || {
        list.get_value().into_iter().map(|layout| panel::panel(context, layout)).collect_view().into_any()
    })
}

/// Says that what is shown is not the newest, and why.
fn notice(context: Context) -> AnyView {
    live(move || {
        let Some(trouble) = context.notice.get() else { return nothing() };
        let role = if trouble.is_expiry() { "alert" } else { "status" };
        let retry = states::button(words::RETRY, move || context.feed(|feed| feed.ask(Cause::Wish)));
        div(
            class("notice").set("part", "notice").set("role", role),
            vec![
                el(
                    html::p(),
                    Attrs::default(),
                    vec![
                        el(
                            html::strong(),
                            Attrs::default(),
                            vec![super::el::text(words::headline(&trouble))],
                        ),
                        super::el::text(" "),
                        super::el::text(words::advice(&trouble)),
                        super::el::text(" "),
                        super::el::text(words::STALE),
                    ],
                ),
                retry,
            ],
        )
    })
}
