//! `/v1/tenants` and what lies under it.

use http::Method;
use inlay_shared::{Client, Scope, TokenAnswer};
use inlay_tests::{Caller as _, Inlay, ORIGIN};
use serde_json::{Value, json};

#[tokio::test]
async fn a_new_tenant_is_there_with_a_dashboard() {
    let inlay = Inlay::start().await;
    let operator = inlay.operator().await;
    let new = json!({"id": "acme", "name": "Acme", "origins": ["https://Portal.Example:443/"]});
    let made = operator.post("/v1/tenants", &new).await.is(201);
    assert_eq!(made.header("location"), Some("/v1/tenants/acme"));
    assert_eq!(operator.get("/v1/tenants/acme").await.is(200).value(), made.value());
    let origins = operator.get("/v1/tenants/acme/origins").await.is(200).value();
    assert_eq!(origins, json!({"origins": [ORIGIN]}), "in the form in which browsers send it");
    let tenant = operator.exchange("acme", None).await;
    tenant.get("/v1/dashboards/overview").await.is(200);
    operator.post("/v1/tenants", &new).await.refused(409, "tenant_exists");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let inlay = Inlay::start().await;
    let operator = inlay.operator().await;
    let new =
        json!({"id": "../acme", "name": "", "origins": [ORIGIN, "null", "*", "http://a.example"]});
    let answer = operator.post("/v1/tenants", &new).await;
    answer.refused(422, "invalid_tenant");
    let wrong = ["/id", "/name", "/origins/1", "/origins/2", "/origins/3"];
    assert_eq!(answer.pointers(), wrong);
}

#[tokio::test]
async fn pages_of_tenants_lead_on() {
    let inlay = Inlay::start().await;
    let operator = inlay.operator().await;
    for id in ["e", "d", "c", "b", "a"] {
        operator.post("/v1/tenants", &json!({"id": id})).await.is(201);
    }
    assert_eq!(operator.tenants().await, ["a", "b", "c", "d", "e"]);
    let first = operator.get("/v1/tenants?limit=3").await.is(200);
    let link = first.header("link").expect("there are more");
    let next = link[1..].split_once('>').expect("a link").0.to_owned();
    let second = operator.get(&next).await.is(200);
    assert_eq!(second.value()["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(second.header("link"), None);
}

#[tokio::test]
async fn a_clients_secret_is_shown_once_and_works() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let new = json!({"name": "collector", "scopes": ["events:write"]});
    let made = tenant.operator().post("/v1/tenants/acme/clients", &new).await.is(201);
    let client: Client = made.json();
    let token: TokenAnswer = inlay.anonymous().token(&client, &[]).await.is(200).json();
    assert_eq!(token.scope, Scope::EventsWrite.name());
    let call = || inlay.call(Method::POST, "/v1/events").bearer(&token.access_token);
    call().json(&json!([])).await.is(202);
    inlay
        .call(Method::GET, "/v1/dashboards")
        .bearer(&token.access_token)
        .await
        .refused(403, "missing_scope");
    let secret = client.client_secret.expect("shown once");
    for entry in std::fs::read_dir(inlay.folder()).expect("the folder is there").flatten() {
        let Ok(bytes) = std::fs::read(entry.path()) else { continue };
        let plain = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!plain, "{} has the secret in the clear", entry.path().display());
    }
}

#[tokio::test]
async fn lists_and_brand_are_replaced_and_checked() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let domains = json!({"domains": ["Insights.Acme.Example", "a.example"]});
    let kept = tenant.configure("domains", &domains).await.is(200).value();
    assert_eq!(kept, json!({"domains": ["a.example", "insights.acme.example"]}));
    let wrong =
        json!({"domains": ["ok.example", "http://a.example", "localhost", "*.example", "1.2.3.4"]});
    let answer = tenant.configure("domains", &wrong).await;
    answer.refused(422, "invalid_domain");
    assert_eq!(answer.pointers(), ["/domains/1", "/domains/2", "/domains/3", "/domains/4"]);
    tenant.operator().get("/v1/tenants/acme/brand").await.refused(404, "no_brand");
    let brand = json!({"name": "Acme", "accent": "#1f5eff", "accent_dark": "#88aaff"});
    assert_eq!(tenant.configure("brand", &brand).await.is(200).value(), brand);
    let wrong = json!({"name": "", "accent": "red", "accent_dark": "#fff;}"});
    let answer = tenant.configure("brand", &wrong).await;
    answer.refused(422, "invalid_brand");
    assert_eq!(answer.pointers(), ["/name", "/accent", "/accent_dark"]);
    let wrong = json!({"origins": ["null", "https://a.example/path", "https://u:p@a.example"]});
    let answer = tenant.configure("origins", &wrong).await;
    answer.refused(422, "invalid_origin");
    assert_eq!(answer.pointers(), ["/origins/0", "/origins/1", "/origins/2"]);
    let kept: Value = tenant.operator().get("/v1/tenants/acme/brand").await.is(200).value();
    assert_eq!(kept, brand, "a refused write changes nothing");
}
