//! Feeding against an Inlay that keeps events in memory and is sometimes away.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use flate2::read::GzDecoder;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::*;

/// An Inlay that keeps events in memory, and is away for some requests.
#[derive(Debug, Clone, Default)]
struct Double(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// Instants of events by tenant and id.
    events: BTreeMap<(String, String), Timestamp>,
    requests: usize,
    away: usize,
}

fn tenant(headers: &HeaderMap) -> String {
    headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned()
}

async fn token(body: String) -> Json<Value> {
    let tenant = body.split('&').find_map(|pair| pair.strip_prefix("audience=tenant%3A"));
    let token = tenant.unwrap_or("operator");
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 900, "scope": ""}))
}

async fn events(State(double): State<Double>, headers: HeaderMap, body: Bytes) -> Response {
    let mut kept = double.0.lock().unwrap();
    kept.requests += 1;
    if kept.away > 0 {
        kept.away -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut text = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    let before = kept.events.len();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in &lines {
        let id = event["id"].as_str().unwrap().to_owned();
        let time = event["time"].as_str().unwrap().parse().unwrap();
        kept.events.insert((tenant(&headers), id), time);
    }
    let accepted = kept.events.len() - before;
    let duplicates = lines.len() - accepted;
    let receipt = json!({"accepted": accepted, "duplicates": duplicates, "rejected": []});
    (StatusCode::ACCEPTED, Json(receipt)).into_response()
}

async fn query(State(double): State<Double>, headers: HeaderMap) -> Json<Value> {
    let kept = double.0.lock().unwrap();
    let mut hours: BTreeMap<i64, u64> = BTreeMap::new();
    for ((_, _), time) in kept.events.iter().filter(|((of, _), _)| *of == tenant(&headers)) {
        *hours.entry(hour_of(*time)).or_default() += 1;
    }
    let rows: Vec<_> =
        hours.iter().map(|(&hour, &n)| json!([instant(hour).to_string(), n])).collect();
    Json(json!({
        "columns": [], "rows": rows, "time": {"from": "a", "to": "b", "zone": "UTC"},
        "version": "1", "source": "lake", "elapsed_ms": 0.1
    }))
}

async fn feed_into(double: &Double, clock: &Clock) -> Feed {
    let router = Router::new()
        .route("/v1/oauth/token", post(token))
        .route("/v1/events", post(events))
        .route("/v1/query", post(query))
        .with_state(double.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let anchor = "2026-11-20T10:17:03Z".parse().unwrap();
    let make = |(n, customer)| Simulator::new(42, n, customer, anchor, 3_000).unwrap();
    Feed {
        inlay: Arc::new(Inlay::new(base, "c".into(), "s".into(), clock.clone()).unwrap()),
        simulators: Arc::new(CUSTOMERS.iter().enumerate().map(make).collect()),
        progress: Arc::default(),
        clock: clock.clone(),
        stop: CancellationToken::new(),
    }
}

fn clock() -> Clock {
    Clock::manual("2026-11-20T10:20:00Z".parse().unwrap())
}

#[tokio::test]
async fn the_history_is_fed_once_and_goes_on_where_it_was() {
    let (double, clock) = (Double::default(), clock());
    let feed = feed_into(&double, &clock).await;
    feed.history(clock.now()).await.unwrap();
    assert_eq!(feed.progress.percent(), 100);
    let (stored, requests) = {
        let kept = double.0.lock().unwrap();
        (kept.events.clone(), kept.requests)
    };
    assert!((2_600..3_400).contains(&stored.len()), "{}", stored.len());

    // All is there: nothing is sent again.
    feed.history(clock.now()).await.unwrap();
    assert_eq!(double.0.lock().unwrap().requests, requests);

    // A hole in the middle, as a feed leaves that was killed, is filled, exactly.
    let hole = |time: &Timestamp| (480_000..480_000_000).contains(&(time.as_second() % 7_777_777));
    double.0.lock().unwrap().events.retain(|_, time| !hole(time));
    assert!(double.0.lock().unwrap().events.len() < stored.len());
    feed.history(clock.now()).await.unwrap();
    assert_eq!(double.0.lock().unwrap().events, stored);
}

#[tokio::test]
async fn an_inlay_that_is_away_is_asked_again() {
    let (double, clock) = (Double::default(), clock());
    double.0.lock().unwrap().away = 3;
    let feed = feed_into(&double, &clock).await;
    feed.history(clock.now()).await.unwrap();
    assert!(double.0.lock().unwrap().events.len() > 2_600);
}

#[tokio::test]
async fn a_stop_ends_the_feed_at_once() {
    let (double, clock) = (Double::default(), clock());
    double.0.lock().unwrap().away = usize::MAX;
    let feed = feed_into(&double, &clock).await;
    let stop = feed.stop.clone();
    let feeding = tokio::spawn(async move { feed.history(clock.now()).await });
    stop.cancel();
    let ended = feeding.await.unwrap().unwrap_err();
    assert!(ended.is::<Stopped>(), "{ended:?}");
}

#[tokio::test]
async fn what_is_live_is_sent_when_it_happens() {
    let (double, clock) = (Double::default(), clock());
    let feed = feed_into(&double, &clock).await;
    let (stop, since) = (feed.stop.clone(), clock.now());
    let living = tokio::spawn(async move { feed.live(since).await });
    let sent = || double.0.lock().unwrap().events.len();
    // Time stands still: nothing happens, until the clock moves. Its first move may come before the
    // feed looked at it, so it moves until something arrived.
    while sent() == 0 {
        clock.advance(Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let now = clock.now();
    stop.cancel();
    // It may be told to stop while it sends.
    let ended = living.await.unwrap();
    assert!(ended.as_ref().is_err_and(|error| error.is::<Stopped>()) || ended.is_ok(), "{ended:?}");
    assert!(double.0.lock().unwrap().events.values().all(|time| *time <= now));
}
