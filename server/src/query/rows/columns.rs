//! Which columns of events can be shown, and how their cells are read.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::logical_expr::{Expr, ident};
use inlay_shared::{ColumnType, RowColumn};
use jiff::Timestamp;
use serde_json::{Map, Number, Value};

use crate::model::{Column, Field, Invalid, Properties, PropertyName, PropertyType};
use crate::query::cells::decimal;
use crate::query::property::property;
use crate::query::zone::Zone;

/// Most columns of a page.
const MOST_COLUMNS: usize = 64;
/// What a property that is not declared is called by.
const PREFIX: &str = "properties.";

/// Columns that are shown if none are named.
const DEFAULT: [Field; 12] = [
    Field::Time,
    Field::Name,
    Field::User,
    Field::Account,
    Field::Session,
    Field::Page,
    Field::Referrer,
    Field::Country,
    Field::Device,
    Field::Value,
    Field::Currency,
    Field::Duration,
];

/// A column that is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) column: Column,
    pub(super) wire: RowColumn,
}

/// Looks up the columns that were asked for.
pub(super) fn columns(
    names: Option<&[String]>,
    properties: &Properties,
) -> Result<Vec<Shown>, Invalid> {
    let Some(names) = names else { return Ok(DEFAULT.map(built_in).to_vec()) };
    if names.is_empty() || names.len() > MOST_COLUMNS {
        let detail = format!("ask for 1 to {MOST_COLUMNS} columns, or leave `columns` out");
        return Err(Invalid::new("invalid_columns", "/columns", detail));
    }
    let mut shown: Vec<Shown> = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let pointer = format!("/columns/{at}");
        let column = find(name, properties).ok_or_else(|| unknown(name, &pointer, properties))?;
        if shown.iter().any(|other| other.column == column.column) {
            let detail = format!("the column `{name}` stands twice");
            return Err(Invalid::new("invalid_columns", pointer, detail));
        }
        shown.push(column);
    }
    Ok(shown)
}

fn find(name: &str, properties: &Properties) -> Option<Shown> {
    let field = Field::ALL.into_iter().find(|field| field.column() == name && is_shown(*field));
    if let Some(field) = field {
        return Some(built_in(field));
    }
    let shown = |property: &PropertyName, column, kind| {
        let wire = RowColumn { name: name.to_owned(), label: property.to_string(), kind };
        Some(Shown { column, wire })
    };
    // By its prefixed name, a declared property is the text that was sent, too.
    if let Some(rest) = name.strip_prefix(PREFIX) {
        let property = PropertyName::new(rest)?;
        return shown(&property, Column::Undeclared(property.clone()), ColumnType::String);
    }
    let kind = wire_type(properties.kind(name)?);
    let property = PropertyName::new(name)?;
    shown(&property, Column::Property(property.clone()), kind)
}

fn unknown(name: &str, pointer: &str, properties: &Properties) -> Invalid {
    let mut known: Vec<&str> =
        Field::ALL.into_iter().filter(|field| is_shown(*field)).map(Field::column).collect();
    known.extend(properties.iter().map(|(name, _)| name.as_str()));
    let known = known.join(", ");
    let name: String = name.chars().take(64).collect();
    let detail =
        format!("there is no column `{name}`; known: {known}, and `{PREFIX}<name>` for any other");
    Invalid::new("unknown_column", pointer, detail)
}

/// The place in the raw log orders rows; it says nothing to anybody.
fn is_shown(field: Field) -> bool {
    field != Field::Seq
}

const fn wire_type(kind: PropertyType) -> ColumnType {
    match kind {
        PropertyType::String => ColumnType::String,
        PropertyType::Integer => ColumnType::Integer,
        PropertyType::Decimal => ColumnType::Decimal,
        PropertyType::Number => ColumnType::Number,
        PropertyType::Boolean => ColumnType::Boolean,
        PropertyType::Time => ColumnType::Time,
    }
}

fn built_in(field: Field) -> Shown {
    let kind = match field {
        Field::Time | Field::ReceivedAt => ColumnType::Time,
        Field::Value => ColumnType::Decimal,
        Field::Duration | Field::Seq => ColumnType::Integer,
        _ => ColumnType::String,
    };
    let label = match field {
        Field::Time => "Time",
        Field::Id => "Id",
        Field::Name => "Event",
        Field::User => "User",
        Field::Account => "Account",
        Field::Session => "Session",
        Field::Page => "Page",
        Field::Referrer => "Referrer",
        Field::Country => "Country",
        Field::Device => "Device",
        Field::Browser => "Browser",
        Field::Os => "Operating system",
        Field::Channel => "Channel",
        Field::UtmSource => "UTM source",
        Field::UtmMedium => "UTM medium",
        Field::UtmCampaign => "UTM campaign",
        Field::UtmTerm => "UTM term",
        Field::UtmContent => "UTM content",
        Field::Value => "Value",
        Field::Currency => "Currency",
        Field::Duration => "Duration",
        Field::Properties => "Properties",
        Field::ReceivedAt => "Received at",
        Field::Seq => "Place",
    };
    let wire = RowColumn { name: field.column().to_owned(), label: label.to_owned(), kind };
    Shown { column: Column::Field(field), wire }
}

impl Shown {
    /// The expression whose values are shown.
    pub(super) fn expression(&self) -> Expr {
        match &self.column {
            Column::Field(field) => ident(field.column()),
            Column::Property(name) => ident(name.as_str()),
            Column::Undeclared(name) => property(name, PropertyType::String),
        }
    }
}

/// One cell as it stands in an answer.
pub(super) fn cell(column: &Arc<dyn Array>, row: usize, zone: &Zone) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8View => Value::from(column.as_string_view().value(row)),
        DataType::Utf8 => Value::from(column.as_string::<i32>().value(row)),
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(row)),
        DataType::Int32 => Value::from(column.as_primitive::<Int32Type>().value(row)),
        DataType::Boolean => Value::from(column.as_boolean().value(row)),
        DataType::Float64 => {
            let number = column.as_primitive::<Float64Type>().value(row);
            Number::from_f64(number).map_or(Value::Null, Value::Number)
        }
        DataType::Decimal128(..) => {
            Value::from(decimal(column.as_primitive::<Decimal128Type>().value(row)))
        }
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let time = Timestamp::from_microsecond(micros);
            time.map_or(Value::Null, |time| Value::from(zone.write(time)))
        }
        DataType::Map(..) => properties(column, row),
        other => unreachable!("no column of events is of type {other}"),
    }
}

/// The map of properties as the text of a JSON object.
fn properties(column: &Arc<dyn Array>, row: usize) -> Value {
    let entries = column.as_map().value(row);
    let (names, values) = (entries.column(0).as_string::<i32>(), entries.column(1));
    let values = values.as_string::<i32>();
    let pairs = (0..entries.len()).map(|at| {
        let value = if values.is_null(at) { Value::Null } else { Value::from(values.value(at)) };
        (names.value(at).to_owned(), value)
    });
    let object: Map<String, Value> = pairs.collect();
    if object.is_empty() { Value::Null } else { Value::from(Value::Object(object).to_string()) }
}
