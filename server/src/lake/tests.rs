//! From the raw log to files: nothing lost, nothing doubled, nothing left lying about.

use std::fs;

use datafusion::arrow::array::RecordBatch;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::model::Properties;
use crate::store::testing::{Folder, scope};
use crate::store::{Flush, NewEvent, Segment};

struct Shore {
    folder: Folder,
    lake: Lake,
    scope: TenantScope,
    next: usize,
}

impl Shore {
    async fn new() -> Self {
        let folder = Folder::new().await;
        let lake = Self::lake(&folder).await;
        Self { folder, lake, scope: scope("acme"), next: 0 }
    }

    /// Another lake on the same folder, as another process has it.
    async fn lake(folder: &Folder) -> Lake {
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        Lake::open(folder.folder.path().join("lake"), store, clock, folder.entropy.clone())
            .await
            .unwrap()
    }

    async fn append(&mut self, count: usize) {
        let event = |n: usize| NewEvent {
            id: format!("e-{n}"),
            body: format!(
                r#"{{"id":"e-{n}","name":"n","time":"2026-11-{:02}T10:00:00Z"}}"#,
                n % 20 + 1
            ),
            sent: None,
        };
        let events: Vec<_> = (self.next..self.next + count).map(event).collect();
        self.next += count;
        let now = self.folder.clock.now();
        self.folder.store.tenant(&self.scope).append(events, [], now).await.unwrap();
    }

    async fn segments(&self) -> Vec<Segment> {
        self.folder.store.tenant(&self.scope).catalogue().await.unwrap().segments
    }

    /// Places in the raw log of every event in the live files.
    async fn seqs(&self) -> Vec<i64> {
        use datafusion::arrow::array::AsArray;
        use datafusion::arrow::datatypes::Int64Type;
        let mut seqs = Vec::new();
        for segment in self.segments().await {
            for batch in
                segment_file::read(self.lake.objects(), self.scope.tenant(), &segment.id).unwrap()
            {
                let column = batch.column_by_name("seq").unwrap();
                seqs.extend(column.as_primitive::<Int64Type>().values());
            }
        }
        seqs.sort_unstable();
        seqs
    }

    fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.lake.folder().unwrap().join("acme")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// What another program sees that reads `acme/*.parquet`.
    fn seen_from_outside(&self) -> Vec<String> {
        let mut files = self.files();
        files.retain(|file| file.ends_with(".parquet") && !file.starts_with('.'));
        files.sort();
        files
    }

    async fn live(&self) -> Vec<String> {
        let segments = self.segments().await;
        let mut live: Vec<_> = segments.iter().map(|s| format!("{}.parquet", s.id)).collect();
        live.sort();
        live
    }

    fn new_segment_id(&self) -> crate::ids::SegmentId {
        crate::ids::SegmentId::new(self.folder.clock.now(), &self.folder.entropy)
    }
}

#[tokio::test]
async fn every_event_is_in_a_segment_once() {
    let mut shore = Shore::new().await;
    for step in 1..40 {
        shore.append(step * 7 % 50 + 1).await;
        shore.lake.flush_now(&shore.scope).await.unwrap();
    }
    let all: Vec<i64> = (1..=i64::try_from(shore.next).unwrap()).collect();
    assert_eq!(shore.seqs().await, all);
    assert!(shore.segments().await.len() < 10);
}

/// Places in the raw log of every event that a snapshot shows.
fn shown(lake: &Lake, scope: &TenantScope, snapshot: &Snapshot) -> Vec<i64> {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::Int64Type;
    let mut batches = snapshot.tail().to_vec();
    for segment in snapshot.segments() {
        batches.extend(segment_file::read(lake.objects(), scope.tenant(), &segment.id).unwrap());
    }
    let seqs = |batch: &RecordBatch| {
        batch.column_by_name("seq").unwrap().as_primitive::<Int64Type>().values().to_vec()
    };
    let mut seqs: Vec<i64> = batches.iter().flat_map(seqs).collect();
    seqs.sort_unstable();
    seqs
}

#[tokio::test]
async fn a_snapshot_shows_each_event_once_whoever_flushes() {
    let mut shore = Shore::new().await;
    let other = Shore::lake(&shore.folder).await;
    for step in 0..40_usize {
        shore.append(step % 3 + 1).await;
        match step % 5 {
            0 => shore.lake.flush_now(&shore.scope).await.unwrap(),
            3 => other.flush_now(&shore.scope).await.unwrap(),
            _ => {}
        }
        let all: Vec<i64> = (1..=i64::try_from(shore.next).unwrap()).collect();
        for lake in [&shore.lake, &other] {
            let snapshot = lake.snapshot(&shore.scope).await.unwrap();
            assert_eq!(shown(lake, &shore.scope, &snapshot), all, "step {step}");
        }
    }
}

#[tokio::test]
async fn the_version_changes_with_an_append_and_not_with_a_flush() {
    let mut shore = Shore::new().await;
    let empty = shore.lake.version(&shore.scope).await.unwrap();
    shore.append(3).await;
    let three = shore.lake.version(&shore.scope).await.unwrap();
    assert_ne!(three, empty);
    shore.lake.flush_now(&shore.scope).await.unwrap();
    assert_eq!(shore.lake.version(&shore.scope).await.unwrap(), three);
    assert_eq!(shore.lake.snapshot(&shore.scope).await.unwrap().version(), three);
}

/// A snapshot that began before a flush and one that began after it are both whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_beside_flushes_are_whole() {
    let mut shore = Shore::new().await;
    for _ in 0..30 {
        shore.append(20).await;
        let (lake, scope) = (shore.lake.clone(), shore.scope.clone());
        let flush = tokio::spawn(async move { lake.flush_now(&scope).await });
        let (one, two) =
            tokio::join!(shore.lake.snapshot(&shore.scope), shore.lake.snapshot(&shore.scope));
        flush.await.unwrap().unwrap();
        let all: Vec<i64> = (1..=i64::try_from(shore.next).unwrap()).collect();
        for snapshot in [one.unwrap(), two.unwrap()] {
            assert_eq!(shown(&shore.lake, &shore.scope, &snapshot), all);
        }
    }
}

#[tokio::test]
async fn a_step_says_whether_there_is_more() {
    let mut shore = Shore::new().await;
    shore.append(3).await;
    let store = shore.folder.store.tenant(&shore.scope);
    for (rows, bytes, through, more) in
        [(2, usize::MAX, 2, true), (3, usize::MAX, 3, false), (9, usize::MAX, 3, false)]
    {
        let pending = store.pending(rows, bytes).await.unwrap();
        assert_eq!((pending.through, pending.more), (through, more), "{rows}");
    }
}

#[tokio::test]
async fn a_step_of_two_processes_is_made_once() {
    let mut shore = Shore::new().await;
    let other = Shore::lake(&shore.folder).await;
    for _ in 0..8 {
        shore.append(25).await;
        let (one, two) =
            tokio::join!(shore.lake.flush_now(&shore.scope), other.flush_now(&shore.scope));
        one.unwrap();
        two.unwrap();
    }
    let all: Vec<i64> = (1..=200).collect();
    assert_eq!(shore.seqs().await, all);
}

#[tokio::test]
async fn a_commit_that_came_too_late_changes_nothing() {
    let mut shore = Shore::new().await;
    shore.append(3).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    let store = shore.folder.store.tenant(&shore.scope);
    let segment = shore.segments().await.remove(0);
    let now = shore.folder.clock.now();
    let stale = Flush { from: 0, through: 3, add: Some(&segment), replace: &[], dead: &[] };
    assert!(!store.commit_flush(&stale, now).await.unwrap());
    let gone: crate::ids::SegmentId = "seg_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let replace = [segment.id.clone(), gone];
    let moved = Flush { from: 3, through: 3, add: None, replace: &replace, dead: &[] };
    assert!(!store.commit_flush(&moved, now).await.unwrap());
    assert!(!store.commit_merge(&segment, &replace, now).await.unwrap());
    assert_eq!(shore.segments().await, [segment]);
}

#[tokio::test]
async fn places_of_duplicates_do_not_hold_the_lake_up() {
    let mut shore = Shore::new().await;
    shore.append(2).await;
    shore.next = 1;
    shore.append(3).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    assert_eq!(shore.seqs().await, [1, 2, 4, 5]);
    let store = shore.folder.store.tenant(&shore.scope);
    let pending = store.pending(10, 1_000).await.unwrap();
    assert_eq!((pending.flushed, pending.through), (5, 5));
}

#[tokio::test]
async fn an_event_that_cannot_be_a_row_is_a_dead_letter() {
    let mut shore = Shore::new().await;
    let bad = NewEvent { id: "bad".into(), body: r#"{"id":"bad"}"#.into(), sent: None };
    let now = shore.folder.clock.now();
    let store = shore.folder.store.clone();
    store.tenant(&shore.scope).append([bad], [], now).await.unwrap();
    shore.lake.flush_now(&shore.scope).await.unwrap();
    shore.append(1).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    assert_eq!(shore.seqs().await, [2]);
    let dead = store.tenant(&shore.scope).dead_letters(None, None, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].code, "not_normalised");
}

#[tokio::test]
async fn a_replaced_file_stays_for_its_readers_and_then_goes() {
    let mut shore = Shore::new().await;
    shore.append(1).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    let snapshot = shore.lake.snapshot(&shore.scope).await.unwrap();
    let name = snapshot.path(&snapshot.segments()[0]);
    shore.append(1).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    assert_eq!((shore.segments().await.len(), shore.files().len()), (1, 2));
    assert_eq!(shore.seen_from_outside(), shore.live().await);
    let still_read = || shore.lake.objects().file(&name).unwrap().is_ok();
    shore.lake.remove_retired().await.unwrap();
    assert!(still_read(), "under its old name, though it was set aside");
    let readable = shore.lake.objects().readable();
    let key = datafusion::object_store::path::Path::from(name.as_str());
    let bytes = object_store::ObjectStoreExt::get(&readable, &key).await.unwrap();
    assert!(bytes.bytes().await.unwrap().starts_with(b"PAR1"), "for the engine, too");
    shore.folder.clock.advance(std::time::Duration::from_secs(61));
    shore.lake.remove_retired().await.unwrap();
    assert!(still_read(), "a snapshot still reads it");
    drop(snapshot);
    shore.lake.remove_retired().await.unwrap();
    assert!(!still_read());
    assert_eq!(shore.files(), shore.live().await);
}

#[tokio::test]
async fn a_crash_between_commit_and_setting_aside_leaves_no_doubles() {
    let mut shore = Shore::new().await;
    shore.append(2).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    let old = shore.segments().await.remove(0);
    // What a merge does, up to its commit: then its process dies.
    let batches = segment_file::read(shore.lake.objects(), shore.scope.tenant(), &old.id).unwrap();
    let (lake, id, tenant) =
        (shore.lake.clone(), shore.new_segment_id(), shore.scope.tenant().clone());
    let write = move || {
        segment_file::write(
            lake.objects(),
            &tenant,
            id,
            &batches,
            &Properties::default(),
            Worth::default(),
        )
    };
    let new = tokio::task::spawn_blocking(write).await.unwrap().unwrap();
    let now = shore.folder.clock.now();
    let replace = [old.id.clone()];
    let store = shore.folder.store.clone();
    assert!(store.tenant(&shore.scope).commit_merge(&new, &replace, now).await.unwrap());
    assert_eq!(shore.seen_from_outside().len(), 2, "the window in which rows are double");
    let next = Shore::lake(&shore.folder).await;
    next.sweep().await.unwrap();
    assert_eq!(shore.seen_from_outside(), shore.live().await);
    shore.folder.clock.advance(std::time::Duration::from_secs(61));
    next.remove_retired().await.unwrap();
    assert_eq!(shore.files(), shore.live().await);
    assert_eq!(shore.seqs().await, [1, 2]);
}

#[tokio::test]
async fn what_a_crash_left_is_swept_and_nothing_else() {
    let mut shore = Shore::new().await;
    shore.append(3).await;
    shore.lake.flush_now(&shore.scope).await.unwrap();
    let folder = shore.lake.folder().unwrap().join("acme");
    let live = shore.files();
    let id = shore.new_segment_id();
    for name in [format!("{id}.parquet"), format!(".{id}.parquet.draft"), "README.txt".into()] {
        fs::write(folder.join(name), "x").unwrap();
    }
    shore.lake.sweep().await.unwrap();
    assert_eq!(shore.files().len(), 4, "they may be about to be committed");
    shore.folder.clock.advance(std::time::Duration::from_secs(601));
    shore.lake.sweep().await.unwrap();
    let mut left = shore.files();
    left.retain(|name| name != "README.txt");
    assert_eq!(left, live);
    assert_eq!(shore.seqs().await, [1, 2, 3]);
}

#[tokio::test]
async fn the_flusher_takes_in_what_waited() {
    let mut shore = Shore::new().await;
    let policy = FlushPolicy { age: SignedDuration::from_secs(15), rows: 100 };
    let (mut waits, cancel) = (due::Waits::default(), CancellationToken::new());
    shore.append(5).await;
    shore.lake.round(policy, &mut waits, &cancel).await.unwrap();
    assert!(shore.seqs().await.is_empty(), "few rows wait");
    shore.folder.clock.advance(std::time::Duration::from_secs(15));
    shore.lake.round(policy, &mut waits, &cancel).await.unwrap();
    assert_eq!(shore.seqs().await, [1, 2, 3, 4, 5]);
    shore.append(100).await;
    shore.lake.round(policy, &mut waits, &cancel).await.unwrap();
    assert_eq!(shore.seqs().await.len(), 105, "many rows do not");
}

#[tokio::test]
async fn the_flusher_ends_when_told_and_what_is_left_is_served_from_the_log() {
    let mut shore = Shore::new().await;
    let cancel = CancellationToken::new();
    let policy = FlushPolicy { age: SignedDuration::from_secs(15), rows: 100 };
    let work = shore.lake.spawn_flusher(policy, cancel.clone());
    shore.append(5).await;
    cancel.cancel();
    work.await.unwrap();
    let next = Shore::lake(&shore.folder).await;
    let snapshot = next.snapshot(&shore.scope).await.unwrap();
    assert_eq!(shown(&next, &shore.scope, &snapshot), [1, 2, 3, 4, 5]);
}
