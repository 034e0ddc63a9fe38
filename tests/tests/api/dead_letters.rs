//! `GET /v1/dead-letters`: refused events as they came, page by page, the newest first.

use std::time::Duration;

use http::Method;
use inlay_shared::{DeadLetter, List};
use inlay_tests::{Caller as _, Inlay};
use serde_json::{Value, json};

#[tokio::test]
async fn refused_events_are_kept_as_they_came() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let wrong = json!({"id": "e-1", "name": "a", "time": "2026-11-19T10:00:00Z", "surprise": [1, {"a": null}]});
    tenant.send_events(std::slice::from_ref(&wrong)).await.is(202);
    inlay.advance(Duration::from_secs(1));
    let lines = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", "{no json");
    lines.await.is(202);
    let list: List<DeadLetter> = tenant.get("/v1/dead-letters").await.is(200).json();
    let events: Vec<_> = list.data.iter().map(|letter| letter.event.clone()).collect();
    assert_eq!(events, [Value::from("{no json"), wrong]);
    assert_eq!(list.data[0].code, "invalid_json");
    assert_eq!(list.data[1].code, "unknown_field");
    assert!(list.data[1].detail.contains("surprise"));
}

#[tokio::test]
async fn pages_lead_through_all_of_them_once() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let wrong: Vec<_> = (0..25).map(|n| json!({"n": n})).collect();
    tenant.send_events(&wrong).await.is(202);
    let mut target = "/v1/dead-letters?limit=10".to_owned();
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let answer = tenant.get(&target).await.is(200);
        let list: List<DeadLetter> = answer.json();
        sizes.push(list.data.len());
        seen.extend(list.data.into_iter().map(|letter| letter.id));
        let Some(link) = answer.header("link") else { break };
        let (path, rest) = link[1..].split_once('>').expect("a link in angle brackets");
        assert_eq!(rest, "; rel=\"next\"");
        target = path.to_owned();
        // What comes meanwhile moves nothing from one page to another.
        inlay.advance(Duration::from_secs(1));
        tenant.send_events(&[json!({"late": true})]).await.is(202);
    }
    assert_eq!(sizes, [10, 10, 5]);
    let mut once = seen.clone();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (25, 25));
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
}
