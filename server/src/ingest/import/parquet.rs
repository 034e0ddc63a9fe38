//! Rows of a Parquet file.

use std::fs::File;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use jiff::Timestamp;

use super::ReadError;
use super::columns::{Columns, Role};
use super::draft::Draft;
use super::rows::Rows;
use super::value::Value;

pub(super) fn read(file: File, columns: &Columns, rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| ReadError::unreadable(None, error))?;
    rows.expect(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0));
    let schema = builder.schema().clone();
    let head: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let roles = columns.roles(&head)?;
    let reader = builder.build().map_err(|error| ReadError::unreadable(None, error))?;
    for batch in reader {
        let number = rows.next();
        let batch = batch.map_err(|error| ReadError::unreadable(Some(number), error))?;
        let batch =
            Plain::new(&batch, &roles).map_err(|error| ReadError::unreadable(None, error))?;
        for row in 0..batch.rows {
            let mut draft = Draft::default();
            for (role, column) in &batch.columns {
                draft.put(role, &cell(column, row));
            }
            let number = rows.next();
            rows.push(draft.finish(number), number)?;
        }
    }
    Ok(())
}

/// A batch whose columns are of few types.
struct Plain<'a> {
    rows: usize,
    columns: Vec<(&'a Role, ArrayRef)>,
}

impl<'a> Plain<'a> {
    fn new(
        batch: &RecordBatch,
        roles: &'a [Role],
    ) -> Result<Self, datafusion::arrow::error::ArrowError> {
        let wanted = roles.iter().zip(batch.columns()).filter(|(role, _)| **role != Role::Skipped);
        let columns = wanted
            .map(|(role, column)| cast(column, &plain(column.data_type())).map(|cast| (role, cast)))
            .collect::<Result<_, _>>()?;
        Ok(Self { rows: batch.num_rows(), columns })
    }
}

/// Integers that may not fit, and decimals, are read as texts: nothing of them is lost.
fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => DataType::Int64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Boolean => DataType::Boolean,
        DataType::Timestamp(_, None) | DataType::Date32 | DataType::Date64 => {
            DataType::Timestamp(TimeUnit::Microsecond, None)
        }
        DataType::Timestamp(_, Some(_)) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        _ => DataType::Utf8,
    }
}

fn cell(column: &ArrayRef, row: usize) -> Value<'_> {
    if column.is_null(row) {
        return Value::Nothing;
    }
    match column.data_type() {
        DataType::Int64 => Value::Integer(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            Timestamp::from_microsecond(micros).map_or(Value::Nothing, Value::Time)
        }
        _ => Value::Text(column.as_string::<i32>().value(row).into()),
    }
}
