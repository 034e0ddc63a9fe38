//! A door for the benches of `server/benches`: what a flush and the tail do with events.

use datafusion::arrow::array::RecordBatch;

use super::batch;
use crate::model::Properties;
use crate::store::RawEvent;

/// Normalises and enriches events into columns.
///
/// # Errors
/// [`super::LakeError`] if the columns cannot be put together.
pub fn normalise(
    events: &[RawEvent],
    properties: &Properties,
) -> Result<RecordBatch, super::LakeError> {
    Ok(batch::normalise(events, properties)?.batch)
}
