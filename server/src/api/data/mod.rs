//! Events in, answers out, of one tenant.

mod dashboards;
mod dead_letters;
mod query;
mod rows;
mod send_events;

pub(super) use dashboards::{get_dashboard, list_dashboards, put_dashboard};
pub(super) use dead_letters::dead_letters;
pub(super) use query::query;
pub(super) use rows::rows;
pub(super) use send_events::send_events;
