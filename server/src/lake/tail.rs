//! The hot tail: what the raw log has beyond the last flush, as columns in memory.
//!
//! It is a memory of work that was done, never the only place of an event: it is filled from the raw
//! log when a query asks, and what was forgotten is read again. So it is right after a crash, beside
//! other processes that write, and for any number of tenants. Tails of all tenants together are
//! bounded; those that were not asked about for the longest time go first. It has no columns of declared
//! properties, so that a declaration makes nothing of it stale: they are read out of the map.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::{concat_batches, max, min};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::spawn_blocking;

use super::batch::normalise;
use super::{LakeError, schema};
use crate::aside;
use crate::ids::TenantId;
use crate::model::{Field, Properties};
use crate::store::{Position, RawEvent};

/// Bytes that the tails of all tenants may hold together.
const BYTES_OF_ALL: u64 = 192 * 1024 * 1024;
/// What an entry counts for besides its columns.
const ENTRY_BYTES: u32 = 512;

/// Rows of a stretch of the raw log.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The rows, in the order of the raw log. Never empty.
    pub(super) batch: RecordBatch,
    /// Earliest event, microseconds since 1970.
    pub(super) min_time: i64,
    /// Latest event, microseconds since 1970.
    pub(super) max_time: i64,
}

impl Part {
    /// `None` if there are no rows.
    fn new(batch: RecordBatch) -> Option<Self> {
        let times = column(&batch, Field::Time).as_primitive::<TimestampMicrosecondType>();
        let (min_time, max_time) = min(times).zip(max(times))?;
        Some(Self { batch, min_time, max_time })
    }

    fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// What is left of it behind a place of the raw log.
    fn behind(self, place: i64) -> Option<Self> {
        let seqs = column(&self.batch, Field::Seq).as_primitive::<Int64Type>().values();
        match seqs.partition_point(|seq| *seq <= place) {
            0 => Some(self),
            gone => Self::new(self.batch.slice(gone, self.rows() - gone)),
        }
    }
}

/// Who writes so many events between two questions lets others go before.
const FLOOD: usize = 2_000;

/// The tail of one tenant: the places `(from, through]` of its raw log.
#[derive(Debug, Default)]
pub(super) struct Tail {
    version: i64,
    from: i64,
    through: i64,
    parts: Vec<Part>,
}

impl Tail {
    /// Most rows of a tail. What is more is flushed first.
    pub(super) const MOST_ROWS: u64 = 262_144;
    /// Most bytes of a tail, as text or as columns.
    pub(super) const MOST_BYTES: usize = 96 * 1024 * 1024;

    /// From so many bytes on a tail is flushed, however few its rows are.
    pub(super) const HEAVY_BYTES: usize = 24 * 1024 * 1024;

    /// Up to which place of the raw log nothing has to be read, where this is the position.
    pub(super) fn known(&self, position: Position) -> i64 {
        let usable = self.version == position.version
            && self.from <= position.flushed
            && (position.flushed..=position.appended).contains(&self.through);
        if usable { self.through } else { position.flushed }
    }

    /// Goes to a position, with the events behind the place that was `known` for it.
    pub(super) async fn follow(
        &mut self,
        known: i64,
        position: Position,
        fresh: Vec<RawEvent>,
    ) -> Result<(), LakeError> {
        let mut parts = if known == position.flushed { Vec::new() } else { self.parts.clone() };
        if !fresh.is_empty() {
            let is_flood = fresh.len() >= FLOOD;
            let work = move || {
                push(&mut parts, normalise(&fresh, &Properties::default())?.batch)?;
                Ok::<_, LakeError>(parts)
            };
            let work = if is_flood { aside::answer_a_crowd(work) } else { spawn_blocking(work) };
            parts = work.await.map_err(|_| LakeError::Interrupted)??;
        }
        if self.from != position.flushed {
            parts = parts.into_iter().filter_map(|part| part.behind(position.flushed)).collect();
        }
        let Position { appended, flushed, version } = position;
        *self = Self { version, from: flushed, through: appended, parts };
        Ok(())
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Bytes of its columns.
    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.batch.get_array_memory_size()).sum()
    }
}

/// Adds rows at the end. Parts that are no larger than what follows are put together with it, so a tail
/// of many small appends has few parts, and each row is copied a few times only.
fn push(parts: &mut Vec<Part>, batch: RecordBatch) -> Result<(), LakeError> {
    let mut rows = batch.num_rows();
    let mut first = parts.len();
    while first > 0 && parts[first - 1].rows() <= rows {
        first -= 1;
        rows += parts[first].rows();
    }
    let mut batches: Vec<RecordBatch> = parts.drain(first..).map(|part| part.batch).collect();
    batches.push(batch);
    let batch = match batches.as_slice() {
        [only] => only.clone(),
        several => concat_batches(&schema::arrow_schema(&Properties::default()), several)?,
    };
    parts.extend(Part::new(compact(&batch)?));
    Ok(())
}

/// Lets go of what its columns hold beyond their rows: text views keep whole blocks alive.
fn compact(batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        DataType::Utf8View => Arc::new(column.as_string_view().gc()) as ArrayRef,
        _ => column.clone(),
    });
    Ok(RecordBatch::try_new(batch.schema(), columns.collect())?)
}

fn column(batch: &RecordBatch, field: Field) -> &dyn Array {
    batch.column_by_name(field.column()).expect("a batch has every field")
}

/// A tenant's place among the tails.
#[derive(Debug, Default)]
pub(super) struct Entry {
    tail: Mutex<Tail>,
    bytes: AtomicU32,
}

impl Entry {
    /// Waits for whoever works on this tenant's tail.
    pub(super) async fn turn(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().await
    }
}

/// The tails of all tenants that are remembered.
#[derive(Debug)]
pub(super) struct Tails(Cache<TenantId, Arc<Entry>>);

impl Default for Tails {
    fn default() -> Self {
        let weigher = |_: &TenantId, entry: &Arc<Entry>| {
            entry.bytes.load(Ordering::Relaxed).saturating_add(ENTRY_BYTES)
        };
        let cache = Cache::builder()
            .max_capacity(BYTES_OF_ALL)
            .eviction_policy(EvictionPolicy::lru())
            .weigher(weigher)
            .build();
        Self(cache)
    }
}

impl Tails {
    /// The place of a tenant, empty if it is not remembered.
    pub(super) fn entry(&self, tenant: &TenantId) -> Arc<Entry> {
        self.0.get_with_by_ref(tenant, Arc::default)
    }

    /// Lets go of a tenant's tail: something was erased.
    pub(super) fn forget(&self, tenant: &TenantId) {
        self.0.invalidate(tenant);
    }

    /// Counts a tail anew after it changed.
    pub(super) fn weigh(&self, tenant: &TenantId, entry: &Arc<Entry>, tail: &Tail) {
        let bytes = u32::try_from(tail.bytes()).unwrap_or(u32::MAX);
        if entry.bytes.swap(bytes, Ordering::Relaxed) != bytes {
            self.0.insert(tenant.clone(), entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(from: i64, through: i64) -> Vec<RawEvent> {
        let event = |seq| RawEvent {
            seq,
            received_at: 0,
            body: format!(
                r#"{{"id":"an event with a long id {seq}","name":"n","time":"2026-11-20T10:00:{:02}Z"}}"#,
                seq % 60
            ),
            sent: None,
        };
        (from + 1..=through).map(event).collect()
    }

    fn at(appended: i64, flushed: i64, version: i64) -> Position {
        Position { appended, flushed, version }
    }

    fn seqs(tail: &Tail) -> Vec<i64> {
        let seqs = |part: &Part| {
            column(&part.batch, Field::Seq).as_primitive::<Int64Type>().values().to_vec()
        };
        tail.parts.iter().flat_map(seqs).collect()
    }

    /// Follows to a position, reading what a store would give.
    async fn follow(tail: &mut Tail, position: Position) -> usize {
        let known = tail.known(position);
        let fresh = events(known, position.appended);
        let count = fresh.len();
        tail.follow(known, position, fresh).await.unwrap();
        let all: Vec<i64> = (position.flushed + 1..=position.appended).collect();
        assert_eq!(seqs(tail), all, "{position:?}");
        count
    }

    #[tokio::test]
    async fn only_what_is_new_is_read() {
        let mut tail = Tail::default();
        assert_eq!(follow(&mut tail, at(10, 0, 0)).await, 10);
        assert_eq!(follow(&mut tail, at(10, 0, 0)).await, 0);
        assert_eq!(follow(&mut tail, at(13, 0, 0)).await, 3);
        assert_eq!(follow(&mut tail, at(15, 11, 0)).await, 2);
        assert_eq!(follow(&mut tail, at(15, 15, 0)).await, 0);
        assert!(tail.parts.is_empty());
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_read_again() {
        let mut tail = Tail::default();
        follow(&mut tail, at(20, 10, 0)).await;
        assert_eq!(follow(&mut tail, at(20, 10, 1)).await, 10, "something was erased");
        assert_eq!(follow(&mut tail, at(25, 5, 1)).await, 20, "it begins too late");
        assert_eq!(follow(&mut tail, at(40, 30, 1)).await, 10, "a flush overtook it");
        assert_eq!(follow(&mut tail, at(35, 30, 1)).await, 5, "another database");
    }

    #[tokio::test]
    async fn many_small_appends_make_few_parts() {
        let mut tail = Tail::default();
        let mut most = 0;
        for appended in 1..=500 {
            assert_eq!(follow(&mut tail, at(appended, 0, 0)).await, 1);
            most = most.max(tail.parts.len());
        }
        assert!(most <= 10, "{most} parts");
        let span = (tail.parts[0].min_time, tail.parts[0].max_time);
        assert_eq!(span.1 - span.0, 59_000_000);
        assert!(tail.bytes() < 500 * 600, "{} bytes", tail.bytes());
    }

    #[tokio::test]
    async fn a_tail_that_was_asked_about_last_is_kept() {
        let tails = Tails::default();
        let names: Vec<TenantId> = (0..4).map(|n| format!("t{n}").parse().unwrap()).collect();
        for name in &names {
            let entry = tails.entry(name);
            let mut tail = entry.turn().await;
            tail.through = 7;
            // As if the columns were half of what all may hold.
            entry.bytes.store(u32::try_from(BYTES_OF_ALL / 2).unwrap(), Ordering::Relaxed);
            tails.weigh(name, &entry, &tail);
            entry.bytes.store(u32::try_from(BYTES_OF_ALL / 2).unwrap(), Ordering::Relaxed);
            tails.0.insert(name.clone(), entry.clone());
            tails.0.run_pending_tasks();
        }
        assert!(tails.0.entry_count() < 4);
        assert_eq!(tails.entry(&names[3]).turn().await.through, 7);
        assert_eq!(tails.entry(&names[0]).turn().await.through, 0);
    }
}
