//! One panel: its head, and its body in whatever state it is.

use std::sync::Arc;

use inlay_shared::{PanelAnswer, PanelKind, PanelLayout};
use leptos::{html, prelude::*};

use crate::{data::panel::PanelState, text::words};

use super::{
    bar, chart,
    context::Context,
    el::{class, div, el, live, nothing, text},
    icon, number, states, table,
};

/// What the body of a panel gets to know.
#[derive(Clone)]
pub(crate) struct PanelScope {
    pub(crate) context: Context,
    pub(crate) layout: Arc<PanelLayout>,
    pub(crate) state: ArcRwSignal<PanelState>,
}

impl PanelScope {
    /// The numbers, tracked.
    pub(crate) fn answer(&self) -> Option<Arc<PanelAnswer>> {
        self.state.with(|state| state.answer.clone())
    }
}

/// What is to be drawn in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Skeleton,
    Broken,
    Empty,
    Chart,
    Table,
}

/// Draws a panel.
pub(crate) fn panel(context: Context, layout: PanelLayout) -> AnyView {
    let state = context.panel(&layout.id);
    let scope = PanelScope { context, layout: Arc::new(layout), state };
    let as_table = RwSignal::new(false);
    let is_table = scope.layout.kind == PanelKind::Table;

    let shape = {
        let state = scope.state.clone();
        Memo::new(move |_| {
            let as_table = as_table.get() || is_table;
            state.with(|state| match (&state.answer, &state.trouble) {
                (Some(answer), _) if answer.answer.rows.is_empty() => Shape::Empty,
                (Some(_), _) if as_table => Shape::Table,
                (Some(_), _) => Shape::Chart,
                (None, Some(_)) => Shape::Broken,
                (None, None) => Shape::Skeleton,
            })
        })
    };
    let body = {
        let scope = scope.clone();
        live(move || match shape.get() {
            Shape::Skeleton => states::skeleton(scope.layout.kind),
            Shape::Broken => broken(&scope),
            Shape::Empty => states::empty(),
            Shape::Table => table::table(scope.clone()),
            Shape::Chart => match scope.layout.kind {
                PanelKind::Number => number::number(scope.clone()),
                PanelKind::Line | PanelKind::Area => chart::chart(scope.clone()),
                PanelKind::Bar => bar::bars(scope.clone()),
                PanelKind::Table => table::table(scope.clone()),
            },
        })
    };
    let toggle = live(move || match shape.get() {
        Shape::Chart | Shape::Table if !is_table => toggle(as_table),
        _ => nothing(),
    });
    let mut id = String::from("panel-");
    id.push_str(&scope.layout.id);
    let title = el(
        html::h3(),
        class("panel-title").set("part", "panel-title").set("id", id.clone()),
        vec![text(scope.layout.title.as_str())],
    );
    let stale = stale(scope.clone());
    el(
        html::section(),
        class("panel")
            .set("class", classes(&scope.layout))
            .set("part", "panel")
            .set("aria-labelledby", id),
        vec![
            el(html::header(), class("panel-head"), vec![title, toggle]),
            div(class("panel-body"), vec![body]),
            stale,
        ],
    )
}

fn classes(layout: &PanelLayout) -> String {
    let width = match layout.width {
        1 => " w-1",
        2 => " w-2",
        3 => " w-3",
        4 => " w-4",
        5 => " w-5",
        6 => " w-6",
        7 => " w-7",
        8 => " w-8",
        9 => " w-9",
        10 => " w-10",
        11 => " w-11",
        _ => " w-12",
    };
    let kind = match layout.kind {
        PanelKind::Number => " number",
        PanelKind::Line | PanelKind::Area => " plot",
        PanelKind::Bar => " bar",
        PanelKind::Table => " table",
    };
    let mut classes = String::from("panel");
    classes.push_str(width);
    classes.push_str(kind);
    if layout.width > 6 {
        classes.push_str(" wide");
    }
    classes
}

/// Every chart has a table that says the same.
fn toggle(as_table: RwSignal<bool>) -> AnyView {
    let pressed = as_table.get();
    let words = if pressed { words::AS_CHART } else { words::AS_TABLE };
    el(
        html::button(),
        class("toggle")
            .set("part", "toggle")
            .set("type", "button")
            .set("title", words)
            .set("aria-label", words)
            .on("click", move |_| as_table.update(|shown| *shown = !*shown)),
        vec![if pressed { icon::chart() } else { icon::table() }],
    )
}

fn broken(scope: &PanelScope) -> AnyView {
    match scope.state.with(|state| state.trouble.clone()) {
        Some(trouble) => states::broken(scope.context, scope.layout.id.clone(), &trouble),
        None => nothing(),
    }
}

/// The panel shows older numbers, because newer ones could not be had.
fn stale(scope: PanelScope) -> AnyView {
    live(move || {
        let trouble = scope.state.with(|state| {
            state.answer.as_ref().and(state.trouble.as_ref()).filter(|it| it.code != "cut_off").cloned()
        });
        let Some(trouble) = trouble else { return nothing() };
        let id = scope.layout.id.clone();
        let context = scope.context;
        div(
            class("panel-note").set("role", "status"),
            vec![
                text(words::headline(&trouble)),
                states::button(words::RETRY, move || context.feed(|feed| feed.ask_panel(&id))),
            ],
        )
    })
}
