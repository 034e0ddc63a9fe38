//! The columns of a batch, by the types that the workers know. A file whose columns have others is
//! an error, never a panic.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_datafusion_err};

use super::job::{ColumnUse, Kind};

/// The name of the column with each event's time.
pub(super) const TIME: &str = "time";

/// How text columns are asked for.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The rows of a batch.
#[derive(Debug)]
pub(super) struct Columns {
    rows: usize,
    time: Option<ArrayRef>,
    /// In the order of the job; what the file lacks is null in every row.
    columns: Vec<ArrayRef>,
}

/// A text column: for each row a key into the dictionary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) keys: &'a [i32],
    pub(super) nulls: Option<&'a NullBuffer>,
    pub(super) values: &'a StringArray,
}

/// A column of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a, T> {
    pub(super) values: &'a [T],
    pub(super) nulls: Option<&'a NullBuffer>,
}

impl<'a> Text<'a> {
    /// For each key of the dictionary + 1 what `of` says about its text, and first what null is.
    pub(super) fn table<T>(&self, null: T, mut of: impl FnMut(&'a str) -> T) -> Vec<T> {
        let values = self.values;
        let mut table = Vec::with_capacity(values.len() + 1);
        table.push(null);
        table.extend((0..values.len()).map(|at| of(values.value(at))));
        table
    }

    /// The place of a row in such a table.
    #[inline]
    pub(super) fn place(&self, row: usize) -> usize {
        match self.nulls {
            Some(nulls) if nulls.is_null(row) => 0,
            // A key is never negative: Arrow checked it.
            _ => usize::try_from(self.keys[row]).map_or(0, |key| key + 1),
        }
    }
}

impl Columns {
    /// Takes a batch of a segment or of the tail apart.
    pub(super) fn new(batch: &RecordBatch, uses: &[ColumnUse]) -> Result<Self> {
        let rows = batch.num_rows();
        let columns = uses.iter().map(|column| {
            let kind = match column.kind {
                Kind::Text => dictionary(),
                Kind::Integer => DataType::Int64,
                Kind::Decimal => {
                    DataType::Decimal128(crate::lake::VALUE_PRECISION, crate::lake::VALUE_SCALE)
                }
            };
            match batch.column_by_name(&column.name) {
                Some(array) if *array.data_type() == kind => Ok(array.clone()),
                Some(array) => Ok(cast(array, &kind)?),
                None => Ok(datafusion::arrow::array::new_null_array(&kind, rows)),
            }
        });
        let columns = columns.collect::<Result<_>>()?;
        Ok(Self { rows, time: batch.column_by_name(TIME).cloned(), columns })
    }

    /// Rows whose columns are not needed.
    pub(super) fn bare(rows: usize) -> Self {
        Self { rows, time: None, columns: Vec::new() }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Some rows of it.
    pub(super) fn slice(&self, from: usize, to: usize) -> Self {
        let cut = |array: &ArrayRef| array.slice(from, to - from);
        Self {
            rows: to - from,
            time: self.time.as_ref().map(cut),
            columns: self.columns.iter().map(cut).collect(),
        }
    }

    /// Memory that it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let arrays = self.columns.iter().chain(&self.time);
        arrays.map(|array| array.get_array_memory_size()).sum()
    }

    /// When each event happened, if the time was read.
    pub(super) fn times(&self) -> Result<Option<&[i64]>> {
        let Some(array) = &self.time else { return Ok(None) };
        match array.as_primitive_opt::<TimestampMicrosecondType>() {
            Some(times) if times.null_count() == 0 => Ok(Some(times.values())),
            _ => Err(exec_datafusion_err!("a time is a timestamp in microseconds, always there")),
        }
    }

    pub(super) fn text(&self, column: usize) -> Result<Text<'_>> {
        let odd = || exec_datafusion_err!("a text column is not stored as texts");
        let array = self.columns[column].as_dictionary_opt::<Int32Type>().ok_or_else(odd)?;
        let values = array.values().as_string_opt::<i32>().ok_or_else(odd)?;
        // A dictionary without texts has keys that point nowhere: every row is null.
        Ok(Text { keys: array.keys().values(), nulls: array.keys().nulls(), values })
    }

    pub(super) fn integers(&self, column: usize) -> Result<Numbers<'_, i64>> {
        let array = self.columns[column].as_primitive_opt::<Int64Type>();
        let array = array.ok_or_else(|| exec_datafusion_err!("an integer is not stored as one"))?;
        Ok(Numbers { values: array.values(), nulls: array.nulls() })
    }

    pub(super) fn amounts(&self, column: usize) -> Result<Numbers<'_, i128>> {
        let array = self.columns[column].as_primitive_opt::<Decimal128Type>();
        let array = array.ok_or_else(|| exec_datafusion_err!("an amount is not stored as one"))?;
        Ok(Numbers { values: array.values(), nulls: array.nulls() })
    }
}

/// A schema that asks for the text columns of a file as they are stored.
pub(super) fn as_stored(
    schema: &datafusion::arrow::datatypes::Schema,
) -> datafusion::arrow::datatypes::SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::Utf8View => {
            Arc::new(field.as_ref().clone().with_data_type(dictionary()))
        }
        _ => field.clone(),
    });
    Arc::new(datafusion::arrow::datatypes::Schema::new(fields.collect::<Vec<_>>()))
}
