//! `POST /v1/events`: what is valid is stored once, what is not is refused alone and kept.

use http::Method;
use inlay_shared::Receipt;
use inlay_tests::{
    Caller as _, Inlay, Operator, Setup, TenantClient, command, event, gzip, ndjson, numbered,
};
use serde_json::{Value, json};

const TIME: &str = "2026-11-19T10:00:00Z";

async fn tenant() -> TenantClient {
    Inlay::start().await.tenant("acme").await
}

fn full() -> Value {
    json!({
        "id": "e-1", "name": "task.created", "time": "2026-11-20T10:00:00.123+01:00", "user": "u1",
        "account": "acme-co", "session": "s1", "page": "/board", "referrer": "google.com",
        "country": "DE", "device": "desktop", "value": "12.50", "currency": "EUR",
        "duration_ms": 120, "properties": {"priority": "high", "estimate": 3.5, "done": false}
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut event = full();
    event["id"] = json!(format!("wrong-{name}"));
    event[name] = value;
    event
}

#[tokio::test]
async fn an_array_is_taken_and_seen() {
    let tenant = tenant().await;
    let receipt: Receipt =
        tenant.send_events(&[full(), event("e-2", "a", TIME)]).await.is(202).json();
    assert_eq!((receipt.accepted, receipt.duplicates, receipt.rejected.len()), (2, 0, 0));
    tenant.sees(2).await;
}

#[tokio::test]
async fn lines_are_taken_with_and_without_a_last_newline() {
    let tenant = tenant().await;
    tenant.feed(&numbered("a", 3), 3).await;
    let lines = format!("\n{}\r\n\n{}", event("b-1", "a", TIME), event("b-2", "a", TIME));
    let call =
        tenant.call(Method::POST, "/v1/events").body("application/x-ndjson; charset=utf-8", lines);
    assert_eq!(call.await.is(202).json::<Receipt>().accepted, 2);
    tenant.sees(5).await;
}

#[tokio::test]
async fn gzip_is_unpacked() {
    let tenant = tenant().await;
    let packed = gzip(ndjson(&numbered("a", 1_000)).as_bytes());
    let call = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", packed);
    let receipt: Receipt = call.header("content-encoding", "gzip").await.is(202).json();
    assert_eq!(receipt.accepted, 1_000);
    tenant.sees(1_000).await;
}

#[tokio::test]
async fn the_same_id_is_stored_once() {
    let tenant = tenant().await;
    let receipt = tenant.feed(&[full(), full(), event("e-1", "other", TIME)], 1).await;
    assert_eq!((receipt.accepted, receipt.duplicates), (1, 2));
    let again = tenant.feed(&[full(), event("e-2", "a", TIME)], 2).await;
    assert_eq!((again.accepted, again.duplicates), (1, 1));
}

/// Nothing is told from process to process: each answer reads how far the raw log has come.
#[tokio::test]
async fn what_another_process_took_in_is_in_the_next_answer() {
    let here = Inlay::start().await;
    let tenant = here.tenant("acme").await;
    let there = Setup::default().beside(&here).start().await;
    let there = Operator::of(there.door(), here.operator_client()).await;
    let there = there.exchange("acme", None).await;
    for round in 1..=3 {
        here_and_there(&tenant, &there, round).await;
    }
    let file = here.folder().join("more.csv");
    let rows: String = (0..50).map(|n| format!("c-{n},n,{TIME}\n")).collect();
    std::fs::write(&file, format!("id,name,time\n{rows}")).expect("the folder can be written");
    let mut import = command(&["import", "more.csv", "--tenant", "acme", "--data", "."]);
    let done = import.current_dir(here.folder()).output().expect("the binary starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    tenant.sees(56).await;
    there.sees(56).await;
}

async fn here_and_there(here: &TenantClient, there: &TenantClient, round: u64) {
    here.feed(&[event(&format!("a-{round}"), "a", TIME)], 2 * round - 1).await;
    there.sees(2 * round - 1).await;
    there.feed(&[event(&format!("b-{round}"), "a", TIME)], 2 * round).await;
    here.sees(2 * round).await;
}

#[tokio::test]
async fn an_empty_array_is_nothing() {
    let receipt: Receipt = tenant().await.send_events(&[]).await.is(202).json();
    assert_eq!(receipt, Receipt::default());
}

#[tokio::test]
async fn each_wrong_event_is_refused_alone() {
    let tenant = tenant().await;
    let missing = |name: &str| {
        let mut event = full();
        event.as_object_mut().expect("events are objects").remove(name);
        event
    };
    let properties = |count: usize| {
        let members = (0..count).map(|n| (format!("p{n}"), json!(n)));
        Value::Object(members.collect())
    };
    let deep = (0..200).fold(json!(1), |inner, _| json!({"a": inner}));
    let wrong = vec![
        ("unknown_field", with("surprise", json!(1))),
        ("missing_field", missing("id")),
        ("missing_field", missing("name")),
        ("missing_field", missing("time")),
        ("empty_field", with("name", json!(""))),
        ("time_out_of_range", with("time", json!("2026-11-21T12:00:01Z"))),
        ("time_out_of_range", with("time", json!("9999-12-30T00:00:00Z"))),
        ("time_out_of_range", with("time", json!("1969-12-31T23:59:59Z"))),
        ("invalid_time", with("time", json!("yesterday"))),
        ("invalid_time", with("time", json!("2026-11-19"))),
        ("invalid_time", with("time", json!("2026-11-19T10:00:00"))),
        ("invalid_time", with("time", json!("2026-02-30T10:00:00Z"))),
        ("wrong_type", with("time", json!(1_700_000_000))),
        ("wrong_type", with("id", json!(7))),
        ("wrong_type", with("name", json!(null))),
        ("wrong_type", with("user", json!(["u"]))),
        ("wrong_type", with("value", json!(12.5))),
        ("wrong_type", with("duration_ms", json!("120"))),
        ("wrong_type", with("properties", json!([]))),
        ("invalid_value", with("value", json!("12,50"))),
        ("invalid_value", with("value", json!("1e3"))),
        ("invalid_value", with("value", json!("0.1234567"))),
        ("invalid_duration", with("duration_ms", json!(-1))),
        ("invalid_duration", with("duration_ms", json!(1.5))),
        ("invalid_country", with("country", json!("Germany"))),
        ("invalid_country", with("country", json!("de"))),
        ("invalid_currency", with("currency", json!("EURO"))),
        ("too_long", with("user", json!("u".repeat(257)))),
        ("too_long", with("page", json!("p".repeat(2_049)))),
        ("too_many_properties", with("properties", properties(65))),
        ("nested_property", with("properties", json!({"a": {"b": 1}}))),
        ("nested_property", with("properties", json!({"a": [1]}))),
        ("nested_property", with("properties", json!({"deep": deep}))),
        ("invalid_property", with("properties", json!({"a": null}))),
        ("event_too_large", with("properties", json!({"a": "x".repeat(33_000)}))),
        ("not_an_object", json!("an event")),
        ("not_an_object", json!([full()])),
        ("not_an_object", json!(null)),
    ];
    let mut events: Vec<_> = wrong.iter().map(|(_, event)| event.clone()).collect();
    events.insert(0, event("first", "a", TIME));
    events.push(with("properties", properties(64)));
    let receipt: Receipt = tenant.send_events(&events).await.is(202).json();
    assert_eq!(receipt.accepted, 2, "nothing valid is lost: {receipt:?}");
    let codes: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
    let expected: Vec<_> = (1..).zip(wrong.iter().map(|(code, _)| *code)).collect();
    assert_eq!(codes, expected);
    assert!(receipt.rejected.iter().all(|r| !r.detail.is_empty()));
    tenant.sees(2).await;
}

#[tokio::test]
async fn a_line_that_is_no_json_is_refused_alone() {
    let tenant = tenant().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines = [
        &event("a", "a", TIME).to_string(),
        "{\"id\":",
        "{}x",
        &deep[..30_000],
        &event("b", "a", TIME).to_string(),
    ]
    .join("\n");
    let call = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", lines);
    let receipt: Receipt = call.await.is(202).json();
    assert_eq!(receipt.accepted, 2);
    let indexes: Vec<_> = receipt.rejected.iter().map(|r| r.index).collect();
    assert_eq!(indexes, [1, 2, 3]);
    tenant.sees(2).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_whole() {
    let tenant = tenant().await;
    let json = "application/json";
    let array = json!([full()]).to_string();
    let half = gzip(array.as_bytes());
    let half = half[..half.len() / 2].to_vec();
    let plain =
        |kind: &str, bytes: Vec<u8>| tenant.call(Method::POST, "/v1/events").body(kind, bytes);
    let packed = |bytes: Vec<u8>| plain(json, bytes).header("content-encoding", "gzip");
    plain(json, Vec::new()).await.refused(400, "empty_body");
    plain("application/x-ndjson", b"\n \n".to_vec()).await.refused(400, "empty_body");
    plain(json, b"\xff\xfe".to_vec()).await.refused(400, "invalid_utf8");
    plain("application/x-ndjson", b"{\"id\":\"\xc3\x28\"}".to_vec())
        .await
        .refused(400, "invalid_utf8");
    plain(json, b"[{".to_vec()).await.refused(400, "invalid_json");
    plain(json, format!("{array} x").into_bytes()).await.refused(400, "invalid_json");
    plain(json, "[".repeat(100_000).into_bytes()).await.refused(400, "invalid_json");
    plain(json, full().to_string().into_bytes()).await.refused(400, "not_an_array");
    plain(json, b"null".to_vec()).await.refused(400, "not_an_array");
    packed(half).await.refused(400, "invalid_gzip");
    packed(array.clone().into_bytes()).await.refused(400, "invalid_gzip");
    packed(gzip(b"")).await.refused(400, "empty_body");
    plain("text/plain", array.clone().into_bytes()).await.refused(415, "unsupported_media_type");
    let strange = plain(json, array.into_bytes()).header("content-encoding", "br");
    strange.await.refused(415, "unsupported_encoding");
    assert_eq!(tenant.count(json!([])).await, 0);
}

#[tokio::test]
async fn a_thousand_events_are_the_most() {
    let tenant = tenant().await;
    let many = numbered("a", 1_001);
    let refused = tenant.send_events(&many).await.refused(413, "too_many_events");
    assert!(refused.detail.contains("split"), "says what to do: {}", refused.detail);
    let lines = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", ndjson(&many));
    lines.await.refused(413, "too_many_events");
    assert_eq!(tenant.count(json!([])).await, 0);
    tenant.send_events(&many[..1_000]).await.is(202);
    tenant.sees(1_000).await;
}

#[tokio::test]
async fn five_megabytes_are_the_most_packed_or_not() {
    let tenant = tenant().await;
    let large = vec![b' '; 5_000_001];
    let plain = tenant.call(Method::POST, "/v1/events").body("application/json", large.clone());
    plain.await.refused(413, "body_too_large");
    let packed = tenant.call(Method::POST, "/v1/events").body("application/json", gzip(&large));
    packed.header("content-encoding", "gzip").await.refused(413, "body_too_large");
}

/// Two hundred megabytes of nothing in two hundred kilobytes.
#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked() {
    let tenant = tenant().await;
    let bomb = gzip(&vec![b'['; 200_000_000]);
    assert!(bomb.len() < 1_000_000);
    let call = tenant.call(Method::POST, "/v1/events").body("application/json", bomb);
    call.header("content-encoding", "gzip").await.refused(413, "body_too_large");
}
