//! The columns of a segment.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field as Column, Schema, SchemaRef, TimeUnit};

use crate::model::Field;

/// Digits of an amount.
pub const VALUE_PRECISION: u8 = 21;
/// Digits behind the point of an amount.
pub const VALUE_SCALE: i8 = 6;

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let columns = Field::ALL.map(|field| Column::new(field.column(), kind(field), optional(field)));
    Arc::new(Schema::new(columns.to_vec()))
});

/// The unified schema: one column for each [`Field`], in their order.
pub fn arrow_schema() -> SchemaRef {
    SCHEMA.clone()
}

fn kind(field: Field) -> DataType {
    match field {
        Field::Time | Field::ReceivedAt => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        Field::Value => DataType::Decimal128(VALUE_PRECISION, VALUE_SCALE),
        Field::Duration | Field::Seq => DataType::Int64,
        Field::Id
        | Field::Name
        | Field::User
        | Field::Account
        | Field::Session
        | Field::Page
        | Field::Referrer
        | Field::Country
        | Field::Device
        | Field::Currency
        | Field::Properties => DataType::Utf8View,
    }
}

const fn optional(field: Field) -> bool {
    !matches!(field, Field::Time | Field::Id | Field::Name | Field::ReceivedAt | Field::Seq)
}
