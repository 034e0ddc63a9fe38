//! `Idempotency-Key` on writes that make something anew.

use std::time::Duration;

use inlay_shared::Scope;
use inlay_tests::{Caller as _, Inlay, event};
use serde_json::{Value, json};

const KEY: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";
const REPLAYED: &str = "idempotency-replayed";

#[tokio::test]
async fn a_repeated_write_is_answered_again_and_not_done_again() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let events = [event("e-1", "a", "2026-11-19T10:00:00Z")];
    let send = || tenant.send_events(&events).header("idempotency-key", KEY);
    let first = send().await.is(202);
    assert_eq!(first.header(REPLAYED), None);
    let second = send().await.is(202);
    assert_eq!(second.header(REPLAYED), Some("true"));
    assert_eq!(second.body, first.body, "without the key it would be a duplicate");
    assert_eq!(second.header("content-type"), first.header("content-type"));
    assert_eq!(tenant.send_events(&events).await.is(202).value()["duplicates"], 1);

    let mint = |key: &str| {
        tenant.post("/v1/embed/sessions", &tenant.grant()).header("idempotency-key", key)
    };
    let first = mint("\"mint-1\"").await.is(201);
    let second = mint("\"mint-1\"").await.is(201);
    assert_eq!(second.value(), first.value());
    assert_eq!(second.header("cache-control"), Some("no-store"));
    assert_ne!(mint("\"mint-2\"").await.is(201).value(), first.value());

    let operator = inlay.operator().await;
    let body = json!({"id": "globex", "name": "Globex"});
    let create = || operator.post("/v1/tenants", &body).header("idempotency-key", KEY);
    let first = create().await.is(201);
    assert_eq!(create().await.is(201).value(), first.value(), "and not 409");
}

#[tokio::test]
async fn an_import_an_erasure_and_a_public_key_are_made_once() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let import = |query: &str, file: &str| {
        let call = acme.call(http::Method::POST, &format!("/v1/imports{query}"));
        call.body("text/csv", file).header("idempotency-key", "\"import\"")
    };
    let file = "time,name\n2026-11-19,n\n";
    let first = import("", file).await.is(202);
    let second = import("", file).await.is(202);
    assert_eq!(second.header(REPLAYED), Some("true"));
    assert_eq!((&second.body, second.header("location")), (&first.body, first.header("location")));
    import("", "time,name\n2026-11-19,m\n").await.refused(422, "idempotency_key_reused");
    import("?skip=name", file).await.refused(422, "idempotency_key_reused");
    let list = acme.get("/v1/imports").await.is(200).value();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");
    let bare = acme.call(http::Method::POST, "/v1/imports").body("text/csv", file);
    bare.header("idempotency-key", "bare").await.refused(400, "invalid_idempotency_key");

    let erase = |user: &str| {
        let call = acme.post("/v1/privacy/erasures", &json!({"user": user}));
        call.header("idempotency-key", "\"erase\"")
    };
    let first = erase("u1").await.is(202);
    let second = erase("u1").await.is(202);
    assert_eq!((&second.body, second.header("location")), (&first.body, first.header("location")));
    erase("u2").await.refused(422, "idempotency_key_reused");
    let list = acme.get("/v1/privacy/erasures").await.is(200).value();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");

    let key = || {
        let call = acme.operator().post("/v1/tenants/acme/public-keys", &json!({"name": "site"}));
        call.header("idempotency-key", KEY)
    };
    let first = key().await.is(201).value();
    assert_eq!(key().await.is(201).value(), first);
}

#[tokio::test]
async fn a_key_is_of_the_whole_address() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let send = |target: &str| {
        let events = json!([event("e-1", "a", "2026-11-19T10:00:00Z")]);
        acme.post(target, &events).header("idempotency-key", KEY)
    };
    send("/v1/events").await.is(202);
    send("/v1/events?source=shop").await.refused(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_secret_that_is_shown_once_is_shown_again_and_does_not_lie_in_the_database() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let body = json!({"name": "collector", "scopes": ["events:write"]});
    let create = || {
        let path = "/v1/tenants/acme/clients";
        tenant.operator().post(path, &body).header("idempotency-key", KEY)
    };
    let first = create().await.is(201).value();
    assert_eq!(create().await.is(201).value(), first);
    let secret = first["client_secret"].as_str().expect("a secret").as_bytes().to_owned();
    let key = KEY.trim_matches('"').as_bytes();
    for file in ["control.db", "control.db-wal"] {
        let bytes = std::fs::read(inlay.folder().join(file)).expect("the file is there");
        for hidden in [&*secret, key] {
            let found = bytes.windows(hidden.len()).any(|window| window == hidden);
            assert!(!found, "{file} has {}", String::from_utf8_lossy(hidden));
        }
    }
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_client() {
    let inlay = Inlay::start().await;
    let (acme, globex) = (inlay.tenant("acme").await, inlay.tenant("globex").await);
    let send = |tenant: &inlay_tests::TenantClient, id: &str| {
        let events = [event(id, "a", "2026-11-19T10:00:00Z")];
        tenant.send_events(&events).header("idempotency-key", KEY)
    };
    send(&acme, "e-1").await.is(202);
    send(&acme, "e-2").await.refused(422, "idempotency_key_reused");
    let session = acme.post("/v1/embed/sessions", &acme.grant()).header("idempotency-key", KEY);
    session.await.refused(422, "idempotency_key_reused");
    // Another tenant's key is another, and so is that of a token with other rights.
    let answer = send(&globex, "e-1").await.is(202);
    assert_eq!((answer.header(REPLAYED), answer.value()["accepted"].clone()), (None, json!(1)));
    let weak = acme.without(Scope::EventsWrite).await;
    send(&weak, "e-1").await.refused(403, "missing_scope");
    let call = inlay.call(http::Method::POST, "/v1/events").json(&json!([]));
    call.header("idempotency-key", KEY).await.refused(401, "token_missing");
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let mint =
        |grant: &Value| tenant.post("/v1/embed/sessions", grant).header("idempotency-key", KEY);
    let mut grant = tenant.grant();
    grant["dashboards"] = json!(["unknown"]);
    mint(&grant).await.refused(422, "invalid_session");
    let answer = mint(&tenant.grant()).await.is(201);
    assert_eq!(answer.header(REPLAYED), None);
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let long = format!("\"{}\"", "k".repeat(256));
    for odd in ["", "bare", "\"", "\"\"", "\"open", "\"a\"b\"", "\"back\\slash\"", &long] {
        let call = tenant.send_events(&[]).header("idempotency-key", odd);
        call.await.refused(400, "invalid_idempotency_key");
    }
    let two =
        tenant.send_events(&[]).header("idempotency-key", KEY).another("idempotency-key", KEY);
    two.await.refused(400, "invalid_idempotency_key");
    // Reads are what they are; the header says nothing there.
    tenant.get("/v1/dashboards").header("idempotency-key", "bare").await.is(200);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day() {
    let inlay = Inlay::start().await;
    inlay.tenant("acme").await;
    let body = json!({"name": "collector", "scopes": ["events:write"]});
    let create = async || {
        let operator = inlay.operator().await;
        let call = operator.post("/v1/tenants/acme/clients", &body);
        call.header("idempotency-key", KEY).await.is(201).value()
    };
    let first = create().await;
    inlay.advance(Duration::from_secs(24 * 3_600 - 1));
    assert_eq!(create().await, first);
    inlay.advance(Duration::from_secs(1));
    assert_ne!(create().await, first);
}
