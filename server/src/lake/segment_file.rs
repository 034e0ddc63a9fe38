//! One segment as a Parquet file: sorted by time, compressed, with the statistics that queries use.

use datafusion::arrow::array::{Array, AsArray, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::compute::{
    SortColumn, concat_batches, lexsort_to_indices, max, min, take_record_batch,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::arrow::{ArrowWriter, ProjectionMask};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::reader::ChunkReader;
use datafusion::parquet::schema::types::ColumnPath;

use super::LakeError;
use super::adapt::adapt;
use super::objects::Objects;
use super::schema::{MAP_PARTS, arrow_schema};
use crate::ids::{SegmentId, TenantId};
use crate::model::{Field, Properties};
use crate::store::{SEGMENT_FORMAT, Segment};

/// Rows of a row group: enough to compress well, few enough that two cores share a file.
const GROUP_ROWS: usize = 131_072;

/// Where a segment lies, relative to the lake's folder.
pub(super) fn relative_path(tenant: &TenantId, id: &SegmentId) -> String {
    format!("{tenant}/{id}.parquet")
}

/// The segment that a file belongs to, by its name. Every file of a segment is named after it.
pub(super) fn segment_of(name: &str) -> Option<SegmentId> {
    let file = name.rsplit('/').next()?;
    file.trim_start_matches('.').split('.').next()?.parse().ok()
}

/// Brings rows into the schema with these declared properties, sorts them by time and writes them as a
/// new segment of the tenant. When it returns, the file is in the lake under its name; until the
/// catalogue has its row it does not count. For blocking threads.
pub(super) fn write(
    objects: &Objects,
    tenant: &TenantId,
    id: SegmentId,
    batches: &[RecordBatch],
    properties: &Properties,
) -> Result<Segment, LakeError> {
    let batches = batches.iter().map(|batch| adapt(batch, properties));
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
    let batch = sorted(&concat_batches(&arrow_schema(properties), &batches)?)?;
    let file = encode(&batch)?;
    let bytes = i64::try_from(file.len()).expect("a file of less than 8 EiB");
    objects.put(&relative_path(tenant, &id), file)?;
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
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(path(Field::Time), EnabledStatistics::Page)
        .set_sorting_columns(Some(vec![by_time]));
    for unique in [Field::Id, Field::Time, Field::ReceivedAt, Field::Seq] {
        properties = properties.set_column_dictionary_enabled(path(unique), false);
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
