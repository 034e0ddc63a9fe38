//! Events in, answers out, of one tenant.

mod dashboards;
mod dead_letters;
mod query;
mod send_events;

pub use dashboards::{get_dashboard, list_dashboards, put_dashboard};
pub use dead_letters::dead_letters;
pub use query::query;
pub use send_events::send_events;
