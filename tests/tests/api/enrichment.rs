//! What becomes of an event's user agent, addresses and spellings, and that a network address is nowhere.

use std::path::Path;

use http::Method;
use inlay_shared::{Answer, Receipt};
use inlay_tests::{Caller as _, Inlay, Setup, TenantClient, geo_database};
use serde_json::{Value, json};

const TIME: &str = "2026-11-19T10:00:00Z";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/130.0.0.0 Mobile Safari/537.36";

async fn with_countries() -> Inlay {
    Setup::default().with_geo(geo_database()).start().await
}

async fn groups(tenant: &TenantClient, dimension: &str) -> Vec<(Value, u64)> {
    let query = json!({
        "measures": ["events"], "dimensions": [dimension],
        "time": {"from": "2026-11-01", "to": "2026-11-21"}, "order": [{"by": dimension}]
    });
    let answer: Answer = tenant.query(&query).await.is(200).json();
    let count = |row: &Vec<Value>| row[1].as_u64().expect("a count");
    answer.rows.iter().map(|row| (row[0].clone(), count(row))).collect()
}

#[tokio::test]
async fn what_follows_from_an_event_can_be_asked_about() {
    let tenant = with_countries().await.tenant("acme").await;
    let events = [
        json!({
            "id": "1", "name": "view", "time": TIME, "user_agent": PHONE, "ip": "203.0.113.7",
            "url": "https://app.example/board?utm_source=autumn&utm_medium=email",
            "referrer": "https://www.google.com/search"
        }),
        json!({
            "id": "2", "name": "view", "time": TIME, "page": "/board", "referrer": "google.com",
            "ip": "2001:db8::1", "country": "CH"
        }),
    ];
    tenant.feed(&events, 2).await;
    for (dimension, expected) in [
        ("device", json!([["mobile", 1], [null, 1]])),
        ("browser", json!([["Chrome", 1], [null, 1]])),
        ("os", json!([["Android", 1], [null, 1]])),
        ("page", json!([["/board", 2]])),
        ("referrer", json!([["google.com", 2]])),
        ("channel", json!([["email", 1], ["search", 1]])),
        ("utm_source", json!([["autumn", 1], [null, 1]])),
        ("country", json!([["CH", 1], ["FR", 1]])),
    ] {
        assert_eq!(json!(groups(&tenant, dimension).await), expected, "{dimension}");
    }
}

#[tokio::test]
async fn an_event_is_understood_under_the_names_of_others() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let other = json!({
        "messageId": "1", "event": "view", "timestamp": TIME, "userId": "u1", "accountId": "a",
        "sessionId": "s", "pagePath": "/p", "amount": "1.50", "currencyCode": "EUR",
        "durationMs": 12, "properties": {"pageType": "x"}
    });
    let twice = json!({"id": "2", "name": "view", "time": TIME, "user": "u1", "userId": "u2"});
    let spelt = json!({"id": "3", "name": "view", "time": TIME, "properties": {"aB": 1, "a_b": 2}});
    let receipt = tenant.feed(&[other, twice, spelt], 1).await;
    let codes: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
    assert_eq!(codes, [(1, "duplicate_field"), (2, "duplicate_field")]);
    let query = json!({
        "measures": ["users", "accounts", "sessions", "value", "duration_avg"],
        "dimensions": ["name", "page"], "time": {"from": "2026-11-01", "to": "2026-11-21"}
    });
    let answer: Answer = tenant.query(&query).await.is(200).json();
    assert_eq!(json!(answer.rows), json!([["view", "/p", 1, 1, 1, "1.50", 12.0]]));
}

#[tokio::test]
async fn an_address_is_nowhere() {
    let inlay = with_countries().await;
    let tenant = inlay.tenant("acme").await;
    let address = "203.0.113.77";
    let events = [
        json!({"id": "1", "name": "n", "time": TIME, "ip": address}),
        json!({"id": "2", "name": "n", "time": TIME, "clientIp": address}),
        json!({"id": "3", "name": "n", "time": TIME, "properties": {"ipAddress": address, "a": 1}}),
        json!({"id": "4", "name": "n", "time": TIME, "ip": format!("{address}:80")}),
        json!({"id": "5", "name": "n", "time": TIME, "ip": [address]}),
        json!({"id": "6", "name": "n", "time": TIME, "context": {"request": [{"remoteAddr": address}]}}),
        json!({"id": "7", "name": "n", "ip": address}),
    ];
    let receipt = tenant.feed(&events, 3).await;
    let codes: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
    assert_eq!(
        codes,
        [(3, "invalid_ip"), (4, "wrong_type"), (5, "unknown_field"), (6, "missing_field")],
    );
    let broken = format!("{{\"id\":\"8\",\"ip\":\"{address}\"");
    let lines = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", broken);
    assert_eq!(lines.await.is(202).json::<Receipt>().rejected[0].code, "invalid_json");
    let letters = tenant.get("/v1/dead-letters").await.is(200);
    assert!(!letters.text().contains(address), "{letters}");
    assert!(!receipt.rejected.iter().any(|refused| refused.detail.contains(address)));
    assert_eq!(json!(groups(&tenant, "country").await), json!([["FR", 2], [null, 1]]));
    let mut files = 0;
    search(inlay.folder(), address, &mut files);
    assert!(files >= 1, "there is a control database to search");
}

/// No file below `folder` has the text in it.
fn search(folder: &Path, text: &str, files: &mut usize) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            search(&path, text, files);
            continue;
        }
        let bytes = std::fs::read(&path).expect("the file can be read");
        let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "{} has the address", path.display());
        *files += 1;
    }
}

#[tokio::test]
async fn the_last_instants_of_the_year_9999_are_out_of_range() {
    let tenant = Inlay::start().await.tenant("acme").await;
    for (time, code) in [
        ("9999-12-31T23:59:59Z", "time_out_of_range"),
        ("9999-12-31T23:59:59.999999999+00:00", "time_out_of_range"),
        ("9999-12-30T22:00:01Z", "time_out_of_range"),
        ("9999-12-32T00:00:00Z", "invalid_time"),
        ("9999-02-29T00:00:00Z", "invalid_time"),
    ] {
        let event = json!({"id": time, "name": "n", "time": time});
        let receipt: Receipt = tenant.send_events(&[event]).await.is(202).json();
        assert_eq!(receipt.rejected[0].code, code, "{time}");
    }
}
