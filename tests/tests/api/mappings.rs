//! `/v1/mappings`: other systems' events become ours, and stay what they were when the rules change.

use http::Method;
use inlay_shared::{Answer, Mapping, Receipt};
use inlay_tests::{Caller as _, Inlay, TenantClient};
use serde_json::{Value, json};

const TIME: &str = "2026-11-19T10:00:00Z";

fn moves(from: &str, to: &str) -> Value {
    json!({"action": "move", "from": from, "to": to})
}

async fn put(tenant: &TenantClient, source: &str, rules: Value) -> Mapping {
    tenant.put(&format!("/v1/mappings/{source}"), &json!({"rules": rules})).await.is(200).json()
}

async fn send(tenant: &TenantClient, source: &str, events: Value) -> Receipt {
    let target = format!("/v1/events?source={source}");
    tenant.call(Method::POST, &target).json(&events).await.is(202).json()
}

async fn rows(tenant: &TenantClient, dimension: &str) -> Value {
    let query = json!({
        "measures": ["events"], "dimensions": [dimension], "order": [{"by": dimension}],
        "time": {"from": "2026-11-01", "to": "2026-11-21"}
    });
    json!(tenant.query(&query).await.is(200).json::<Answer>().rows)
}

#[tokio::test]
async fn events_of_another_system_become_ours() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let rules = json!([
        moves("type", "name"), moves("sentAt", "time"), moves("uuid", "id"), moves("uid", "user"),
        moves("context.page.url", "url"), moves("context.ip", "ip"),
        {"action": "drop", "from": "context"},
        {"action": "set", "to": "account", "value": "acme-co"}
    ]);
    let mapping = put(&tenant, "other", rules).await;
    assert_eq!((mapping.source.as_str(), mapping.version), ("other", 1));
    let event = json!({
        "uuid": "1", "type": "viewed", "sentAt": TIME, "uid": 42,
        "context": {"page": {"url": "https://a.example/b?utm_source=x"}, "ip": "203.0.113.9"}
    });
    let receipt = send(&tenant, "other", json!([event])).await;
    assert_eq!((receipt.accepted, receipt.rejected.len()), (1, 0), "{receipt:?}");
    for (dimension, expected) in [
        ("name", json!([["viewed", 1]])),
        ("user", json!([["42", 1]])),
        ("account", json!([["acme-co", 1]])),
        ("page", json!([["/b", 1]])),
        ("utm_source", json!([["x", 1]])),
    ] {
        assert_eq!(rows(&tenant, dimension).await, expected, "{dimension}");
    }
    // The same event from elsewhere is nobody's.
    let receipt = send(&tenant, "elsewhere", json!([event])).await;
    assert_eq!(receipt.rejected[0].code, "unknown_field");
}

#[tokio::test]
async fn an_accepted_event_is_always_read_by_the_rules_of_its_day() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let event = |id: &str| json!([{"id": id, "name": "n", "time": TIME, "place": "x"}]);
    put(&tenant, "shop", json!([moves("place", "page")])).await;
    assert_eq!(send(&tenant, "shop", event("1")).await.accepted, 1);
    put(&tenant, "shop", json!([moves("place", "referrer")])).await;
    assert_eq!(send(&tenant, "shop", event("2")).await.accepted, 1);
    put(&tenant, "shop", json!([])).await;
    assert_eq!(send(&tenant, "shop", event("3")).await.rejected[0].code, "unknown_field");
    let expected = json!([["x", 1], [null, 1]]);
    assert_eq!(rows(&tenant, "page").await, expected);
    assert_eq!(rows(&tenant, "referrer").await, expected);
}

#[tokio::test]
async fn events_without_a_source_are_those_of_default() {
    let tenant = Inlay::start().await.tenant("acme").await;
    put(&tenant, "default", json!([moves("place", "page")])).await;
    let event = json!({"id": "1", "name": "n", "time": TIME, "place": "x"});
    tenant.feed(&[event], 1).await;
    assert_eq!(rows(&tenant, "page").await, json!([["x", 1]]));
}

#[tokio::test]
async fn versions_count_and_rules_can_be_read() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let none: Mapping = tenant.get("/v1/mappings/shop").await.is(200).json();
    assert_eq!((none.version, none.rules.len()), (0, 0));
    let rules = json!([moves("place", "page")]);
    for version in [1, 1] {
        assert_eq!(put(&tenant, "shop", rules.clone()).await.version, version);
    }
    assert_eq!(put(&tenant, "shop", json!([])).await.version, 2);
    put(&tenant, "app", rules.clone()).await;
    let list = tenant.get("/v1/mappings").await.is(200).value();
    let shown: Vec<_> = list["data"].as_array().expect("a list").iter().collect();
    assert_eq!((&shown[0]["source"], &shown[0]["rules"]), (&json!("app"), &rules));
    assert_eq!((&shown[1]["source"], &shown[1]["version"]), (&json!("shop"), &json!(2)));
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused_by_their_place() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let rules =
        json!({"rules": [moves("a", "b"), {"action": "drop"}, {"action": "set", "to": "id"}]});
    let no = tenant.put("/v1/mappings/shop", &rules).await.refused(422, "invalid_mapping");
    let places: Vec<_> = no.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(places, ["/rules/1/from", "/rules/2/to"]);
}
