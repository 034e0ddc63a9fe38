//! What is taken out is out of every file, whatever happens on the way.

use std::fs;
use std::time::Duration;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::ids::ErasureId;
use crate::lake::rollup::Worth;
use crate::store::testing::{Folder, scope};
use crate::store::{NewEvent, StoreError};

const NEVER_AGAIN: &str = "person-4711";

struct Shore {
    folder: Folder,
    lake: Lake,
    scope: TenantScope,
}

impl Shore {
    /// Many events in several files, one in ten of them of the person.
    async fn new() -> Self {
        let folder = Folder::new().await;
        let lake = Self::lake(&folder).await;
        let shore = Self { folder, lake, scope: scope("acme") };
        let (may, now) = (shore.lake.maintenance(), shore.folder.clock.now());
        let system = shore.folder.store.system(&may);
        system.create_tenant(shore.scope.tenant(), "Acme", &[], &[], now).await.unwrap();
        for (step, count) in [900, 400, 150, 40].into_iter().enumerate() {
            shore.append(&format!("s{step}"), count).await;
            if step < 3 {
                shore.lake.flush(&shore.scope).await.unwrap();
            }
        }
        shore
    }

    async fn lake(folder: &Folder) -> Lake {
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        let place = folder.folder.path().join("lake");
        let lake = Lake::open(place, store, clock, folder.entropy.clone()).await.unwrap();
        lake.with_rollups(Worth { rows: 1, part: 1, sketch: 1 })
    }

    async fn append(&self, prefix: &str, count: usize) -> u64 {
        let event = |n: usize| {
            let user = if n.is_multiple_of(10) { NEVER_AGAIN } else { "somebody" };
            let filling = "x".repeat(n % 700);
            NewEvent {
                id: format!("{prefix}-{n}"),
                sent: None,
                body: format!(
                    r#"{{"id":"{prefix}-{n}","name":"n","time":"2026-11-{:02}T10:00:00Z",
                        "user":"{user}","properties":{{"filling":"{filling}"}}}}"#,
                    n % 19 + 1
                ),
            }
        };
        let events: Vec<_> = (0..count).map(event).collect();
        let now = self.folder.clock.now();
        self.folder.store.tenant(&self.scope).append(events, [], now).await.unwrap()
    }

    async fn ask(&self) -> ErasureId {
        let now = self.folder.clock.now();
        let id = ErasureId::new(now, &self.folder.entropy);
        let store = self.folder.store.tenant(&self.scope);
        store.request_erasure(&id, NEVER_AGAIN, now).await.unwrap();
        id
    }

    /// Does the text stand anywhere in the data folder, as bytes or within a Parquet file?
    fn holds(&self, text: &str) -> Vec<String> {
        let mut holding = Vec::new();
        let mut folders = vec![self.folder.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = fs::read(&path).unwrap();
                let mut found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
                if bytes.starts_with(b"PAR1") {
                    let file = fs::File::open(&path).unwrap();
                    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
                    let batches: Vec<RecordBatch> =
                        reader.build().unwrap().map(Result::unwrap).collect();
                    found |= pretty_format_batches(&batches).unwrap().to_string().contains(text);
                }
                if found {
                    holding.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        holding
    }

    async fn shown(&self, lake: &Lake) -> (usize, usize) {
        let snapshot = lake.snapshot(&self.scope).await.unwrap();
        let mut batches = snapshot.tail().to_vec();
        for segment in snapshot.segments() {
            let tenant = self.scope.tenant();
            batches.extend(segment_file::read(lake.objects(), tenant, &segment.id).unwrap());
        }
        let doomed = Doomed::Of(NEVER_AGAIN.into());
        let all = batches.iter().map(RecordBatch::num_rows).sum();
        let meant = batches.iter().map(|batch| doomed.mask(batch).unwrap().true_count()).sum();
        (all, meant)
    }

    async fn finish(&self, lake: &Lake) {
        self.folder.clock.advance(Duration::from_secs(61));
        lake.remove_retired().await.unwrap();
        lake.erase_people().await.unwrap();
        let open = self.folder.store.tenant(&self.scope).open_erasures().await.unwrap();
        assert!(open.is_empty(), "{open:?}");
    }
}

#[tokio::test]
async fn a_person_is_erased_to_the_last_byte() {
    let shore = Shore::new().await;
    let holding = shore.holds(NEVER_AGAIN);
    for kind in [".parquet", ".rollup"] {
        assert!(holding.iter().any(|name| name.ends_with(kind)), "{kind}: {holding:?}");
    }
    assert_eq!(shore.shown(&shore.lake).await, (1_490, 149));
    shore.ask().await;
    shore.lake.erase_people().await.unwrap();
    assert_eq!(shore.shown(&shore.lake).await, (1_341, 0));
    shore.lake.erase_people().await.unwrap();
    assert!(!shore.holds(NEVER_AGAIN).is_empty(), "queries may still read the replaced files");
    shore.finish(&shore.lake).await;
    assert_eq!(shore.holds(NEVER_AGAIN), [] as [String; 0]);
    assert!(!shore.holds("somebody").is_empty(), "the search finds what is there");
    assert_eq!(shore.shown(&shore.lake).await, (1_341, 0));
}

#[tokio::test]
async fn an_erased_event_that_comes_again_is_a_duplicate_and_a_new_one_is_new() {
    let shore = Shore::new().await;
    shore.ask().await;
    shore.lake.erase_people().await.unwrap();
    assert_eq!(shore.append("s1", 400).await, 0);
    assert_eq!(shore.append("s9", 11).await, 11);
    assert_eq!(shore.shown(&shore.lake).await, (1_352, 2));
}

#[tokio::test]
async fn a_process_that_dies_half_way_leaves_all_or_nothing_to_see() {
    let shore = Shore::new().await;
    let erasure = shore.ask().await;
    // Up to the commit: the raw log is erased, the new files are written.
    shore.lake.flush(&shore.scope).await.unwrap();
    let store = shore.folder.store.tenant(&shore.scope);
    let segments = store.catalogue().await.unwrap().segments;
    let (lake, owner) = (shore.lake.clone(), shore.scope.clone());
    let doomed = Doomed::Of(NEVER_AGAIN.into());
    let cut = tokio::task::spawn_blocking(move || {
        lake.cut(&owner, &segments, &doomed, &Properties::default()).unwrap()
    });
    let cut = cut.await.unwrap();
    assert_eq!(cut.removal.rows, 149);
    store.remove_raw(&cut.places, true).await.unwrap();
    assert_eq!(shore.shown(&shore.lake).await, (1_490, 149), "nothing is erased to the eye");

    let next = Shore::lake(&shore.folder).await;
    next.erase_people().await.unwrap();
    assert_eq!(shore.shown(&next).await, (1_341, 0), "now everything is");
    let done = store.erasure(&erasure).await.unwrap().unwrap();
    assert_eq!(done.events, 149, "counted although the raw log had lost them before");
    // The files of the dead process are nobody's; until they are swept it is not done.
    shore.folder.clock.advance(Duration::from_secs(61));
    next.remove_retired().await.unwrap();
    next.erase_people().await.unwrap();
    assert_eq!(store.open_erasures().await.unwrap().len(), 1);
    shore.folder.clock.advance(Duration::from_secs(600));
    shore.finish(&next).await;
    assert_eq!(shore.holds(NEVER_AGAIN), [] as [String; 0]);
}

#[tokio::test]
async fn of_a_commit_that_came_too_late_nothing_is_left() {
    let shore = Shore::new().await;
    let other = Shore::lake(&shore.folder).await;
    shore.ask().await;
    let (one, two) = tokio::join!(shore.lake.erase_people(), other.flush(&shore.scope));
    one.unwrap();
    two.unwrap();
    assert_eq!(shore.shown(&other).await, (1_341, 0));
}

#[tokio::test]
async fn what_is_too_old_goes_and_the_rest_stays() {
    let shore = Shore::new().await;
    let may = shore.lake.maintenance();
    let system = shore.folder.store.system(&may);
    system.set_retention(shore.scope.tenant(), Some(5)).await.unwrap();
    let before = shore.lake.version(&shore.scope).await.unwrap();
    shore.lake.apply_retention().await.unwrap();
    let left = shore.shown(&shore.lake).await.0;
    // Now is the 20th: the 15th to the 19th are kept, five days of nineteen.
    let kept = |count: usize| (0..count).filter(|n| n % 19 + 1 >= 15).count();
    assert_eq!(left, [900, 400, 150, 40].map(kept).into_iter().sum::<usize>());
    let after = shore.lake.version(&shore.scope).await.unwrap();
    assert_ne!(before, after);
    shore.lake.apply_retention().await.unwrap();
    assert_eq!(shore.lake.version(&shore.scope).await.unwrap(), after, "nothing left to do");
    let raw = shore.folder.store.tenant(&shore.scope);
    let (events, _) = raw.raw_events_with(&["2026-11-1".into()], 0).await.unwrap();
    assert_eq!(events.len(), left, "the raw log lost the same events");
}

#[tokio::test]
async fn a_tenant_goes_with_everything() {
    let shore = Shore::new().await;
    let may = shore.lake.maintenance();
    let system = shore.folder.store.system(&may);
    let (tenant, now) = (shore.scope.tenant().clone(), shore.folder.clock.now());
    let make = || system.create_tenant(&tenant, "Acme", &[], &[], now);
    system.begin_tenant_erasure(&tenant, now).await.unwrap().unwrap();
    assert!(system.begin_tenant_erasure(&tenant, now).await.unwrap().is_none());
    assert!(matches!(make().await, Err(StoreError::BeingErased)));
    let late = NewEvent { id: "late".into(), body: "{}".into(), sent: None };
    let late = shore.folder.store.tenant(&shore.scope).append([late], [], now).await;
    assert_eq!(late.unwrap(), 0);
    shore.lake.erase_tenants().await.unwrap();
    assert_eq!(shore.shown(&shore.lake).await, (0, 0));
    assert!(!shore.folder.folder.path().join("lake/acme").exists());
    assert!(!shore.holds("acme").is_empty(), "tokens of it are still alive");
    shore.folder.clock.advance(Duration::from_secs(16 * 60));
    shore.lake.erase_tenants().await.unwrap();
    for text in ["acme", "Acme", NEVER_AGAIN, "somebody"] {
        assert_eq!(shore.holds(text), [] as [String; 0], "{text}");
    }
    make().await.unwrap();
    assert_eq!(shore.shown(&shore.lake).await, (0, 0));
}
