//! Small drawings. They are decoration; words beside them say the same.

use super::el::{View, svg};

fn icon(class: &'static str, path: &'static str) -> View {
    svg("svg", class)
        .set("viewBox", "0 0 16 16")
        .set("aria-hidden", "true")
        .kid(svg("path", "").set("d", path))
        .into()
}

/// A triangle that warns.
pub(crate) fn warning() -> View {
    icon("icon large", "M8 2.5l6 10.5H2zM8 6.5v3M8 11.2h0")
}

/// A lock.
pub(crate) fn lock() -> View {
    icon("icon large", "M3.5 7.5h9v6h-9zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2")
}

/// Bars that have hardly begun.
pub(crate) fn empty() -> View {
    icon("icon large", "M2.5 13h11M4.5 13v-2M8 13V9M11.5 13v-1.5")
}

/// An arrow of a change.
pub(crate) fn arrow(up: bool) -> View {
    icon("icon small", if up { "M8 13V3.5M4 7l4-4 4 4" } else { "M8 3v9.5M4 9l4 4 4-4" })
}

/// The way to the next page, or to the one before.
pub(crate) fn turn(next: bool) -> View {
    icon("icon small turn", if next { "M6 3l5 5-5 5" } else { "M10 3L5 8l5 5" })
}

/// A leaf of a calendar.
pub(crate) fn calendar() -> View {
    icon("icon", "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5")
}

/// A funnel, as three lines.
pub(crate) fn filter() -> View {
    icon("icon", "M2.5 4.5h11M4.5 8h7M6.5 11.5h3")
}

/// Three dots.
pub(crate) fn dots() -> View {
    icon("icon dots", "M8 3.5h0M8 8h0M8 12.5h0")
}

/// Two strokes.
pub(crate) fn pause() -> View {
    icon("icon small", "M5.5 3.5v9M10.5 3.5v9")
}
