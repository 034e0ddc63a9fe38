//! Large files, as jobs: what becomes of each row, and of the file.

use http::Method;
use inlay_shared::{Import, ImportState, List};
use inlay_tests::{Answer, Call, Caller as _, Inlay, Setup, TenantClient, eventually};
use serde_json::json;

const CSV: &str = "text/csv";
const LINES: &str = "application/x-ndjson";
const PARQUET: &str = "application/vnd.apache.parquet";

fn send(tenant: &TenantClient, query: &str, kind: &str, file: impl Into<Vec<u8>>) -> Call {
    tenant.call(Method::POST, &format!("/v1/imports{query}")).body(kind, file)
}

async fn start(tenant: &TenantClient, query: &str, kind: &str, file: impl Into<Vec<u8>>) -> Import {
    let answer = send(tenant, query, kind, file).await.is(202);
    let import: Import = answer.json();
    let location = format!("/v1/imports/{}", import.id);
    assert_eq!(answer.header("location"), Some(&*location));
    import
}

async fn look(tenant: &TenantClient, import: &Import) -> Import {
    tenant.get(&format!("/v1/imports/{}", import.id)).await.is(200).json()
}

async fn end_of(tenant: &TenantClient, import: &Import) -> Import {
    let what = format!("import {} ends", import.id);
    eventually(&what, async || {
        let now = look(tenant, import).await;
        now.finished_at.is_some().then_some(now)
    })
    .await
}

async fn import(
    tenant: &TenantClient,
    query: &str,
    kind: &str,
    file: impl Into<Vec<u8>>,
) -> Import {
    let started = start(tenant, query, kind, file).await;
    end_of(tenant, &started).await
}

/// A file that takes a while.
fn many(rows: usize) -> String {
    let row = |n| format!("2026-11-19T10:00:00Z,page.viewed,user-{n},/some/page,{n}\n");
    let rows: String = (0..rows).map(row).collect();
    format!("time,name,user,page,number\n{rows}")
}

fn files(inlay: &Inlay) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(inlay.folder().join("imports")) else { return Vec::new() };
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("the folder can be read").file_name().to_string_lossy().into_owned()
    };
    entries.map(name).collect()
}

async fn no_file_is_left(inlay: &Inlay) {
    eventually("no file is left", async || files(inlay).is_empty().then_some(())).await;
}

#[tokio::test]
async fn a_csv_is_imported_once_however_often() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let file = "when,name,user,value,secret\n\
        2026-11-19 10:00:00,view,7,,x\n\
        2026-11-19 10:00:00,view,7,,x\n\
        2026-11-19T11:00:00Z,buy,8,19.90,x\n\
        never,buy,8,1,x\n";
    let done = import(&acme, "?map=when=time&skip=secret", CSV, file).await;
    assert_eq!(done.state, ImportState::Done);
    assert_eq!((done.rows, done.accepted, done.duplicates, done.rejected), (4, 3, 0, 1));
    assert_eq!((done.progress, done.bytes, done.error), (1.0, file.len() as u64, None));
    assert_eq!(acme.count(json!([])).await, 3);
    let letters = acme.get("/v1/dead-letters").await.is(200).value();
    assert_eq!(letters["data"][0]["code"], "invalid_time");
    assert!(!letters.to_string().contains("secret"));

    let again = import(&acme, "?map=when%3Dtime&skip=secret", CSV, file).await;
    assert_eq!((again.accepted, again.duplicates), (0, 3));
    assert_eq!(acme.count(json!([])).await, 3);
    no_file_is_left(&inlay).await;
}

#[tokio::test]
async fn lines_are_imported_as_the_events_that_they_are() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let file = inlay_tests::ndjson(&inlay_tests::numbered("e", 25));
    let done = import(&acme, "", LINES, file).await;
    assert_eq!((done.state, done.accepted), (ImportState::Done, 25));
    // The ids are the events' own.
    let receipt = acme.send_events(&inlay_tests::numbered("e", 25)).await.is(202).value();
    assert_eq!(receipt["duplicates"], 25);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_on_fails_with_its_row_and_keeps_what_came_before() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let row = |id: &str| format!("{}\n", inlay_tests::event(id, "n", "2026-11-19T10:00:00Z"));
    let broken = format!("{}{}{{broken\n{}", row("a"), row("b"), row("c"));
    let failed = import(&acme, "", LINES, broken).await;
    assert_eq!((failed.state, failed.rows, failed.accepted), (ImportState::Failed, 2, 2));
    let error = failed.error.expect("a reason");
    assert_eq!((error.code.as_str(), error.row), ("unreadable", Some(3)));
    assert_eq!(acme.count(json!([])).await, 2);

    let endless = format!("time,name\n2026-11-19,\"{}", "a".repeat(2_000_000));
    let failed = import(&acme, "", CSV, endless).await;
    assert_eq!(failed.error.expect("a reason").row, Some(1));
    let endless = format!("{{\"a\":\"{}", "a".repeat(2_000_000));
    let failed = import(&acme, "", LINES, endless).await;
    assert_eq!(failed.error.expect("a reason").row, Some(1));

    let failed = import(&acme, "?map=at=time", CSV, "name\nn\n").await;
    let error = failed.error.expect("a reason");
    assert_eq!(error.code, "invalid_columns");
    assert!(error.detail.contains("no column `at`; it has: name"), "{}", error.detail);

    let failed = import(&acme, "", PARQUET, "PAR1 is not enough").await;
    let error = failed.error.expect("a reason");
    assert_eq!((error.code.as_str(), error.row), ("unreadable", None));
    assert!(!error.detail.contains('/'), "no path of the server: {}", error.detail);
    no_file_is_left(&inlay).await;
}

#[tokio::test]
async fn what_cannot_be_a_file_of_events_is_refused_at_once() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    send(&acme, "", CSV, "").await.refused(400, "empty_body");
    send(&acme, "", "application/zip", "x").await.refused(415, "unsupported_media_type");
    let packed = send(&acme, "", CSV, "x").header("content-encoding", "gzip").await;
    packed.refused(415, "unsupported_encoding");
    for query in ["?surprise=1", "?map=time", "?map=a=nope", "?map=a=time&skip=a", "?map="] {
        send(&acme, query, CSV, "x").await.refused(422, "invalid_parameter");
    }
    send(&acme, "", CSV, vec![b'x'; 4_900_001]).await.refused(413, "body_too_large");
    let list: List<Import> = acme.get("/v1/imports").await.is(200).json();
    assert_eq!(list.data, []);
    assert_eq!(files(&inlay), [""; 0]);
}

#[tokio::test]
async fn one_import_of_a_tenant_runs_at_a_time_and_ten_may_wait() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let first = start(&acme, "", CSV, many(60_000)).await;
    let mut others = Vec::new();
    for n in 0..9 {
        let file = format!("time,name\n2026-11-19,n-{n}\n");
        others.push(start(&acme, "", CSV, file).await);
    }
    let refused: Answer = send(&acme, "", CSV, "time,name\n").await;
    refused.refused(429, "too_many_imports");
    assert!(refused.header("retry-after").is_some(), "{refused}");
    // Another tenant's goes on beside it.
    let globex = inlay.tenant("globex").await;
    assert_eq!(import(&globex, "", CSV, many(3)).await.accepted, 3);
    let still = look(&acme, &first).await;
    assert_eq!(still.finished_at, None, "the file takes a while");

    // One that waits, and the one that runs.
    for import in [&others[0], &first] {
        acme.delete(&format!("/v1/imports/{}", import.id)).await.is(204);
        assert_eq!(look(&acme, import).await.state, ImportState::Cancelled);
    }
    for other in &others[1..] {
        assert_eq!(end_of(&acme, other).await.accepted, 1);
    }
    let cancelled = look(&acme, &first).await;
    assert!(cancelled.rows < 60_000 && cancelled.error.is_none(), "{cancelled:?}");
    assert_eq!(look(&acme, &others[0]).await.rows, 0);
    no_file_is_left(&inlay).await;
    // Once more changes nothing.
    acme.delete(&format!("/v1/imports/{}", first.id)).await.is(204);
    acme.delete(&format!("/v1/imports/{}", others[1].id)).await.is(204);
    assert_eq!(look(&acme, &others[1]).await.state, ImportState::Done);
    let list: List<Import> = acme.get("/v1/imports?limit=3").await.is(200).json();
    assert_eq!(list.data.len(), 3);
}

#[tokio::test]
async fn another_tenants_import_is_not_there() {
    let inlay = Inlay::start().await;
    let (acme, globex) = (inlay.tenant("acme").await, inlay.tenant("globex").await);
    let own = import(&acme, "", CSV, many(2)).await;
    let path = format!("/v1/imports/{}", own.id);
    globex.get(&path).await.refused(404, "unknown_import");
    globex.delete(&path).await.refused(404, "unknown_import");
    let list: List<Import> = globex.get("/v1/imports").await.is(200).json();
    assert_eq!(list.data, []);
}

#[tokio::test]
async fn files_that_no_import_wants_go_at_the_next_start() {
    let inlay = Inlay::start().await;
    let folder = inlay.folder().join("imports");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("import_01h455vb4pex5vsknk084sn02q"), "x")
        .expect("it can be written");
    std::fs::write(folder.join("notes.txt"), "x").expect("it can be written");
    Setup::default().beside(&inlay).start().await;
    assert_eq!(files(&inlay), ["notes.txt"]);
}
