//! A rollup as a Parquet file: a row group for each table.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field as Column, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;

use super::{DURATIONS, EVENTS, KEY, SKETCHED, Table, sketch_column};
use crate::lake::{LakeError, VALUE_SCALE};
use crate::model::Field;

/// Under this key the footer says which tables there are.
pub(super) const TABLES: &str = "inlay.tables";

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let hour = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let columns = [
        Column::new(Field::Time.column(), hour, false),
        Column::new(KEY, text.clone(), true),
        Column::new(Field::Currency.column(), text, true),
        Column::new(EVENTS, DataType::Int64, false),
        Column::new(Field::Value.column(), DataType::Decimal128(38, VALUE_SCALE), true),
        Column::new(Field::Duration.column(), DataType::Int64, false),
        Column::new(DURATIONS, DataType::Int64, false),
    ];
    let sketches =
        SKETCHED.map(|field| Column::new(sketch_column(field.column()), DataType::Binary, true));
    Arc::new(Schema::new(columns.into_iter().chain(sketches).collect::<Vec<_>>()))
});

/// The columns of every table.
pub(super) fn schema() -> SchemaRef {
    SCHEMA.clone()
}

/// The bytes of the file.
pub(super) fn encode(tables: &[(Table, RecordBatch)]) -> Result<Vec<u8>, LakeError> {
    let mut writer = ArrowWriter::try_new(Vec::new(), schema(), Some(properties()))?;
    for (_, rows) in tables {
        writer.write(rows)?;
        writer.flush()?;
    }
    let names: Vec<&Table> = tables.iter().map(|(table, _)| table).collect();
    let names = serde_json::to_string(&names).expect("names are texts");
    writer.append_key_value_metadata(KeyValue::new(TABLES.to_owned(), names));
    Ok(writer.into_inner()?)
}

fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by("inlay".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(
            ColumnPath::from(Field::Time.column()),
            EnabledStatistics::Chunk,
        );
    for text in [KEY, Field::Currency.column()] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(text), true);
    }
    properties.build()
}
