//! Answers typed queries: query → plan → compile → run → shape. It never sees HTTP and never builds
//! SQL text: a plan becomes expressions of DataFusion's own.
//!
//! `plan` types the question and cuts time into buckets; `compile` writes it as aggregations over the
//! tenant's snapshot; `run` executes them and puts their cells into one grid; `shape` makes rows of
//! it. [`Engine`] holds the parts together and remembers answers.
//!
//! Every answer is a function of tenant, version of its data, row filters and query. That is what it is
//! remembered by, and what its `version` stands for.

mod buckets;
mod cells;
mod compile;
mod currencies;
mod dense;
mod engine;
mod error;
mod expressions;
mod filters;
mod functions;
mod panel;
mod period;
mod plan;
mod property;
mod read;
mod run;
mod shape;
mod table;
mod zone;

use inlay_shared::{Dashboard, FieldError, Filter};

pub use engine::Engine;
pub use error::QueryError;
pub use period::resolve_range;
pub use zone::Zone;

use crate::model;

/// Can this filter be applied?
///
/// # Errors
/// [`QueryError::Invalid`] with the reason.
pub fn check_filter(filter: &Filter) -> Result<(), QueryError> {
    model::condition(filter, "").map(drop).map_err(QueryError::Invalid)
}

/// Is this the name of an IANA zone?
///
/// # Errors
/// [`QueryError::Invalid`] with the code `unknown_zone`.
pub fn check_zone(name: &str) -> Result<(), QueryError> {
    Zone::find(name, "").map(drop).map_err(QueryError::Invalid)
}

/// Everything that is wrong with a dashboard: empty if it can be drawn and answered.
pub fn check_dashboard(dashboard: &Dashboard) -> Vec<FieldError> {
    model::validate_dashboard(dashboard).err().unwrap_or_default()
}

#[cfg(test)]
mod tests;
