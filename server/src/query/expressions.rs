//! Expressions of DataFusion for columns, dimensions and values.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ident, lit};

use super::functions::{day_of_week, hour_of_day};
use super::period::Period;
use super::property::property;
use crate::lake::{VALUE_PRECISION, VALUE_SCALE};
use crate::model::{Column, Dimension, Field, Literal, Part, PropertyType};

/// The value of a dimension in a row.
pub(super) fn value(dimension: &Dimension, period: &Period) -> Expr {
    match &dimension.part {
        Part::Column(name, _) => column(name),
        Part::HourOfDay => hour_of_day(time(), &period.zone.offsets(period.from, period.to)),
        Part::DayOfWeek => day_of_week(time(), &period.zone.offsets(period.from, period.to)),
    }
}

pub(super) fn column(column: &Column) -> Expr {
    match column {
        Column::Field(field) => ident(field.column()),
        // The table has a column for each declared property, whether a segment has it or not.
        Column::Property(name) => ident(name.as_str()),
        Column::Undeclared(name) => property(name, PropertyType::String),
    }
}

pub(super) fn time() -> Expr {
    ident(Field::Time.column())
}

pub(super) fn text(value: &str) -> Expr {
    lit(ScalarValue::Utf8View(Some(value.to_owned())))
}

/// Microseconds since 1970 as an instant.
pub(super) fn instant(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

/// A value to compare with.
pub(super) fn literal(value: &Literal) -> Expr {
    match value {
        Literal::Text(value) => text(value),
        Literal::Integer(number) => lit(*number),
        Literal::Decimal(millionths) => {
            lit(ScalarValue::Decimal128(Some(*millionths), VALUE_PRECISION, VALUE_SCALE))
        }
        Literal::Number(number) => lit(*number),
        Literal::Boolean(is) => lit(*is),
        Literal::Time(micros) => instant(*micros),
    }
}
