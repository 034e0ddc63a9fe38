//! A snapshot of the lake as a table of DataFusion: exactly its files, whose sizes and counts are
//! known, so nothing is listed and nothing is guessed, and the rows of its tail from memory.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;

use crate::lake::{Snapshot, arrow_schema};
use crate::model::Field;
use crate::store::Segment;

/// Under this name the lake's folder is registered with DataFusion.
pub(super) const LAKE: &str = "lake://files";

/// The part of a snapshot that a range of time can touch.
#[derive(Debug)]
pub(super) struct SnapshotTable {
    snapshot: Arc<Snapshot>,
    segments: Vec<Segment>,
    tail: Vec<RecordBatch>,
    covered: bool,
}

impl SnapshotTable {
    /// Only what can have events in `[from, to)`, in microseconds.
    pub(super) fn new(snapshot: Arc<Snapshot>, from: i64, to: i64) -> Self {
        let touched = |segment: &&Segment| segment.max_time >= from && segment.min_time < to;
        let segments: Vec<Segment> = snapshot.segments().iter().filter(touched).cloned().collect();
        let mut covered =
            segments.iter().all(|segment| segment.min_time >= from && segment.max_time < to);
        let mut tail = Vec::new();
        if let Some((first, last)) = snapshot.tail_span()
            && last >= from
            && first < to
        {
            tail = snapshot.tail().to_vec();
            covered &= first >= from && last < to;
        }
        Self { snapshot, segments, tail, covered }
    }

    /// Every event in the table is in the range, so none has to be looked at for that.
    pub(super) fn is_covered(&self) -> bool {
        self.covered
    }

    /// Events in its files and its tail.
    pub(super) fn rows(&self) -> i64 {
        let tail: usize = self.tail.iter().map(RecordBatch::num_rows).sum();
        let files: i64 = self.segments.iter().map(|segment| segment.rows).sum();
        files + i64::try_from(tail).expect("a tail has few rows")
    }

    /// Reads the files.
    fn scan_files(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let lake = ObjectStoreUrl::parse(LAKE)?;
        let runtime = state.runtime_env();
        let reader = CachedParquetFileReaderFactory::new(
            runtime.object_store(&lake)?,
            runtime.cache_manager.get_file_metadata_cache(),
        );
        let source = ParquetSource::new(arrow_schema())
            .with_table_parquet_options(state.default_table_options().parquet)
            .with_parquet_file_reader_factory(Arc::new(reader))
            .with_metadata_size_hint(64 * 1024);
        let scan = FileScanConfigBuilder::new(lake, Arc::new(source))
            .with_file_groups(self.groups(state.config().target_partitions()))
            .with_statistics(statistics(&self.segments))
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }

    fn file(&self, segment: &Segment) -> PartitionedFile {
        let bytes = u64::try_from(segment.bytes).unwrap_or(0);
        PartitionedFile::new(self.snapshot.path(segment), bytes)
            .with_statistics(Arc::new(statistics(std::slice::from_ref(segment))))
            .with_arrow_schema(arrow_schema())
    }

    /// Files in as many groups as can run at once, each with about as many rows.
    fn groups(&self, count: usize) -> Vec<FileGroup> {
        let mut largest_first: Vec<&Segment> = self.segments.iter().collect();
        largest_first.sort_by_key(|segment| std::cmp::Reverse(segment.rows));
        let count = count.clamp(1, largest_first.len().max(1));
        let mut groups: Vec<(i64, Vec<PartitionedFile>)> = vec![(0, Vec::new()); count];
        for segment in largest_first {
            let group = groups.iter_mut().min_by_key(|(rows, _)| *rows).expect("at least one");
            group.0 += segment.rows;
            group.1.push(self.file(segment));
        }
        groups.into_iter().map(|(_, files)| FileGroup::new(files)).collect()
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        arrow_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if !self.segments.is_empty() {
            parts.push(self.scan_files(state, projection, limit)?);
        }
        if !self.tail.is_empty() {
            let rows = std::slice::from_ref(&self.tail);
            parts.push(MemorySourceConfig::try_new_exec(
                rows,
                arrow_schema(),
                projection.cloned(),
            )?);
        }
        if parts.is_empty() {
            let schema = arrow_schema();
            let schema = match projection {
                Some(columns) => Arc::new(schema.project(columns)?),
                None => schema,
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        UnionExec::try_new(parts)
    }
}

fn statistics(segments: &[Segment]) -> Statistics {
    let micros = |time: i64| ScalarValue::TimestampMicrosecond(Some(time), Some("UTC".into()));
    let rows: i64 = segments.iter().map(|segment| segment.rows).sum();
    let mut columns = vec![ColumnStatistics::new_unknown(); Field::ALL.len()];
    if let (Some(min), Some(max)) = (
        segments.iter().map(|segment| segment.min_time).min(),
        segments.iter().map(|segment| segment.max_time).max(),
    ) {
        let place = Field::ALL.iter().position(|field| *field == Field::Time).unwrap_or(0);
        columns[place].min_value = Precision::Exact(micros(min));
        columns[place].max_value = Precision::Exact(micros(max));
        columns[place].null_count = Precision::Exact(0);
    }
    Statistics {
        num_rows: Precision::Exact(usize::try_from(rows).unwrap_or(0)),
        total_byte_size: Precision::Absent,
        column_statistics: columns,
    }
}
