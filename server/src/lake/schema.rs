//! The columns of a segment: one for each [`Field`], then one for each declared property.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{
    DataType, Field as Column, Fields, Schema, SchemaRef, TimeUnit,
};

use crate::model::{Field, Properties, PropertyType};

/// Digits of an amount, and of a declared decimal.
pub const VALUE_PRECISION: u8 = 21;
/// Digits behind the point of an amount, and of a declared decimal.
pub const VALUE_SCALE: i8 = 6;

static FIELDS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    Field::ALL.map(|field| Column::new(field.column(), kind(field), optional(field))).to_vec()
});

static WITHOUT_PROPERTIES: LazyLock<SchemaRef> =
    LazyLock::new(|| Arc::new(Schema::new(FIELDS.clone())));

/// The unified schema: one column for each [`Field`] in their order, then a typed one for each
/// declared property in the order of their names.
pub fn arrow_schema(properties: &Properties) -> SchemaRef {
    if properties.is_empty() {
        return WITHOUT_PROPERTIES.clone();
    }
    let declared =
        properties.iter().map(|(name, kind)| Column::new(name.as_str(), property_type(kind), true));
    Arc::new(Schema::new(FIELDS.iter().cloned().chain(declared).collect::<Vec<_>>()))
}

/// How values of a declared property are stored.
pub fn property_type(kind: PropertyType) -> DataType {
    match kind {
        PropertyType::String => DataType::Utf8View,
        PropertyType::Integer => DataType::Int64,
        PropertyType::Decimal => DataType::Decimal128(VALUE_PRECISION, VALUE_SCALE),
        PropertyType::Number => DataType::Float64,
        PropertyType::Boolean => DataType::Boolean,
        PropertyType::Time => instant(),
    }
}

/// Names of the parts of a map, as the Parquet format spells them.
pub(super) const MAP_PARTS: [&str; 3] = ["key_value", "key", "value"];

/// A map from text to text; within it, a value is never missing.
fn map() -> DataType {
    let [entry, key, value] = MAP_PARTS;
    let parts = [(key, false), (value, true)];
    let parts = parts.map(|(name, optional)| Column::new(name, DataType::Utf8, optional));
    let entries = Column::new(entry, DataType::Struct(Fields::from(parts.to_vec())), false);
    DataType::Map(Arc::new(entries), false)
}

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn kind(field: Field) -> DataType {
    match field {
        Field::Time | Field::ReceivedAt => instant(),
        Field::Value => DataType::Decimal128(VALUE_PRECISION, VALUE_SCALE),
        Field::Duration | Field::Seq => DataType::Int64,
        Field::Properties => map(),
        Field::Id
        | Field::Name
        | Field::User
        | Field::Account
        | Field::Session
        | Field::Page
        | Field::Referrer
        | Field::Country
        | Field::Device
        | Field::Browser
        | Field::Os
        | Field::Channel
        | Field::UtmSource
        | Field::UtmMedium
        | Field::UtmCampaign
        | Field::UtmTerm
        | Field::UtmContent
        | Field::Currency => DataType::Utf8View,
    }
}

const fn optional(field: Field) -> bool {
    !matches!(field, Field::Time | Field::Id | Field::Name | Field::ReceivedAt | Field::Seq)
}
