//! Marks that are walked by arrow keys and picked: rows of a list, or cells of a grid.
//!
//! The focus stays on the whole; which mark is current is told by `aria-activedescendant`, so that
//! nothing moves when marks are drawn anew.

use std::rc::Rc;

use inlay_shared::{Answer, PanelKind, Role};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, KeyboardEvent};

use crate::data::{json_text::Writer, pick, series::place_of};

use super::{
    el::{El, el},
    panel::PanelScope,
    var::Var,
};

/// Where the viewer is among some marks.
#[derive(Clone)]
pub(crate) struct Walk {
    pub(crate) at: Var<Option<usize>>,
    pub(crate) scope: Rc<PanelScope>,
}

/// How marks lie, and what picking one does.
pub(crate) struct Marks {
    pub(crate) count: usize,
    /// Marks of a row; 1 for a list.
    pub(crate) across: usize,
    pub(crate) pick: Rc<dyn Fn(usize)>,
}

impl Walk {
    pub(crate) fn new(scope: PanelScope) -> Self {
        Self { at: Var::new(None), scope: Rc::new(scope) }
    }

    /// The current mark, tracked.
    pub(crate) fn current(&self, count: usize) -> Option<usize> {
        self.at.get().filter(|place| *place < count)
    }

    fn id(&self, place: usize) -> String {
        ["mark-", &self.scope.layout.id, "-", &place.to_string()].concat()
    }

    /// What holds the marks: it has the focus and listens to keys.
    pub(crate) fn holder(&self, class: &'static str, says: String, marks: Marks) -> El {
        let at = self.at;
        let mut holder = el("div", class)
            .set("part", "chart")
            .set("role", if marks.across > 1 { "grid" } else { "listbox" })
            .set("tabindex", "0")
            .set("aria-label", says)
            .on("blur", move |_| at.set(None))
            .on("pointerleave", move |_| at.set(None));
        if let Some(place) = self.current(marks.count) {
            holder = holder.set("aria-activedescendant", self.id(place));
        }
        holder.on("keydown", move |event| walk(&event, at, &marks))
    }

    /// Makes an element one of the marks.
    pub(crate) fn mark(
        &self,
        element: El,
        place: usize,
        in_grid: bool,
        marks: &Rc<dyn Fn(usize)>,
    ) -> El {
        let (at, pick) = (self.at, marks.clone());
        let is_current = if at.get_untracked() == Some(place) { "true" } else { "false" };
        element
            .set("role", if in_grid { "gridcell" } else { "option" })
            .set("id", self.id(place))
            .set("aria-selected", is_current)
            .on("pointerenter", move |_| at.set(Some(place)))
            .on("click", move |_| pick(place))
    }
}

/// Tells the host page which value of a dimension was picked, and narrows the other panels to it. The
/// steps of a funnel are no values of events.
pub(crate) fn select(scope: &PanelScope, dimension: &str, value: &str) {
    let mut picked = Writer::object()
        .text("panel", &scope.layout.id)
        .text("dimension", dimension)
        .text("value", value);
    let filters = pick::of_value(dimension, value);
    let filters = filters.filter(|_| scope.layout.kind != PanelKind::Funnel);
    if let Some(filters) = &filters {
        picked = picked.raw("filters", filters);
    }
    scope.context.feed(|feed| feed.select(&picked.end()));
    if let Some(filters) = filters {
        scope.context.pick(&scope.layout.id, &filters);
    }
}

/// The name of an answer's first dimension.
pub(crate) fn dimension(answer: &Answer) -> String {
    place_of(answer, Role::Dimension)
        .map(|place| answer.columns[place].name.clone())
        .unwrap_or_default()
}

fn walk(event: &Event, at: Var<Option<usize>>, marks: &Marks) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let Some(last) = marks.count.checked_sub(1) else { return };
    let current = at.get_untracked();
    let across = marks.across;
    let next = match (event.key().as_str(), current) {
        ("ArrowDown", Some(place)) if place + across <= last => Some(place + across),
        ("ArrowUp", Some(place)) if place >= across => Some(place - across),
        ("ArrowRight", Some(place)) if across > 1 => Some((place + 1).min(last)),
        ("ArrowLeft", Some(place)) if across > 1 => Some(place.saturating_sub(1)),
        ("ArrowDown" | "ArrowUp" | "ArrowRight" | "ArrowLeft", Some(place)) => Some(place),
        ("ArrowDown" | "ArrowRight" | "Home", _) => Some(0),
        ("ArrowUp" | "ArrowLeft" | "End", _) => Some(last),
        ("Escape", Some(_)) => None,
        ("Enter" | " ", Some(place)) => {
            event.prevent_default();
            return (marks.pick)(place);
        }
        _ => return,
    };
    event.prevent_default();
    at.set(next);
    keep_in_sight(event);
}

/// Scrolls a list to its current mark, as soon as that is drawn.
pub(crate) fn keep_in_sight(event: &Event) {
    let Some(list) = event.current_target().map(|list| list.unchecked_into::<Element>()) else {
        return;
    };
    spawn_local(async move {
        let Ok(Some(mark)) = list.query_selector(".current") else { return };
        let (mark, room) = (mark.get_bounding_client_rect(), list.get_bounding_client_rect());
        let over = (mark.bottom() - room.bottom()).max(0.0) + (mark.top() - room.top()).min(0.0);
        list.set_scroll_top(list.scroll_top() + over as i32);
    });
}
