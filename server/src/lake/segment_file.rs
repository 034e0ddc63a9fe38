//! One Parquet file: written whole, synced, and only then under its name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use datafusion::arrow::array::{Array, AsArray, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::compute::{
    SortColumn, concat_batches, lexsort_to_indices, max, min, take_record_batch,
};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use jiff::Timestamp;

use super::LakeError;
use super::adapt::adapt;
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

/// Brings rows into the schema with these declared properties, sorts them by time and writes them as a
/// new segment of the tenant. When it returns, the file is on
/// disk under its name; until the catalogue has its row it does not count.
pub(super) fn write(
    root: &Path,
    tenant: &TenantId,
    id: SegmentId,
    batches: &[RecordBatch],
    properties: &Properties,
    now: Timestamp,
) -> Result<Segment, LakeError> {
    let batches = batches.iter().map(|batch| adapt(batch, properties));
    let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
    let batch = sorted(&concat_batches(&arrow_schema(properties), &batches)?)?;
    let folder = root.join(tenant.as_str());
    if !folder.exists() {
        fs::create_dir_all(&folder).map_err(|source| LakeError::io(&folder, source))?;
        sync_folder(root)?;
    }
    let path = root.join(relative_path(tenant, &id));
    let draft = path.with_extension("draft");
    let bytes = write_draft(&draft, &batch, now)?;
    fs::rename(&draft, &path).map_err(|source| LakeError::io(&path, source))?;
    sync_folder(&folder)?;
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

/// All rows of a segment, with the columns that it was written with.
pub(super) fn read(
    root: &Path,
    tenant: &TenantId,
    id: &SegmentId,
) -> Result<Vec<RecordBatch>, LakeError> {
    let path = root.join(relative_path(tenant, id));
    let file = File::open(&path).map_err(|source| LakeError::io(&path, source))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(8_192).build()?;
    Ok(reader.collect::<Result<_, _>>()?)
}

/// Says on the file itself when it went out of use, for whoever sweeps.
pub(super) fn mark_retired(root: &Path, tenant: &TenantId, id: &SegmentId, now: Timestamp) {
    let path = root.join(relative_path(tenant, id));
    // Without the mark it is only swept a little earlier.
    if let Ok(file) = File::options().write(true).open(path) {
        let _unmarked = file.set_modified(SystemTime::from(now));
    }
}

fn sorted(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let by = [Field::Time, Field::Seq]
        .map(|field| SortColumn { values: column(batch, field).clone(), options: None });
    let order = lexsort_to_indices(&by, None)?;
    Ok(take_record_batch(batch, &order)?)
}

fn column(batch: &RecordBatch, field: Field) -> &std::sync::Arc<dyn Array> {
    batch.column_by_name(field.column()).expect("a segment has every field")
}

fn write_draft(draft: &PathBuf, batch: &RecordBatch, now: Timestamp) -> Result<i64, LakeError> {
    let failed = |source| LakeError::io(draft, source);
    let file = File::create(draft).map_err(failed)?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties()))?;
    writer.write(batch)?;
    let file = writer.into_inner()?;
    file.set_modified(SystemTime::from(now)).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    Ok(i64::try_from(bytes).expect("a file of less than 8 EiB"))
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

fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(|source| LakeError::io(folder, source))
}
