//! Reads files row by row, whatever their kind.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::ImportError;
use super::columns::{Columns, Role};
use super::event::Draft;
use super::feed::Portion;
use super::rows::Rows;
use super::value::Value;
use crate::ids::TenantId;

/// Rows between two looks at the progress bar.
const STEP: u64 = 4_096;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Csv,
    Lines,
    Parquet,
}

/// Is the file there, and of a kind that can be read?
pub(super) fn check(path: &Path) -> Result<(), ImportError> {
    kind(path)?;
    File::open(path).map_err(|error| ImportError::unreadable(path, None, error))?;
    Ok(())
}

fn kind(path: &Path) -> Result<Kind, ImportError> {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    match end.to_ascii_lowercase().as_str() {
        "csv" => Ok(Kind::Csv),
        "jsonl" | "ndjson" => Ok(Kind::Lines),
        "parquet" => Ok(Kind::Parquet),
        _ => Err(ImportError::UnknownKind(path.to_owned())),
    }
}

/// Reads a file and sends its rows in portions.
pub(super) fn read(
    path: &Path,
    columns: Columns,
    tenant: Option<&TenantId>,
    bar: &ProgressBar,
    send: &dyn Fn(Portion) -> bool,
) -> Result<(), ImportError> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    bar.set_message(name);
    bar.set_position(0);
    let mut rows = Rows::new(tenant, send);
    match kind(path)? {
        Kind::Csv => csv(path, &columns, bar, &mut rows)?,
        Kind::Lines => lines(path, &columns, bar, &mut rows)?,
        Kind::Parquet => parquet(path, &columns, bar, &mut rows)?,
    }
    rows.finish()
}

fn open(path: &Path, bar: &ProgressBar) -> Result<File, ImportError> {
    let failed = |error| ImportError::unreadable(path, None, error);
    let file = File::open(path).map_err(failed)?;
    bar.set_length(file.metadata().map_err(failed)?.len());
    Ok(file)
}

fn csv(
    path: &Path,
    columns: &Columns,
    bar: &ProgressBar,
    rows: &mut Rows<'_>,
) -> Result<(), ImportError> {
    let mut reader = ::csv::ReaderBuilder::new().from_reader(open(path, bar)?);
    let head = reader.headers().map_err(|error| ImportError::unreadable(path, None, error))?;
    let head: Vec<String> = head.iter().map(str::to_owned).collect();
    let roles = columns.roles(&head.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut record = ::csv::StringRecord::new();
    loop {
        let number = rows.next();
        let more = reader
            .read_record(&mut record)
            .map_err(|error| ImportError::unreadable(path, Some(number), error))?;
        if !more {
            return Ok(());
        }
        let mut draft = Draft::default();
        for (role, value) in roles.iter().zip(&record) {
            draft.put(role, &Value::Untyped(value));
        }
        rows.push(draft.finish(number))?;
        if number.is_multiple_of(STEP) {
            bar.set_position(reader.position().byte());
        }
    }
}

fn lines(
    path: &Path,
    columns: &Columns,
    bar: &ProgressBar,
    rows: &mut Rows<'_>,
) -> Result<(), ImportError> {
    let mut read = 0;
    for line in BufReader::new(open(path, bar)?).lines() {
        let number = rows.next();
        let line = line.map_err(|error| ImportError::unreadable(path, Some(number), error))?;
        read += line.len() as u64 + 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let object: Map<String, Json> = serde_json::from_str(&line)
            .map_err(|error| ImportError::unreadable(path, Some(number), error))?;
        let mut draft = Draft::default();
        for (name, json) in object {
            let value = match json {
                Json::Null => Value::Nothing,
                Json::Bool(truth) => Value::Bool(truth),
                Json::Number(number) => number
                    .as_i64()
                    .map(Value::Integer)
                    .or_else(|| number.as_f64().map(Value::Float))
                    .unwrap_or(Value::Nothing),
                Json::String(text) => Value::Text(text.into()),
                nested => Value::Nested(nested),
            };
            draft.put(&columns.role(&name), &value);
        }
        rows.push(draft.finish(number))?;
        if number.is_multiple_of(STEP) {
            bar.set_position(read);
        }
    }
    Ok(())
}

fn parquet(
    path: &Path,
    columns: &Columns,
    bar: &ProgressBar,
    rows: &mut Rows<'_>,
) -> Result<(), ImportError> {
    let failed = |row| {
        move |error: Box<dyn std::error::Error + Send + Sync>| {
            ImportError::unreadable(path, row, error)
        }
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(open(path, bar)?)
        .map_err(|error| failed(None)(error.into()))?;
    bar.set_length(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0));
    let schema = builder.schema().clone();
    let head: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let roles = columns.roles(&head)?;
    let reader = builder.build().map_err(|error| failed(None)(error.into()))?;
    for batch in reader {
        let number = rows.next();
        let batch = batch.map_err(|error| failed(Some(number))(error.into()))?;
        let batch = Plain::new(&batch, &roles).map_err(|error| failed(None)(error.into()))?;
        for row in 0..batch.rows {
            let mut draft = Draft::default();
            for (role, column) in &batch.columns {
                draft.put(role, &cell(column, row));
            }
            let number = rows.next();
            rows.push(draft.finish(number))?;
        }
        bar.set_position(rows.next());
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
