//! The stream form of Arrow's IPC, with a type for each column: amounts are exact decimals of six
//! places, times carry the zone of the query. Whole numbers have 64 bits, or where a sum in their column
//! needs more, are decimals without places.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamWriter;
use inlay_shared::ColumnType;
use jiff::Timestamp;
use serde_json::Value;

use super::{Column, PART_ROWS, Table};
use crate::lake::VALUE_SCALE;
use crate::query::QueryError;

/// Digits of a decimal column: as many as the type has.
const PRECISION: u8 = 38;

/// The table as an Arrow stream.
///
/// # Errors
/// [`QueryError::Engine`] if the schema cannot be written.
pub fn arrow(table: Table) -> Result<ArrowParts, QueryError> {
    let schema = Arc::new(schema(&table));
    let writer = StreamWriter::try_new(Vec::new(), &schema).map_err(failed)?;
    Ok(ArrowParts { table, schema, writer: Some(writer), next: 0 })
}

/// An Arrow stream, part by part.
pub struct ArrowParts {
    table: Table,
    schema: Arc<Schema>,
    /// None once the stream has ended.
    writer: Option<StreamWriter<Vec<u8>>>,
    next: usize,
}

impl fmt::Debug for ArrowParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrowParts").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Iterator for ArrowParts {
    type Item = Result<Vec<u8>, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut writer = self.writer.take()?;
        let to = (self.next + PART_ROWS).min(self.table.rows.len());
        if self.next == to {
            return Some(writer.into_inner().map_err(failed));
        }
        let rows = &self.table.rows[self.next..to];
        let columns = self.schema.fields().iter().enumerate();
        let columns = columns.map(|(at, field)| column(rows, at, field.data_type())).collect();
        self.next = to;
        let written = RecordBatch::try_new(self.schema.clone(), columns)
            .and_then(|batch| writer.write(&batch))
            .map_err(failed);
        let part = written.map(|()| std::mem::take(writer.get_mut()));
        if part.is_ok() {
            self.writer = Some(writer);
        }
        Some(part)
    }
}

fn failed(error: ArrowError) -> QueryError {
    QueryError::Engine(Arc::new(error.into()))
}

fn schema(table: &Table) -> Schema {
    let field = |(at, column): (usize, &Column)| {
        let about = [("label", Some(&column.label)), ("currency", column.currency.as_ref())];
        let about = about.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let about = about.map(|(name, value)| (format!("inlay.{name}"), value.clone()));
        Field::new(&column.name, kind(table, at, column.kind), true).with_metadata(about.collect())
    };
    let fields: Vec<Field> = table.columns.iter().enumerate().map(field).collect();
    let about = table.about.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    Schema::new_with_metadata(fields, about.collect())
}

fn kind(table: &Table, at: usize, kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some((&*table.zone).into())),
        ColumnType::String => DataType::Utf8,
        // A sum of whole numbers that left 64 bits behind came as a text.
        ColumnType::Integer if table.rows.iter().any(|row| row[at].is_string()) => {
            DataType::Decimal128(PRECISION, 0)
        }
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Decimal => DataType::Decimal128(PRECISION, VALUE_SCALE),
        ColumnType::Boolean => DataType::Boolean,
    }
}

fn column(rows: &[Vec<Value>], at: usize, kind: &DataType) -> ArrayRef {
    let cells = rows.iter().map(|row| &row[at]);
    match kind {
        DataType::Timestamp(_, zone) => {
            let times = cells.map(|cell| cell.as_str()?.parse::<Timestamp>().ok());
            let micros = times.map(|time| time.map(Timestamp::as_microsecond));
            let times: TimestampMicrosecondArray = micros.collect();
            Arc::new(times.with_timezone_opt(zone.clone()))
        }
        DataType::Int64 => Arc::new(cells.map(Value::as_i64).collect::<Int64Array>()),
        DataType::Float64 => Arc::new(cells.map(Value::as_f64).collect::<Float64Array>()),
        DataType::Boolean => Arc::new(cells.map(Value::as_bool).collect::<BooleanArray>()),
        DataType::Decimal128(precision, scale) => {
            let read = |cell: &Value| match cell.as_str() {
                Some(text) if *scale == 0 => text.parse().ok(),
                Some(text) => millionths(text),
                None => cell.as_i64().map(i128::from),
            };
            let numbers: Decimal128Array = cells.map(read).collect();
            let typed = numbers.with_precision_and_scale(*precision, *scale);
            Arc::new(typed.expect("the precision of the type itself"))
        }
        _ => Arc::new(cells.map(Value::as_str).collect::<StringArray>()),
    }
}

/// Reads a decimal as answers write it, of whatever length.
fn millionths(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().ok()
}
