//! The columns of a batch, by the types that the workers know. A file whose columns have others is
//! an error, never a panic.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::{Result, exec_datafusion_err};

use super::job::{ColumnUse, Job, Kind};
use crate::lake::rollup::{DURATIONS, EVENTS, KEY, is_sketched, sketch_column};

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
    many: Option<Many>,
}

/// For how much each row of a rollup stands.
#[derive(Debug)]
struct Many {
    events: ArrayRef,
    durations: ArrayRef,
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
        Ok(Self { rows, time: batch.column_by_name(TIME).cloned(), columns, many: None })
    }

    /// The names of the columns that a job needs of the table of a rollup, besides the time.
    pub(super) fn of_table(job: &Job) -> impl Iterator<Item = String> {
        let counts = [EVENTS, DURATIONS].map(str::to_owned);
        (0..job.columns.len()).map(|column| name_in_table(job, column)).chain(counts)
    }

    /// Takes a batch of such a table apart.
    pub(super) fn rolled_up(batch: &RecordBatch, job: &Job) -> Result<Self> {
        let column = |name: &str| {
            let column = batch.column_by_name(name).cloned();
            column.ok_or_else(|| exec_datafusion_err!("a rollup has no column `{name}`"))
        };
        let columns = (0..job.columns.len()).map(|at| column(&name_in_table(job, at)));
        Ok(Self {
            rows: batch.num_rows(),
            time: batch.column_by_name(TIME).cloned(),
            columns: columns.collect::<Result<_>>()?,
            many: Some(Many { events: column(EVENTS)?, durations: column(DURATIONS)? }),
        })
    }

    /// For how many events each row stands, if for more than one.
    pub(super) fn events(&self) -> Result<Option<&[i64]>> {
        self.many.as_ref().map(|many| whole(&many.events)).transpose()
    }

    /// Of how many durations each row has the sum, if of more than one.
    pub(super) fn durations(&self) -> Result<Option<&[i64]>> {
        self.many.as_ref().map(|many| whole(&many.durations)).transpose()
    }

    /// The sketches of a column, if the rows are those of a rollup.
    pub(super) fn sketches(&self, column: usize) -> Result<Option<&BinaryArray>> {
        if self.many.is_none() {
            return Ok(None);
        }
        let array = self.columns[column].as_binary_opt::<i32>();
        array.map(Some).ok_or_else(|| exec_datafusion_err!("a sketch is not stored as bytes"))
    }

    /// Rows whose columns are not needed.
    pub(super) fn bare(rows: usize) -> Self {
        Self { rows, time: None, columns: Vec::new(), many: None }
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
            many: self
                .many
                .as_ref()
                .map(|many| Many { events: cut(&many.events), durations: cut(&many.durations) }),
        }
    }

    /// Memory that it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let many = self.many.iter().flat_map(|many| [&many.events, &many.durations]);
        let arrays = self.columns.iter().chain(&self.time).chain(many);
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

/// What a column of a job is called in the table of a rollup that was picked for it.
fn name_in_table(job: &Job, column: usize) -> String {
    let name = &job.columns[column].name;
    if job.rollup.as_ref().is_some_and(|wanted| wanted.key == Some(column)) {
        return KEY.to_owned();
    }
    if is_sketched(name) { sketch_column(name) } else { name.clone() }
}

fn whole(array: &ArrayRef) -> Result<&[i64]> {
    let array = array.as_primitive_opt::<Int64Type>();
    let array = array.ok_or_else(|| exec_datafusion_err!("a count is not stored as an integer"))?;
    Ok(array.values())
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
