//! Events in, answers out, of one tenant.

mod dashboards;
mod dead_letters;
mod funnel;
mod mappings;
mod model;
mod query;
mod replay;
mod retention;
mod rows;
mod send_events;

pub(super) use dashboards::{get_dashboard, list_dashboards, put_dashboard};
pub(super) use dead_letters::{dead_letter, dead_letter_reasons, dead_letters};
pub(super) use funnel::funnel;
pub(super) use mappings::{get_mapping, list_mappings, put_mapping};
pub(super) use model::{get_model, put_model};
pub(super) use query::query;
pub(super) use replay::{replay_letter, replay_letters};
pub(super) use retention::retention;
pub(super) use rows::rows;
pub(super) use send_events::send_events;
