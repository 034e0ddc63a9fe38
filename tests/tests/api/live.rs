//! `GET /v1/embed/live`

use std::time::Duration;

use inlay_tests::{Caller as _, Inlay, Setup, dashboard, event, eventually};
use serde_json::json;

#[tokio::test]
async fn a_stream_tells_the_revision_at_once_and_then_each_other_one() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let viewer = tenant.viewer(json!({})).await;
    let head = viewer.live().await.is(200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(head.header("cache-control"), Some("no-store"));
    assert_eq!(head.text(), "retry: 2000\n\n");

    let mut stream = viewer.live().listen().await;
    let first = stream.revision().await.expect("how it stands now");
    tenant.send_events(&[event("e-1", "a", "2026-11-19T10:00:00Z")]).await.is(202);
    let second = stream.revision().await.expect("an event came");
    tenant.put("/v1/dashboards/another", &dashboard("another")).await.is(200);
    let mut third = stream.revision().await.expect("a dashboard is new");
    // The lake may take the event in between: that is another revision too.
    let mut revisions = vec![first, second];
    let colours = json!({"name": "Acme", "accent": "#1f5eff", "accent_dark": "#88aaff"});
    tenant.configure("brand", &colours).await.is(200);
    for _ in 0..2 {
        if revisions.contains(&third) {
            break;
        }
        revisions.push(third);
        third = match tokio::time::timeout(Duration::from_secs(5), stream.revision()).await {
            Ok(next) => next.expect("the brand is another"),
            Err(_) => break,
        };
    }
    assert!(revisions.len() > 3, "{revisions:?}");
}

#[tokio::test]
async fn nothing_new_is_no_event_and_a_resumed_stream_hears_what_it_missed() {
    let fast = |config: &mut inlay_server::config::Config| config.live.heartbeat_seconds = 1;
    let inlay = Setup::default().settings(fast).start().await;
    let tenant = inlay.tenant("acme").await;
    let viewer = tenant.viewer(json!({})).await;
    let mut stream = viewer.live().listen().await;
    let known = stream.revision().await.expect("how it stands now");
    drop(stream);

    let resume = || viewer.live().header("last-event-id", &known);
    let mut stream = resume().listen().await;
    assert_eq!(stream.block().await.as_deref(), Some("retry: 2000"));
    assert_eq!(stream.block().await.as_deref(), Some(":"), "a heartbeat, and no event");
    drop(stream);

    // Another tenant's events are nobody's business here.
    let other = inlay.tenant("globex").await;
    other.send_events(&[event("e-1", "a", "2026-11-19T10:00:00Z")]).await.is(202);
    let mut stream = resume().listen().await;
    assert_eq!(stream.block().await.as_deref(), Some("retry: 2000"));
    assert_eq!(stream.block().await.as_deref(), Some(":"));
    drop(stream);

    tenant.send_events(&[event("e-1", "a", "2026-11-19T10:00:00Z")]).await.is(202);
    let mut stream = resume().listen().await;
    assert_ne!(stream.revision().await.expect("it was missed"), known);
}

#[tokio::test]
async fn events_of_another_process_are_heard() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let beside = Setup::default().beside(&inlay).known_as(inlay.door().url()).start().await;
    let viewer = tenant.viewer(json!({})).await;
    let mut stream = viewer.live().listen().await;
    stream.revision().await.expect("how it stands now");
    let there = inlay_tests::Call::new(beside.door(), http::Method::POST, "/v1/events");
    let events = [event("e-1", "a", "2026-11-19T10:00:00Z")];
    there.bearer(tenant.token()).json(&events).await.is(202);
    stream.revision().await.expect("the other process took an event");
}

#[tokio::test]
async fn a_quarter_of_an_hour_is_news_for_ranges_move() {
    let inlay = Inlay::start().await;
    let viewer = inlay.tenant("acme").await.viewer(json!({"ttl": 900})).await;
    inlay.advance(Duration::from_secs(890));
    let mut stream = viewer.live().listen().await;
    stream.revision().await.expect("how it stands now");
    inlay.advance(Duration::from_secs(9));
    // 12:14:59 is no news; the token ends with the quarter, so a fresh one hears of it.
    let fresh = inlay.operator().await.exchange("acme", None).await.viewer(json!({})).await;
    let mut stream = fresh.live().listen().await;
    let before = stream.revision().await.expect("how it stands now");
    inlay.advance(Duration::from_secs(1));
    assert_ne!(stream.revision().await.expect("the quarter is over"), before);
}

#[tokio::test]
async fn a_stream_ends_with_its_token_its_session_and_its_origin() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;

    let viewer = tenant.viewer(json!({"ttl": 60})).await;
    let mut stream = viewer.live().listen().await;
    stream.revision().await.expect("how it stands now");
    inlay.advance(Duration::from_secs(60));
    assert_eq!(stream.revision().await, None, "the token ended");
    viewer.live().await.refused(401, "token_expired");

    let viewer = tenant.viewer(json!({})).await;
    let mut stream = viewer.live().listen().await;
    stream.revision().await.expect("how it stands now");
    tenant.delete(&format!("/v1/embed/sessions/{}", viewer.session().id)).await.is(204);
    assert_eq!(stream.revision().await, None, "the session was ended");
    viewer.live().await.refused(401, "session_revoked");

    let viewer = tenant.viewer(json!({})).await;
    let mut stream = viewer.live().listen().await;
    stream.revision().await.expect("how it stands now");
    tenant.configure("origins", &json!({"origins": ["https://new.example"]})).await.is(200);
    assert_eq!(stream.revision().await, None, "the origin left the list");
    viewer.live().await.refused(403, "origin_mismatch");
}

#[tokio::test]
async fn streams_are_bounded_and_make_room_when_they_close() {
    let few = |config: &mut inlay_server::config::Config| {
        config.live.session_streams = 2;
        config.live.tenant_streams = 3;
    };
    let inlay = Setup::default().settings(few).start().await;
    let tenant = inlay.tenant("acme").await;
    let (one, two) = (tenant.viewer(json!({})).await, tenant.viewer(json!({})).await);
    let first = one.live().listen().await;
    let _second = one.live().listen().await;
    let refused = one.live().await;
    refused.refused(429, "too_many_streams");
    assert_eq!(refused.header("retry-after"), Some("30"));
    let _third = two.live().listen().await;
    two.live().await.refused(429, "too_many_streams");
    let other = inlay.tenant("globex").await.viewer(json!({})).await;
    other.live().await.is(200);

    drop(first);
    eventually("there is room again", async || (two.live().await.status == 200).then_some(()))
        .await;
}

#[tokio::test]
async fn where_there_are_no_streams_nobody_needs_to_ask_again() {
    let none = |config: &mut inlay_server::config::Config| config.live.tenant_streams = 0;
    let inlay = Setup::default().settings(none).start().await;
    let viewer = inlay.tenant("acme").await.viewer(json!({})).await;
    assert!(viewer.live().await.is(204).body.is_empty());
}
