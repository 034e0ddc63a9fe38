//! What a large segment adds up to, hour by hour: one table without a key and one for each text column
//! that has few values in it. A row of a table stands for all events of one hour, key and currency.
//!
//! A rollup lies beside its segment in a file of its own, is written before it and goes with it: whatever
//! takes rows out of a segment writes another one, with another rollup. It is a Parquet file with a row
//! group for each table. Its name is hidden, so that whoever reads the folder reads each event once.
//!
//! Counts and sums are exact. Different users, sessions and accounts are kept as HyperLogLog sketches, in
//! the binary form of Apache `DataSketches`, where rows are so many that a sketch is smaller than they are.

mod add_up;
mod file;
mod keys;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datasketches::hll::{HllType, HllUnion};
use serde::{Deserialize, Serialize};

use super::LakeError;
use crate::ids::{SegmentId, TenantId};
use crate::model::Field;

/// The column with a table's key.
pub const KEY: &str = "key";
/// The column with the number of events.
pub const EVENTS: &str = "events";
/// The column with the number of events that have a duration.
pub const DURATIONS: &str = "durations";

/// What a row is about, in microseconds.
pub const HOUR: i64 = 3_600_000_000;

/// What is counted by sketches.
const SKETCHED: [Field; 3] = [Field::User, Field::Session, Field::Account];
/// Binary logarithm of a sketch's registers.
const LG_REGISTERS: u8 = 12;
/// Relative standard error of a merged sketch: 1.04 / √registers (Flajolet et al. 2007).
pub const SKETCH_ERROR: f64 = 0.016_25;

/// When a rollup is worth its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// A segment of so many rows gets one: smaller ones are quickly read.
    pub rows: usize,
    /// A table has at most this part of the segment's rows: a quarter is 4.
    pub part: usize,
    /// So many rows, on average, are in a group before sketches are smaller than they are.
    pub sketch: usize,
}

impl Default for Worth {
    fn default() -> Self {
        Self { rows: 65_536, part: 4, sketch: 256 }
    }
}

/// One table of a rollup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The column that is its key, by name; none: there is no key.
    pub key: Option<String>,
    /// The columns whose values are counted by sketches, by name.
    pub sketches: Vec<String>,
}

/// The name of the column with a table's sketches of another column.
pub fn sketch_column(column: &str) -> String {
    format!("{column}_sketch")
}

/// Is there a sketch of the column in some rollup?
pub fn is_sketched(column: &str) -> bool {
    SKETCHED.iter().any(|field| field.column() == column)
}

/// An empty union of sketches.
pub fn sketch_union() -> HllUnion {
    HllUnion::new(LG_REGISTERS).expect("4 to 21 are possible")
}

/// The form in which sketches are stored and put together.
pub const SKETCH_TYPE: HllType = HllType::Hll8;

/// The tables of a rollup in the order of its row groups; none in a file that is no rollup.
pub fn tables(metadata: &ParquetMetaData) -> Vec<Table> {
    let named = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    let text =
        named.filter(|entry| entry.key == file::TABLES).find_map(|entry| entry.value.as_ref());
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Where the rollup of a segment lies, relative to the lake's folder.
pub(super) fn relative_path(tenant: &TenantId, id: &SegmentId) -> String {
    format!("{tenant}/.{id}.rollup")
}

/// The rollup file of a segment's rows, which are sorted by time. None, if it is not worth it.
pub(super) fn write(batch: &RecordBatch, worth: Worth) -> Result<Option<Vec<u8>>, LakeError> {
    if batch.num_rows() < worth.rows {
        return Ok(None);
    }
    let tables = add_up::tables(batch, worth)?;
    if tables.is_empty() { Ok(None) } else { file::encode(&tables).map(Some) }
}
