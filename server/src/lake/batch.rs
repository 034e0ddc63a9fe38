//! A stretch of the raw log as columns: what a flush writes into a file and what the tail serves from
//! memory are made here, and so are the same.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;

use super::rows::Rows;
use crate::model::Properties;
use crate::store::RawEvent;

/// Columns, and the events that could not be taken into them.
#[derive(Debug)]
pub(super) struct Normalised<'a> {
    /// One row for each event that fits, in the order of the raw log.
    pub(super) batch: RecordBatch,
    /// The others, with the reason.
    pub(super) unfit: Vec<(&'a RawEvent, String)>,
}

/// Takes events into columns, these declared properties among them.
pub(super) fn normalise<'a>(
    events: &'a [RawEvent],
    properties: &Properties,
) -> Result<Normalised<'a>, ArrowError> {
    let mut rows = Rows::new(properties);
    let mut unfit = Vec::new();
    for event in events {
        if let Err(reason) = rows.push(event) {
            unfit.push((event, reason));
        }
    }
    Ok(Normalised { batch: rows.finish()?, unfit })
}
