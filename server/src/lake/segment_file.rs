//! One segment as a Parquet file: sorted by time, compressed, with the statistics that queries use.

use datafusion::arrow::array::{Array, AsArray, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::compute::{
    SortColumn, concat_batches, lexsort_to_indices, max, min, take_record_batch,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::arrow::{ArrowWriter, ProjectionMask};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::reader::ChunkReader;
use datafusion::parquet::schema::types::ColumnPath;

use super::LakeError;
use super::adapt::adapt;
use super::objects::Objects;
use super::rollup;
use super::schema::{MAP_PARTS, arrow_schema};
use crate::ids::{SegmentId, TenantId};
use crate::model::{Field, Properties};
use crate::store::{SEGMENT_FORMAT, Segment};

/// Rows of a row group. Each has its own dictionary, and a user who is in several is looked up in
/// each: few are better. A large segment has two, so that two cores share it. Measured in ADR 9.
const GROUP_ROWS: usize = 262_144;
/// Bytes that the texts of a column may take in a row group before it stops being numbers.
const DICTIONARY: usize = 8 * 1024 * 1024;

/// Where a segment lies, relative to the lake's folder.
pub(super) fn relative_path(tenant: &TenantId, id: &SegmentId) -> String {
    format!("{tenant}/{id}.parquet")
}

/// The segment that a file belongs to, by its name. Every file of a segment is named after it.
pub(super) fn segment_of(name: &str) -> Option<SegmentId> {
    let file = name.rsplit('/').next()?;
    file.trim_start_matches('.').split('.').next()?.parse().ok()
}

/// The files of a segment; not all of them need be there.
pub(super) fn paths(tenant: &TenantId, id: &SegmentId) -> [String; 2] {
    [relative_path(tenant, id), rollup::relative_path(tenant, id)]
}

/// Brings rows into the schema with these declared properties, sorts them by time and writes them as a
/// new segment of the tenant; with a rollup if it is worth it. When it returns, the files are in the lake
/// under their names; until the catalogue has its row they do not count. For blocking threads.
pub(super) fn write(
    objects: &Objects,
    tenant: &TenantId,
    id: SegmentId,
    batches: &[RecordBatch],
    properties: &Properties,
    worth: rollup::Worth,
) -> Result<Segment, LakeError> {
    let batches = batches.iter().map(|batch| adapt(batch, properties));
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
    let batch = sorted(&concat_batches(&arrow_schema(properties), &batches)?)?;
    let put = |name: &str, file: Vec<u8>| {
        let bytes = i64::try_from(file.len()).expect("a file of less than 8 EiB");
        objects.put(name, file).map(|()| bytes)
    };
    let rollup_bytes = match rollup::write(&batch, worth)? {
        Some(file) => put(&rollup::relative_path(tenant, &id), file)?,
        None => 0,
    };
    let bytes = put(&relative_path(tenant, &id), encode(&batch)?)?;
    let times: &TimestampMicrosecondArray = column(&batch, Field::Time).as_primitive();
    let seqs = column(&batch, Field::Seq).as_primitive::<Int64Type>();
    Ok(Segment {
        id,
        rows: i64::try_from(batch.num_rows()).expect("a segment has few rows"),
        bytes,
        first_seq: min(seqs).unwrap_or(0),
        last_seq: max(seqs).unwrap_or(0),
        min_time: min::<TimestampMicrosecondType>(times).unwrap_or(0),
        max_time: max::<TimestampMicrosecondType>(times).unwrap_or(0),
        format: SEGMENT_FORMAT,
        properties: properties.clone(),
        rollup_bytes,
    })
}

/// All rows of a segment, with the columns that it was written with. For blocking threads.
pub(super) fn read(
    objects: &Objects,
    tenant: &TenantId,
    id: &SegmentId,
) -> Result<Vec<RecordBatch>, LakeError> {
    let name = relative_path(tenant, id);
    match objects.file(&name) {
        Some(file) => decode(file?),
        None => decode(objects.bytes(&name)?),
    }
}

/// Some columns of all rows of a segment. For blocking threads.
pub(super) fn columns(
    objects: &Objects,
    tenant: &TenantId,
    id: &SegmentId,
    fields: &[Field],
) -> Result<Vec<RecordBatch>, LakeError> {
    fn decode(
        file: impl ChunkReader + 'static,
        fields: &[Field],
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
        let names = fields.iter().map(|field| field.column());
        let columns = ProjectionMask::columns(reader.parquet_schema(), names);
        let reader = reader.with_projection(columns).with_batch_size(8_192).build()?;
        Ok(reader.collect::<Result<_, _>>()?)
    }
    let name = relative_path(tenant, id);
    match objects.file(&name) {
        Some(file) => decode(file?, fields),
        None => decode(objects.bytes(&name)?, fields),
    }
}

fn decode(file: impl ChunkReader + 'static) -> Result<Vec<RecordBatch>, LakeError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(8_192).build()?;
    Ok(reader.collect::<Result<_, _>>()?)
}

fn sorted(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let by = [Field::Time, Field::Seq]
        .map(|field| SortColumn { values: column(batch, field).clone(), options: None });
    let order = lexsort_to_indices(&by, None)?;
    Ok(take_record_batch(batch, &order)?)
}

pub(super) fn column(batch: &RecordBatch, field: Field) -> &std::sync::Arc<dyn Array> {
    batch.column_by_name(field.column()).expect("a segment has every field")
}

fn encode(batch: &RecordBatch) -> Result<Vec<u8>, LakeError> {
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties()))?;
    writer.write(batch)?;
    Ok(writer.into_inner()?)
}

fn properties() -> WriterProperties {
    let path = |field: Field| ColumnPath::from(field.column());
    let by_time = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
    let mut properties = WriterProperties::builder()
        .set_created_by("inlay".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_dictionary_page_size_limit(DICTIONARY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(path(Field::Time), EnabledStatistics::Page)
        .set_sorting_columns(Some(vec![by_time]));
    for unique in [Field::Id, Field::Time, Field::ReceivedAt, Field::Seq] {
        properties = properties.set_column_dictionary_enabled(path(unique), false);
    }
    // What rises is stored by its steps: half the bytes, and no decompression of whole numbers.
    for rising in [Field::Time, Field::ReceivedAt, Field::Seq] {
        let steps = Encoding::DELTA_BINARY_PACKED;
        properties = properties.set_column_encoding(path(rising), steps);
    }
    let [entry, key, value] = MAP_PARTS;
    let part = |part: &str| {
        ColumnPath::new([Field::Properties.column(), entry, part].map(str::to_owned).to_vec())
    };
    for long in [path(Field::Id), part(key), part(value)] {
        properties = properties.set_column_statistics_enabled(long, EnabledStatistics::None);
    }
    properties.build()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::lake::rows::Rows;
    use crate::model::Properties;
    use crate::store::RawEvent;

    /// Queries group and count by the numbers of a dictionary: a column with many long texts keeps
    /// them.
    #[test]
    fn users_stay_numbers_and_times_are_steps() {
        let mut rows = Rows::new(&Properties::default());
        for seq in 0..25_000 {
            let body = format!(
                r#"{{"id":"e-{seq}","name":"n","time":"2026-11-20T10:00:00Z","user":"{seq:064}"}}"#
            );
            rows.push(&RawEvent { seq, received_at: seq, body, sent: None }).unwrap();
        }
        let file = Bytes::from(encode(&rows.finish().unwrap()).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let columns = reader.metadata().row_group(0).columns();
        let only = |field: Field, encoding: Encoding| {
            let named = |name: String| name == field.column();
            let column = columns.iter().find(|column| named(column.column_path().string()));
            column.unwrap().page_encoding_stats_mask().unwrap().is_only(encoding)
        };
        assert!(only(Field::User, Encoding::RLE_DICTIONARY));
        for rising in [Field::Time, Field::ReceivedAt, Field::Seq] {
            assert!(only(rising, Encoding::DELTA_BINARY_PACKED), "{rising:?}");
        }
    }
}
