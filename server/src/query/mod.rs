//! Answers typed queries: query → plan → compile → run → shape. It never sees HTTP and never builds
//! SQL text: a plan becomes expressions of DataFusion's own.
//!
//! `plan` types the question, cuts time into buckets and says which numbers the measures are made of
//! (`terms`); `compile` writes those as aggregations over the tenant's snapshot; `run` executes them
//! and puts their cells into one grid; `shape` makes rows of it. [`Engine`] holds the parts together
//! and remembers answers.
//!
//! `limits` says what one tenant's queries may use; they run in fair turns (`turns`): a
//! query whose caller went away leaves the line, or stops.
//!
//! `funnel` and `retention` follow people instead: `journey` reads the events that matter in the order
//! in which they happened, and each folds them into what it remembers of everybody.
//!
//! Every answer is a function of tenant, version of its data, version of its model, row filters and
//! query. That is what it is remembered by, and what its `version` stands for.

#[doc(hidden)]
pub mod bench;
mod buckets;
mod cells;
mod compile;
mod currencies;
mod dense;
mod engine;
mod error;
mod expressions;
mod families;
mod filters;
mod fingerprint;
pub mod formats;
mod functions;
mod funnel;
mod journey;
mod limits;
mod memory;
mod outside;
mod panel;
mod panel_journey;
mod period;
mod plan;
mod property;
mod rank;
mod read;
mod remarks;
mod retention;
mod rows;
mod run;
mod sessions;
mod shape;
mod table;
mod terms;
mod values;
mod zone;

use std::sync::Arc;

use inlay_shared::{Dashboard, FieldError, Filter, Query};

pub use engine::Engine;
pub use error::QueryError;
pub use panel::PageOf;
pub use period::{check_grain, resolve_between, resolve_range};
pub use zone::Zone;

use crate::model::{self, Dimension, Model};

/// Can this filter be applied, given what can be named?
///
/// # Errors
/// [`QueryError::Invalid`] with the reason.
pub fn check_filter(model: &Model, filter: &Filter) -> Result<(), QueryError> {
    model::condition(model, filter, "").map(drop).map_err(QueryError::Invalid)
}

/// Can these filters be applied, and are they no more than a list of them may have?
///
/// # Errors
/// [`QueryError::Invalid`] with the reason.
pub fn check_filters(model: &Model, filters: &[Filter]) -> Result<(), QueryError> {
    model::conditions(model, filters, "/filters").map(drop).map_err(QueryError::Invalid)
}

/// Can this query be answered, given what can be named? Nothing is read for it.
///
/// # Errors
/// [`QueryError`], as when it is asked.
pub fn check_query(model: &Model, query: &Query) -> Result<(), QueryError> {
    plan::Plan::new(model, query, &[]).map(drop)
}

/// Is this the name of an IANA zone?
///
/// # Errors
/// [`QueryError::Invalid`] with the code `unknown_zone`.
pub fn check_zone(name: &str) -> Result<(), QueryError> {
    Zone::find(name, "").map(drop).map_err(QueryError::Invalid)
}

/// Everything that is wrong with a dashboard: empty if it can be drawn and answered.
pub fn check_dashboard(model: &Model, dashboard: &Dashboard) -> Vec<FieldError> {
    model::validate_dashboard(model, dashboard).err().unwrap_or_default()
}

/// The dimensions in which the viewers of a dashboard may pick values.
pub fn offered_filters(model: &Model, dashboard: &Dashboard) -> Vec<Arc<Dimension>> {
    model::offered_filters(model, dashboard)
}

#[cfg(test)]
mod tests;
