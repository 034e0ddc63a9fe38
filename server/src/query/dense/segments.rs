//! The row groups that a job touches, and their columns. Footers are read once and remembered: a
//! segment never changes.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::common::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::statistics::Statistics;
use moka::sync::Cache;

use super::columns::{Columns, TIME};
use super::files::{Footer, Place};
use super::job::Job;
use super::worker::About;
use crate::lake::rollup::tables;
use crate::lake::{Objects, Snapshot};
use crate::store::Segment;

/// Memory for footers, in bytes.
const FOOTERS: u64 = 64 * 1024 * 1024;
/// Most rows of a batch: a row group of ours has fewer.
const BATCH_ROWS: usize = 262_144;

/// The files of the lake, and what is known about them.
#[derive(Debug, Clone)]
pub(in crate::query) struct Files {
    objects: Objects,
    footers: Cache<String, Footer>,
}

/// Rows to go through: of one row group, or rows of which only their number matters.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) rows: usize,
    pub(super) about: About,
    /// The earliest event, to keep neighbours together.
    pub(super) min_time: i64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Bare,
    /// Rows of the tail.
    Batch(RecordBatch),
    Group {
        file: Arc<Opened>,
        group: usize,
        with_time: bool,
    },
    /// Rows of a rollup.
    Table {
        file: Arc<Opened>,
        group: usize,
        with_time: bool,
    },
}

#[derive(Debug)]
struct Opened {
    place: Place,
    footer: Footer,
}

impl Files {
    pub(in crate::query) fn new(objects: Objects) -> Self {
        let footers = Cache::builder()
            .max_capacity(FOOTERS)
            .weigher(|_: &String, footer: &Footer| {
                u32::try_from(footer.0.metadata().memory_size()).unwrap_or(u32::MAX)
            })
            .build();
        Self { objects, footers }
    }

    /// Forgets the footer of a file that is gone.
    pub(in crate::query) fn forget(&self, name: &str) {
        self.footers.invalidate(name);
    }

    #[cfg(test)]
    pub(in crate::query) fn remembers(&self, name: &str) -> bool {
        self.footers.contains_key(name)
    }

    /// What the job touches, by time.
    pub(super) fn units(&self, snapshot: &Snapshot, job: &Job) -> Result<Vec<Unit>> {
        let mut units = Vec::new();
        for segment in snapshot.segments() {
            if segment.max_time < job.from || segment.min_time >= job.to {
                continue;
            }
            let about = about(job, segment.min_time, segment.max_time);
            if job.columns.is_empty() && !with_time(job, about) {
                let rows = usize::try_from(segment.rows).unwrap_or(0);
                let min_time = segment.min_time;
                units.push(Unit { rows, about, min_time, source: Source::Bare });
            } else {
                match self.table(snapshot, segment, job)? {
                    Some(unit) => units.push(unit),
                    None => self.groups(snapshot, segment, job, &mut units)?,
                }
            }
        }
        let tail = snapshot.tail_span().filter(|(min, max)| *max >= job.from && *min < job.to);
        if let Some((min_time, max_time)) = tail {
            let about = about(job, min_time, max_time);
            let bare = job.columns.is_empty() && !with_time(job, about);
            units.extend(snapshot.tail().iter().map(|batch| {
                let source = if bare { Source::Bare } else { Source::Batch(batch.clone()) };
                Unit { rows: batch.num_rows(), about, min_time, source }
            }));
        }
        units.sort_by_key(|unit| unit.min_time);
        Ok(units)
    }

    fn open(&self, name: String, bytes: i64) -> Result<Arc<Opened>> {
        let place = Place::open(&self.objects, name.clone(), bytes)?;
        let footer = match self.footers.get(&name) {
            Some(footer) => footer,
            None => {
                let footer = place.footer()?;
                self.footers.insert(name, footer.clone());
                footer
            }
        };
        Ok(Arc::new(Opened { place, footer }))
    }

    /// The table of the segment's rollup that has the job's answer, if there is one.
    fn table(&self, snapshot: &Snapshot, segment: &Segment, job: &Job) -> Result<Option<Unit>> {
        let Some(wanted) = job.rollup.as_ref().filter(|_| segment.rollup_bytes > 0) else {
            return Ok(None);
        };
        let file = self.open(snapshot.rollup_path(segment), segment.rollup_bytes)?;
        let metadata = file.footer.0.metadata();
        let Some(group) = wanted.find(job, &tables(metadata)) else { return Ok(None) };
        let (min_time, max_time) =
            times(metadata, group).unwrap_or((segment.min_time, segment.max_time));
        let about = about(job, min_time, max_time);
        let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or(0);
        let with_time = with_time(job, about);
        let source = Source::Table { file: file.clone(), group, with_time };
        Ok(Some(Unit { rows, about, min_time, source }))
    }

    fn groups(
        &self,
        snapshot: &Snapshot,
        segment: &Segment,
        job: &Job,
        units: &mut Vec<Unit>,
    ) -> Result<()> {
        let file = self.open(snapshot.path(segment), segment.bytes)?;
        let metadata = file.footer.0.metadata();
        for (group, described) in metadata.row_groups().iter().enumerate() {
            let (min_time, max_time) =
                times(metadata, group).unwrap_or((segment.min_time, segment.max_time));
            if max_time < job.from || min_time >= job.to {
                continue;
            }
            let about = about(job, min_time, max_time);
            let with_time = with_time(job, about);
            let source = if with_time || !job.columns.is_empty() {
                Source::Group { file: file.clone(), group, with_time }
            } else {
                Source::Bare
            };
            let rows = usize::try_from(described.num_rows()).unwrap_or(0);
            units.push(Unit { rows, about, min_time, source });
        }
        Ok(())
    }
}

impl Unit {
    /// Are its rows those of a rollup?
    pub(super) const fn is_rolled_up(&self) -> bool {
        matches!(self.source, Source::Table { .. })
    }

    /// Its rows, batch by batch.
    pub(super) fn read(
        &self,
        job: &Job,
        mut see: impl FnMut(&Columns, About) -> Result<()>,
    ) -> Result<()> {
        match &self.source {
            Source::Bare => see(&Columns::bare(self.rows), self.about),
            Source::Batch(batch) => see(&Columns::new(batch, &job.columns)?, self.about),
            Source::Group { file, group, with_time } => {
                let names = job.columns.iter().map(|column| column.name.clone());
                for batch in file.read(*group, names.collect(), *with_time)? {
                    see(&Columns::new(&batch?, &job.columns)?, self.about)?;
                }
                Ok(())
            }
            Source::Table { file, group, with_time } => {
                let names = Columns::of_table(job).collect();
                for batch in file.read(*group, names, *with_time)? {
                    see(&Columns::rolled_up(&batch?, job)?, self.about)?;
                }
                Ok(())
            }
        }
    }
}

impl Opened {
    /// Some columns of one row group: their bytes are read at once, then decoded.
    fn read(
        &self,
        group: usize,
        names: Vec<String>,
        with_time: bool,
    ) -> Result<impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>> {
        let metadata = self.footer.0.as_ref();
        let schema = metadata.parquet_schema();
        let asked =
            |name: &str| (with_time && name == TIME) || names.iter().any(|column| column == name);
        let described = metadata.metadata().row_group(group);
        let mut leaves = Vec::new();
        let mut ranges = Vec::new();
        for (leaf, column) in schema.columns().iter().enumerate() {
            if !column.path().parts().first().is_some_and(|name| asked(name)) {
                continue;
            }
            let (start, length) = described.column(leaf).byte_range();
            ranges.push(start..start.saturating_add(length));
            leaves.push(leaf);
        }
        let chunks = self.place.read(ranges)?;
        let rows = usize::try_from(described.num_rows()).unwrap_or(0);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(ProjectionMask::leaves(schema, leaves))
            .with_batch_size(rows.clamp(1, BATCH_ROWS))
            .build()?;
        Ok(reader)
    }
}

/// The earliest and the latest event of a row group, if it says so.
fn times(metadata: &ParquetMetaData, group: usize) -> Option<(i64, i64)> {
    let columns = metadata.row_group(group).columns();
    let time = columns.iter().find(|column| column.column_path().string() == TIME)?;
    match time.statistics()? {
        Statistics::Int64(times) => Some((*times.min_opt()?, *times.max_opt()?)),
        _ => None,
    }
}

fn about(job: &Job, min_time: i64, max_time: i64) -> About {
    let covered = min_time >= job.from && max_time < job.to;
    let bucket = |time: i64| job.buckets.partition_point(|start| *start <= time).saturating_sub(1);
    let (first, last) = (bucket(min_time.max(job.from)), bucket(max_time.min(job.to - 1)));
    About { covered, bucket: (first == last).then_some(first) }
}

/// Must the time of each row be read?
fn with_time(job: &Job, about: About) -> bool {
    job.reads_clock() || !about.covered || about.bucket.is_none()
}
