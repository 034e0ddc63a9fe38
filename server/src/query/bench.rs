//! A door for the benches of `server/benches`: hot parts of a query, which nobody else reaches.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use inlay_shared::{Query, TimeRange};

use super::QueryError;
use super::dense::{self, Job};
use super::engine::hash;
use super::families::families;
use super::period::Period;
use super::plan::Plan;
use crate::model::Model;

/// Plans a question, and makes the hash by which its answer is remembered.
///
/// # Errors
/// [`QueryError`], as when it is asked.
pub fn plan(model: &Model, query: &Query) -> Result<[u8; 32], QueryError> {
    std::hint::black_box(Plan::new(model, query, &[])?);
    Ok(hash(query, &[]))
}

/// Cuts a range into buckets. Answers how many there are.
///
/// # Errors
/// [`QueryError`], as when it is asked.
pub fn buckets(time: &TimeRange) -> Result<usize, QueryError> {
    Ok(Period::read(time)?.buckets.map_or(1, |buckets| buckets.len()))
}

/// A batch of events and a question about it.
#[derive(Debug)]
pub struct Aggregation {
    batch: RecordBatch,
    jobs: Vec<Arc<Job>>,
}

impl Aggregation {
    /// A question over all events of the batch. `None`: the workers do not answer it.
    ///
    /// # Errors
    /// [`QueryError`], as when it is asked.
    pub fn new(
        model: &Model,
        query: &Query,
        batch: RecordBatch,
    ) -> Result<Option<Self>, QueryError> {
        let plan = Plan::new(model, query, &[])?;
        let jobs = families(&plan.terms.aggregates)
            .into_iter()
            .map(|family| dense::decide(&plan, &family, &plan.period, &[], true).map(Arc::new));
        Ok(jobs.collect::<Option<_>>().map(|jobs| Self { batch, jobs }))
    }

    /// Aggregates the batch. Answers how many cells were seen.
    ///
    /// # Errors
    /// [`QueryError`] if the batch is none of events.
    pub fn run(&self) -> Result<usize, QueryError> {
        let mut cells = 0;
        for job in &self.jobs {
            cells += dense::aggregate(job, &self.batch)?;
        }
        Ok(cells)
    }
}
