//! A snapshot of the lake as a table of DataFusion: exactly its files, whose sizes and counts are
//! known, so nothing is listed and nothing is guessed, and the rows of its tail from memory.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableType, ident};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::union::UnionExec;

use super::property::property;
use crate::lake::{Snapshot, adapt, arrow_schema};
use crate::model::{Field, Properties, PropertyName, PropertyType};
use crate::store::Segment;

/// Under this name the lake's folder is registered with DataFusion.
pub(super) const LAKE: &str = "lake://files";

/// The part of a snapshot that a range of time can touch. Each declared property is a column of it,
/// whether a segment has that column or only the map.
#[derive(Debug)]
pub(super) struct SnapshotTable {
    snapshot: Arc<Snapshot>,
    properties: Properties,
    schema: SchemaRef,
    segments: Vec<Segment>,
    tail: Vec<RecordBatch>,
    covered: bool,
}

impl SnapshotTable {
    /// Only what can have events in `[from, to)`, in microseconds. `properties` are those that the plan
    /// knows as declared.
    pub(super) fn new(
        snapshot: Arc<Snapshot>,
        properties: &Properties,
        from: i64,
        to: i64,
    ) -> Self {
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
        let (properties, schema) = (properties.clone(), arrow_schema(properties));
        Self { snapshot, properties, schema, segments, tail, covered }
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

    /// Some columns of the rows that are in no file yet.
    fn rows_in_memory(&self, columns: Vec<usize>) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = |at: &usize| self.declared(*at).is_some();
        // Nobody asks for a declared property: its column need not be made.
        let rows = if columns.iter().any(wanted) {
            let adapted = self.tail.iter().map(|batch| adapt(batch, &self.properties));
            adapted.collect::<Result<Vec<_>, _>>()?
        } else {
            self.tail.clone()
        };
        let schema = rows.first().map_or_else(|| self.schema.clone(), RecordBatch::schema);
        Ok(MemorySourceConfig::try_new_exec(&[rows], schema, Some(columns))?)
    }

    /// Some columns of some segments, each file read with the columns that it has.
    fn files(
        &self,
        state: &dyn Session,
        segments: &[&Segment],
        columns: Vec<usize>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let lake = ObjectStoreUrl::parse(LAKE)?;
        let runtime = state.runtime_env();
        let reader = CachedParquetFileReaderFactory::new(
            runtime.object_store(&lake)?,
            runtime.cache_manager.get_file_metadata_cache(),
        );
        let source = ParquetSource::new(self.schema.clone())
            .with_table_parquet_options(state.default_table_options().parquet)
            .with_parquet_file_reader_factory(Arc::new(reader))
            .with_metadata_size_hint(64 * 1024);
        let scan = FileScanConfigBuilder::new(lake, Arc::new(source))
            .with_file_groups(self.groups(segments, state.config().target_partitions()))
            .with_statistics(self.statistics(segments))
            .with_projection_indices(Some(columns))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }

    /// The same columns of segments that lack some of them: these are read out of the map.
    fn older_files(
        &self,
        state: &dyn Session,
        segments: &[&Segment],
        columns: &[usize],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut stored: Vec<usize> =
            columns.iter().copied().filter(|at| self.declared(*at).is_none()).collect();
        let map = Field::ALL.iter().position(|field| *field == Field::Properties).unwrap_or(0);
        if !stored.contains(&map) {
            stored.push(map);
        }
        let files = self.files(state, segments, stored, limit)?;
        let known = DFSchema::try_from(files.schema())?;
        let wanted = columns.iter().map(|at| {
            let name = self.schema.field(*at).name();
            let value = match self.declared(*at).zip(PropertyName::new(name)) {
                Some((kind, property_name)) => property(&property_name, kind),
                None => ident(name),
            };
            let expr = state.create_physical_expr(value, &known)?;
            Ok(ProjectionExpr { expr, alias: name.clone() })
        });
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(ProjectionExec::try_new(wanted, files)?))
    }

    /// The type of a column of this table, if it is a declared property.
    fn declared(&self, column: usize) -> Option<PropertyType> {
        let name = self.schema.fields().get(column)?.name();
        self.properties.kind(name)
    }

    fn file(&self, segment: &Segment) -> PartitionedFile {
        let bytes = u64::try_from(segment.bytes).unwrap_or(0);
        PartitionedFile::new(self.snapshot.path(segment), bytes)
            .with_statistics(Arc::new(self.statistics(&[segment])))
            .with_arrow_schema(arrow_schema(&segment.properties))
    }

    /// Files in as many groups as can run at once, each with about as many rows.
    fn groups(&self, segments: &[&Segment], count: usize) -> Vec<FileGroup> {
        let mut largest_first = segments.to_vec();
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

    fn statistics(&self, segments: &[&Segment]) -> Statistics {
        let micros = |time: i64| ScalarValue::TimestampMicrosecond(Some(time), Some("UTC".into()));
        let rows: i64 = segments.iter().map(|segment| segment.rows).sum();
        let mut columns = vec![ColumnStatistics::new_unknown(); self.schema.fields().len()];
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
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
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
        let all = || (0..self.schema.fields().len()).collect();
        let columns = projection.cloned().unwrap_or_else(all);
        let has_all = |segment: &&Segment| {
            columns.iter().all(|at| match self.declared(*at) {
                Some(kind) => segment.properties.kind(self.schema.field(*at).name()) == Some(kind),
                None => true,
            })
        };
        let (present, older): (Vec<&Segment>, Vec<&Segment>) =
            self.segments.iter().partition(has_all);
        let mut parts = Vec::new();
        if !older.is_empty() {
            parts.push(self.older_files(state, &older, &columns, limit)?);
        }
        if !present.is_empty() {
            parts.push(self.files(state, &present, columns.clone(), limit)?);
        }
        if !self.tail.is_empty() {
            parts.push(self.rows_in_memory(columns.clone())?);
        }
        if parts.is_empty() {
            return Ok(Arc::new(EmptyExec::new(Arc::new(self.schema.project(&columns)?))));
        }
        UnionExec::try_new(parts)
    }
}
