//! Every sentence that a viewer may meet, in one place: other languages come beside this one.

use crate::data::panel::Trouble;

use super::delta::Way;

/// While the first numbers are on their way.
pub const LOADING: &str = "Loading dashboard";
/// A panel's numbers came, and there are none.
pub const EMPTY: &str = "No data in this period";
/// What may be done about it.
pub const EMPTY_HINT: &str = "Numbers appear here as soon as there are some.";
/// Tries again.
pub const RETRY: &str = "Try again";
/// Names the choice of ranges.
pub const RANGE: &str = "Period";
/// Stops updates.
pub const PAUSE: &str = "Pause updates";
/// Starts updates again.
pub const RESUME: &str = "Resume updates";
/// The page updates by itself.
pub const LIVE: &str = "Live";
/// It does not, because the viewer said so.
pub const PAUSED: &str = "Paused";
/// The same two for screen readers, with what the button does.
pub const LIVE_PAUSE: &str = "Live. Pause updates";
/// See [`LIVE_PAUSE`].
pub const PAUSED_RESUME: &str = "Paused. Resume updates";
/// New numbers were asked for and came.
pub const UPDATED: &str = "Dashboard updated";
/// Older numbers stay while newer ones cannot be had.
pub const STALE: &str = "Showing the last numbers that arrived.";
/// Shows a panel's table.
pub const AS_TABLE: &str = "Show as table";
/// Shows a panel's chart.
pub const AS_CHART: &str = "Show as chart";
/// The comparison, in heads and readouts.
pub const BEFORE: &str = "before";
/// A group without a value.
pub const NO_VALUE: &str = "(none)";
/// A number that is not there.
pub const ABSENT: &str = "–";
/// How to read a chart by keyboard.
pub const ARROWS: &str = "Use the arrow keys to read single values.";

/// What a number is to reach.
pub const TARGET: &str = "Target";
/// Of a step: who did not get to it.
pub const LOST: &str = "lost";
/// What the columns of a retention grid are.
pub const RETURNED: &str = "share that came back, by time since";
/// Of a week: its busiest hour.
pub const MOST: &str = "most on";
/// Turns a table's page.
pub const PREVIOUS: &str = "Previous page";
/// See [`PREVIOUS`].
pub const NEXT: &str = "Next page";

/// A trouble's headline.
pub fn headline(trouble: &Trouble) -> &'static str {
    match trouble.code.as_str() {
        "session_expired" => "Your session has ended",
        "unknown_dashboard" => "This dashboard is not available",
        "origin_mismatch" | "origin_not_allowed" => "This page may not show the dashboard",
        "rate_limited" => "Too many requests right now",
        "cut_off" => "The answer was cut off",
        "offline" => "Analytics cannot be reached",
        "session_unavailable" => "The session could not be renewed",
        _ => "This could not be loaded",
    }
}

/// What happened and what to do.
pub fn advice(trouble: &Trouble) -> &str {
    match trouble.code.as_str() {
        "session_expired" => "Sign in again to see current numbers.",
        "cut_off" => "The connection broke before all numbers had arrived.",
        "offline" => "Check the connection. It is tried again by itself.",
        "session_unavailable" => "The page’s server did not answer. It is tried again by itself.",
        _ if !trouble.detail.is_empty() => &trouble.detail,
        _ => "Please try again. If it stays like this, tell the people who run this page.",
    }
}

/// The way of a change, in words: the arrow and the colour say it to others.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::Up => "up",
        Way::Down => "down",
        Way::Level => "no change",
    }
}
