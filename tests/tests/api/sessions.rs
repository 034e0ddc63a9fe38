//! `POST` and `DELETE /v1/embed/sessions`

use inlay_shared::Session;
use inlay_tests::{Caller as _, Inlay, Jose, ORIGIN};
use serde_json::{Value, json};

#[tokio::test]
async fn a_token_grants_what_was_asked_and_no_more() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let session: Session = tenant.post("/v1/embed/sessions", &tenant.grant()).await.is(201).json();
    let token = Jose::take_apart(&session.token);
    assert_eq!(token.header["typ"], "inlay-embed+jwt");
    assert_eq!(session.expires_in, 300);
    assert_eq!(token.claims["jti"], json!(session.id));
    assert_eq!(token.claims["tid"], "acme");
    assert_eq!(token.claims["dashboards"], json!(["overview"]));
    assert_eq!(token.claims["capabilities"], json!([]));
    assert_eq!(token.claims["origin"], ORIGIN);
    let lives = token.claims["exp"].as_i64().zip(token.claims["iat"].as_i64());
    assert_eq!(lives.map(|(end, begin)| end - begin), Some(300));
}

#[tokio::test]
async fn the_operator_mints_for_any_tenant() {
    let tenant = Inlay::start().await.tenant("acme").await;
    tenant.operator().post("/v1/embed/sessions", &tenant.grant()).await.is(201);
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let tenant = Inlay::start().await.tenant("acme").await;
    for (field, value, pointer) in [
        ("ttl", json!(9), "/ttl"),
        ("ttl", json!(901), "/ttl"),
        ("viewer", json!(""), "/viewer"),
        ("viewer", json!("v".repeat(129)), "/viewer"),
        ("dashboards", json!([]), "/dashboards"),
        ("dashboards", json!(["overview", "unknown"]), "/dashboards/1"),
        ("dashboards", json!(["../overview"]), "/dashboards/0"),
        ("origin", json!("null"), "/origin"),
        ("origin", json!("*"), "/origin"),
        ("origin", json!("https://unlisted.example"), "/origin"),
        ("origin", json!("https://portal.example/path"), "/origin"),
        ("zone", json!("Mars/Olympus"), "/zone"),
        ("lang", json!("<script>"), "/lang"),
        ("filters", json!([{"dimension": "tenant", "op": "in", "values": []}]), "/filters/0"),
        ("capabilities", json!(["filter", "filter"]), "/capabilities"),
    ] {
        let mut grant = tenant.grant();
        grant[field] = value;
        let answer = tenant.post("/v1/embed/sessions", &grant).await;
        answer.refused(422, "invalid_session");
        let pointers = answer.pointers();
        assert!(pointers.iter().all(|found| found.starts_with(pointer)), "{field}: {pointers:?}");
        assert!(!pointers.is_empty(), "{field}");
    }
}

#[tokio::test]
async fn nothing_unknown_is_granted() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let refused = async |field: &str, value: Value, code: &str, pointer: &str| {
        let mut grant = tenant.grant();
        grant[field] = value;
        let answer = tenant.post("/v1/embed/sessions", &grant).await;
        answer.refused(422, code);
        assert_eq!(answer.pointers(), [pointer]);
    };
    refused("capabilities", json!(["filter", "everything"]), "invalid_body", "/capabilities/1")
        .await;
    refused("admin", json!(true), "unknown_field", "/admin").await;
    let filter = json!([{"dimension": "country", "op": "like", "values": ["D"]}]);
    refused("filters", filter, "invalid_body", "/filters/0/op").await;
    refused("ttl", json!("300"), "invalid_body", "/ttl").await;
}

#[tokio::test]
async fn an_ended_session_is_refused_at_once_and_others_live() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let one = tenant.viewer(json!({})).await;
    let other = tenant.viewer(json!({})).await;
    let path = format!("/v1/embed/sessions/{}", one.session().id);
    for _ in 0..2 {
        tenant.delete(&path).await.is(204);
        one.view("").await.refused(401, "session_revoked");
    }
    other.view("").await.is(200);
}
