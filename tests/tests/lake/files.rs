//! `inlay lake files`: exactly the files whose rows count.

use std::path::Path;

use inlay_tests::{Inlay, command, numbered};
use serde_json::Value;

#[tokio::test]
async fn it_lists_exactly_the_live_files() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    for step in 0..5 {
        acme.feed(&numbered(&format!("s{step}"), 7), (step + 1) * 7).await;
        inlay.flush("acme").await;
    }
    let listing = listing(inlay.folder(), "acme");
    let files = listing["files"].as_array().unwrap();
    let rows: i64 = files.iter().map(|file| file["rows"].as_i64().unwrap()).sum();
    assert_eq!(rows, 35, "{listing}");
    for file in files {
        let path = Path::new(file["path"].as_str().unwrap());
        let size = path.metadata().unwrap().len();
        assert_eq!(file["bytes"].as_u64(), Some(size), "{listing}");
        assert_eq!(file["from"], "2026-11-19T00:00:00Z", "{listing}");
    }
    let mut named: Vec<_> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    named.sort_unstable();
    let folder = std::fs::canonicalize(inlay.folder().join("lake/acme")).unwrap();
    let mut seen: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|path| path.ends_with(".parquet"))
        .collect();
    seen.sort();
    assert_eq!(named, seen, "the folder's *.parquet are the live files, no more and no less");

    let plain = run(inlay.folder(), &["files", "--tenant", "acme"]);
    assert_eq!(plain.lines().collect::<Vec<_>>().len(), files.len());
}

#[tokio::test]
async fn a_flush_from_the_shell_writes_what_is_pending() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    acme.send_events(&numbered("e", 9)).await.is(202);
    let pending = |listing: Value| listing["pending"].as_u64().unwrap();
    assert_eq!(pending(listing(inlay.folder(), "acme")), 9);
    run(inlay.folder(), &["flush", "--tenant", "acme"]);
    let listing = listing(inlay.folder(), "acme");
    assert_eq!(pending(listing.clone()), 0);
    let rows = listing["files"].as_array().unwrap().iter().map(|file| file["rows"].as_i64());
    assert_eq!(rows.flatten().sum::<i64>(), 9, "{listing}");
}

#[tokio::test]
async fn a_tenant_that_is_not_there_has_no_files() {
    let inlay = Inlay::start().await;
    let mut command = command(&["lake", "files", "--tenant", "nobody", "--data"]);
    let output = command.arg(inlay.folder()).output().unwrap();
    assert!(!output.status.success());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("there is no tenant `nobody`"), "{complaint}");
}

fn listing(data: &Path, tenant: &str) -> Value {
    let printed = run(data, &["files", "--tenant", tenant, "--json"]);
    serde_json::from_str(&printed).expect("what it prints is JSON")
}

fn run(data: &Path, arguments: &[&str]) -> String {
    let mut command = command(&["lake"]);
    let output =
        command.args(arguments).arg("--data").arg(data).output().expect("the binary starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}
