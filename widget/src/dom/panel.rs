//! One panel: its head, and its body in whatever state it is.

use std::{rc::Rc, sync::Arc};

use inlay_shared::{PanelAnswer, PanelKind, PanelLayout, Role};

use crate::{
    data::{json_text::Writer, panel::PanelState, pick, shows},
    text::words,
};

use super::{
    bar, chart,
    context::Context,
    donut,
    el::{El, View, el, live},
    funnel, groups, heatmap, icon, number, retention, states, table, text,
    var::{Shared, derive},
};

/// What the body of a panel gets to know.
#[derive(Clone)]
pub(crate) struct PanelScope {
    pub(crate) context: Context,
    pub(crate) layout: Rc<PanelLayout>,
    pub(crate) state: Shared<PanelState>,
}

impl PanelScope {
    /// The viewer picked the row of the panel's answer: the host page hears of it, and the other
    /// panels show what belongs to it. Who may only drill sees its events.
    pub(crate) fn pick_row(&self, row: usize) {
        let Some(panel) = self.state.get_untracked().answer else { return };
        let Some(picked) = pick::of_row(&panel.answer, row) else { return };
        let detail = Writer::object()
            .text("panel", &self.layout.id)
            .text("dimension", &picked.dimension)
            // What has no value is told by its filter alone.
            .maybe("value", picked.value.as_deref())
            .raw("filters", &picked.filters);
        self.context.feed(|feed| feed.select(&detail.end()));
        self.context.pick(&self.layout.id, &picked.filters);
    }

    /// Which rows of the answer are picked, tracked: nothing where none is.
    pub(crate) fn picked_row(&self) -> Option<usize> {
        let choice = self.context.choice.get();
        let mark = choice.mark(&self.layout.id)?;
        let panel = self.answer()?;
        let is_it = |row: &usize| {
            pick::of_row(&panel.answer, *row).is_some_and(|picked| picked.filters == mark)
        };
        (0..panel.answer.rows.len()).find(is_it)
    }

    /// The numbers, tracked.
    pub(crate) fn answer(&self) -> Option<Arc<PanelAnswer>> {
        self.state.get().answer
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
pub(crate) fn panel(context: Context, layout: PanelLayout) -> El {
    let state = context.panel(&layout.id);
    let scope = PanelScope { context, layout: Rc::new(layout), state };
    let id = scope.layout.id.clone();
    let as_table = derive(move || context.choice.get().shows_table(&id));
    let kind = scope.layout.kind;
    let is_text = kind == PanelKind::Text;
    let is_table = kind == PanelKind::Table;

    let state = scope.state.clone();
    // The body is made anew only when its shape changes, so that the focus stays.
    let shape = derive(move || {
        let as_table = as_table.get() || is_table;
        let state = state.get();
        match (&state.answer, &state.trouble) {
            _ if is_text => Shape::Chart,
            (Some(answer), _) if shows::nothing(kind, &answer.answer) => Shape::Empty,
            (Some(_), _) if as_table => Shape::Table,
            (Some(_), _) => Shape::Chart,
            (None, Some(_)) => Shape::Broken,
            (None, None) => Shape::Skeleton,
        }
    });
    let of_body = scope.clone();
    let body = live(move || match (shape.get(), of_body.layout.kind) {
        (Shape::Skeleton, kind) => states::skeleton(context, kind),
        (Shape::Broken, _) => broken(&of_body),
        (Shape::Empty, _) => states::empty(context),
        (Shape::Table, _) | (_, PanelKind::Table) => table::table(of_body.clone()),
        (_, PanelKind::Number) => number::number(of_body.clone()),
        (_, PanelKind::Line | PanelKind::Area) => chart::chart(of_body.clone()),
        (_, PanelKind::Bar) => any_bars(&of_body),
        (_, PanelKind::Donut) => donut::donut(of_body.clone()),
        (_, PanelKind::Heatmap) => heatmap::heatmap(of_body.clone()),
        (_, PanelKind::Funnel) => funnel::funnel(of_body.clone()),
        (_, PanelKind::Retention) => retention::retention(of_body.clone()),
        (_, PanelKind::Text) => text::text(&of_body),
    });
    let of_menu = scope.clone();
    let menu = live(move || match shape.get() {
        Shape::Chart | Shape::Table | Shape::Empty if !is_text => menu(&of_menu),
        _ => View::Nothing,
    });
    let id = ["panel-", &*scope.layout.id].concat();
    let title = el("h3", "panel-title")
        .set("part", "panel-title")
        .set("id", id.clone())
        .says(scope.layout.title.clone());
    // A landmark for each panel would be too many to go by; their headings are the way.
    el("section", "")
        .set("role", "group")
        .set("class", classes(&scope.layout))
        .set("part", "panel")
        .set("data-panel", scope.layout.id.clone())
        .set("aria-labelledby", id)
        .kid(el("header", "panel-head").kid(title).kid(menu))
        .kid(el("div", "panel-body").kid(body))
        .kid(stale(scope))
}

/// Bars of one series lie in their order; several stand beside each other or stack up.
fn any_bars(scope: &PanelScope) -> View {
    let Some(panel) = scope.state.get_untracked().answer else { return View::Nothing };
    let many = |role: Role| panel.answer.columns.iter().filter(|it| it.role == role).count();
    if many(Role::Time) > 0 || scope.layout.look.vertical {
        chart::chart(scope.clone())
    } else if many(Role::Dimension) > 1 || many(Role::Measure) > 1 {
        groups::groups(scope.clone())
    } else {
        bar::bars(scope.clone())
    }
}

fn classes(layout: &PanelLayout) -> String {
    let mut classes = String::from("panel ");
    classes.push_str(match layout.kind {
        PanelKind::Number => "number",
        PanelKind::Line | PanelKind::Area | PanelKind::Heatmap | PanelKind::Donut => "plot",
        PanelKind::Bar | PanelKind::Funnel => "bar",
        PanelKind::Table => "table",
        PanelKind::Retention => "table retention",
        PanelKind::Text => "text",
    });
    if layout.width > 6 {
        classes.push_str(" wide");
    }
    classes.push_str(" w-");
    classes.push_str(&layout.width.clamp(1, 12).to_string());
    classes
}

/// Opens what can be done with the panel besides looking.
fn menu(scope: &PanelScope) -> View {
    let context = scope.context;
    let words = context.intl.get().fill(words::MENU, &[("name", &scope.layout.title)]);
    el("button", "toggle")
        .set("part", "menu-button")
        .set("type", "button")
        .set("aria-haspopup", "menu")
        .set("title", words.clone())
        .set("aria-label", words)
        .on("click", move |event| context.feed(|feed| feed.more("menu", &event)))
        .kid(icon::dots())
        .into()
}

fn broken(scope: &PanelScope) -> View {
    match scope.state.get().trouble {
        Some(trouble) => states::broken(scope.context, scope.layout.id.clone(), &trouble),
        None => View::Nothing,
    }
}

/// The panel shows older numbers, because newer ones could not be had. A view that was cut off is
/// said once, above all panels.
fn stale(scope: PanelScope) -> View {
    live(move || {
        let state = scope.state.get();
        let trouble = state.trouble.filter(|trouble| trouble.code != "cut_off");
        let (Some(_), Some(trouble)) = (state.answer, trouble) else { return View::Nothing };
        let id = scope.layout.id.clone();
        let context = scope.context;
        let intl = context.intl.get();
        el("div", "panel-note")
            .set("role", "status")
            .says(intl.say(words::headline(&trouble)))
            .kid(states::button(intl.say(words::RETRY), move || {
                context.feed(|feed| feed.ask_panel(&id))
            }))
            .into()
    })
}
