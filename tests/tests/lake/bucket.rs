//! A lake in a bucket: nothing of it lies in the data folder, and every answer is the same.

use std::time::Duration;

use inlay_tests::{Bucket, Inlay, Setup, eventually, numbered};
use serde_json::json;

#[tokio::test]
async fn a_lake_in_a_bucket_takes_answers_merges_and_cleans_up() {
    let bucket = Bucket::start().await;
    let inlay = Setup::default().lake_in(&bucket).start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    let total = feed_in_steps(&inlay, &acme).await;
    globex.feed(&numbered("g", 3), 3).await;
    inlay.flush("globex").await;

    assert_eq!(acme.count(json!([])).await, total);
    assert_eq!(globex.count(json!([])).await, 3);
    let by_name = acme.query(&json!({
        "measures": ["events"], "dimensions": ["name"],
        "time": {"from": "2026-11-19", "to": "2026-11-20", "zone": "Europe/Berlin"}
    }));
    assert_eq!(by_name.await.is(200).value()["rows"], json!([["task.created", total]]));
    assert!(!inlay.folder().join("lake").exists(), "nothing of it lies beside the database");

    let live = inlay.live_files("acme").await;
    assert!(live.len() < 8, "merged: {live:?}");
    assert!(bucket.objects("acme").len() > live.len(), "replaced ones stay for their readers");
    inlay.advance(Duration::from_secs(120));
    eventually("the replaced objects are removed", async || {
        (bucket.objects("acme") == live).then_some(())
    })
    .await;
    assert_eq!(acme.count(json!([])).await, total);
    assert_eq!(bucket.objects("globex").len(), 1);
}

#[tokio::test]
async fn a_second_server_on_the_bucket_sees_the_same() {
    let bucket = Bucket::start().await;
    let inlay = Setup::default().lake_in(&bucket).start().await;
    let acme = inlay.tenant("acme").await;
    acme.feed(&numbered("e", 20), 20).await;
    inlay.flush("acme").await;
    let other = Setup::default().beside(&inlay).lake_in(&bucket).start().await;
    let acme = other.operator().await.exchange("acme", None).await;
    assert_eq!(acme.count(json!([])).await, 20);
}

/// Many small flushes, so that segments are replaced.
async fn feed_in_steps(inlay: &Inlay, tenant: &inlay_tests::TenantClient) -> u64 {
    let mut total = 0;
    for step in 0..6 {
        total += 10;
        tenant.feed(&numbered(&format!("s{step}"), 10), total).await;
        inlay.flush(tenant.id()).await;
    }
    total
}
