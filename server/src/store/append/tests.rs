//! Groups: each request has its own count, and all of them share one fate.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait as _;

use super::*;
use crate::ids::DeadLetterId;
use crate::store::testing::{Folder, scope};

fn event(id: impl Into<String>) -> NewEvent {
    NewEvent { id: id.into(), body: "{}".into(), sent: None }
}

fn letter(folder: &Folder) -> NewDeadLetter {
    let id = DeadLetterId::new(folder.clock.now(), &folder.entropy);
    let (code, detail, body) = ("wrong".into(), "it is".into(), "x".into());
    NewDeadLetter { id, code, detail, body, source: None }
}

/// Sends requests that become one group: the one writing connection is held until all of them wait.
async fn together(
    folder: &Folder,
    requests: Vec<(&str, Vec<NewEvent>, Vec<NewDeadLetter>)>,
) -> Vec<Result<u64, StoreError>> {
    let held = folder.store.begin().await.unwrap();
    let now = folder.clock.now();
    let store = &folder.store;
    let requests = requests.into_iter().map(|(tenant, events, dead)| async move {
        let scope = scope(tenant);
        store.tenant(&scope).append(events, dead, now).await
    });
    // Polled after the requests: each of them is in its line by then.
    let release = async { held.rollback().await.unwrap() };
    let (answers, ()) = tokio::join!(join_all(requests), release);
    answers
}

fn counts(answers: Vec<Result<u64, StoreError>>) -> Vec<u64> {
    answers.into_iter().map(Result::unwrap).collect()
}

async fn log(folder: &Folder, tenant: &str) -> (Vec<i64>, i64) {
    let scope = scope(tenant);
    let view = folder.store.tenant(&scope).view(|_| 0, 10_000, usize::MAX).await.unwrap();
    (view.fresh.iter().map(|event| event.seq).collect(), view.position.appended)
}

#[tokio::test]
async fn each_request_of_a_group_has_its_own_count() {
    let folder = Folder::new().await;
    let many = |from: usize, to: usize| (from..to).map(|n| event(format!("e-{n}"))).collect();
    let answers = together(
        &folder,
        vec![
            ("acme", many(0, 300), Vec::new()),
            ("acme", vec![event("e-7"), event("new"), event("new")], Vec::new()),
            ("globex", vec![event("e-7")], vec![letter(&folder)]),
            ("acme", vec![event("new"), event("e-299")], Vec::new()),
            ("globex", Vec::new(), vec![letter(&folder)]),
            ("acme", many(290, 310), Vec::new()),
        ],
    )
    .await;
    assert_eq!(counts(answers), [300, 1, 1, 0, 0, 10]);
    let (seqs, appended) = log(&folder, "acme").await;
    let expected: Vec<i64> = (1..=300).chain([302]).chain(316..=325).collect();
    assert_eq!((seqs, appended), (expected, 325));
    assert_eq!(log(&folder, "globex").await, (vec![1], 1));
    let globex = scope("globex");
    assert_eq!(folder.store.tenant(&globex).dead_letters(None, None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn where_nothing_is_new_the_log_stays() {
    let folder = Folder::new().await;
    assert_eq!(counts(together(&folder, vec![("acme", vec![event("a")], Vec::new())]).await), [1]);
    assert_eq!(counts(together(&folder, vec![("acme", vec![event("a")], Vec::new())]).await), [0]);
    assert_eq!(log(&folder, "acme").await, (vec![1], 1));
}

#[tokio::test]
async fn a_group_fails_as_a_whole_and_the_next_one_goes_on() {
    let folder = Folder::new().await;
    let twice = letter(&folder);
    let answers = together(
        &folder,
        vec![
            ("acme", vec![event("a")], Vec::new()),
            ("acme", vec![event("b")], vec![twice.clone(), twice]),
            ("globex", vec![event("c")], Vec::new()),
        ],
    )
    .await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Database(_)))));
    assert_eq!(log(&folder, "acme").await, (Vec::new(), 0));
    assert_eq!(log(&folder, "globex").await, (Vec::new(), 0));
    let again = vec![("acme", vec![event("a")], Vec::new())];
    assert_eq!(counts(together(&folder, again).await), [1]);
}

/// SQLite itself refuses to grow, as on a full disk, and rolls back before it is told to.
#[tokio::test]
async fn a_full_disk_is_told_and_ends() {
    let folder = Folder::new().await;
    let pages = "PRAGMA max_page_count = 1";
    folder.store.write.execute_unprepared(pages).await.unwrap();
    let large = || NewEvent { id: "large".into(), body: "x".repeat(500_000), sent: None };
    let scope = scope("acme");
    let store = folder.store.tenant(&scope);
    let now = folder.clock.now();
    let refused = store.append([large()], [], now).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    assert!(folder.store.health.trouble().is_some());
    // There is room again: the connection that was refused is not used any more.
    assert_eq!(store.append([large()], [], now).await.unwrap(), 1);
    assert!(folder.store.health.trouble().is_none());
    assert_eq!(log(&folder, "acme").await, (vec![1], 1));
}

/// A client that hangs up takes nobody with it, and what it sent is stored or not, but whole.
#[tokio::test]
async fn who_hangs_up_does_not_disturb_the_others() {
    let folder = Folder::new().await;
    let held = folder.store.begin().await.unwrap();
    let now = folder.clock.now();
    let send = |id: &'static str| {
        let store = folder.store.clone();
        tokio::spawn(async move { store.tenant(&scope("acme")).append([event(id)], [], now).await })
    };
    let (first, second) = (send("a"), send("b"));
    tokio::task::yield_now().await;
    first.abort();
    held.rollback().await.unwrap();
    assert_eq!(second.await.unwrap().unwrap(), 1);
    assert_eq!(log(&folder, "acme").await.0.len(), 2);
}
