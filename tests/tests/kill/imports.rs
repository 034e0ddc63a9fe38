//! An import is carried to its end however often the process dies, and each row counts once.

use inlay_shared::{Import, ImportState};
use inlay_tests::{
    Caller as _, Door, Operator, Process, TenantClient, eventually, operator_client,
};
use serde_json::json;

const ROWS: u64 = 60_000;
const KILLS: u32 = 5;

async fn client(process: &Process, operator: &inlay_shared::Client) -> TenantClient {
    Operator::of(&Door::new(process.url()), operator).await.exchange("acme", None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_survives_kills_and_takes_each_row_once() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let operator = operator_client(folder.path());
    let mut process = Process::serve(folder.path());
    Operator::of(&Door::new(process.url()), &operator).await.create_tenant("acme", &[]).await;
    let row = |n| format!("2026-11-19T10:00:00Z,page.viewed,user-{n},/some/page,{n}\n");
    let file: String = (0..ROWS).map(row).collect();
    let file = format!("time,name,user,page,number\n{file}");
    let acme = client(&process, &operator).await;
    let started = acme.call(http::Method::POST, "/v1/imports").body("text/csv", file).await.is(202);
    let path = format!("/v1/imports/{}", started.json::<Import>().id);

    let (mut before, mut cut_off) = (0, 0);
    for _ in 0..KILLS {
        let acme = client(&process, &operator).await;
        let now: Import = eventually("it goes on", async || {
            let now: Import = acme.get(&path).await.is(200).json();
            (now.rows > before || now.finished_at.is_some()).then_some(now)
        })
        .await;
        assert!(now.rows >= before, "what was done stays done: {now:?}");
        before = now.rows;
        cut_off += u32::from(now.finished_at.is_none());
        process.kill();
        process = Process::serve(folder.path());
    }
    assert!(cut_off > 0, "every kill came too late");
    let acme = client(&process, &operator).await;
    let done: Import = eventually("it is done", async || {
        let now: Import = acme.get(&path).await.is(200).json();
        now.finished_at.is_some().then_some(now)
    })
    .await;
    assert_eq!((done.state, done.rows, done.rejected), (ImportState::Done, ROWS, 0));
    assert!(done.accepted + done.duplicates >= ROWS, "{done:?}");
    assert_eq!(acme.count(json!([])).await, ROWS);
    let left = || std::fs::read_dir(folder.path().join("imports")).map_or(0, Iterator::count);
    eventually("its file is gone", async || (left() == 0).then_some(())).await;
}
