//! `POST /v1/oauth/token` and what clients find out before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use inlay_shared::{Client, TokenAnswer};
use inlay_tests::{Caller as _, Inlay, Jose};
use serde_json::json;

const TOKEN: &str = "/v1/oauth/token";

fn secret(client: &Client) -> &str {
    client.client_secret.as_deref().expect("the client was just made")
}

#[tokio::test]
async fn credentials_are_taken_in_the_header_or_in_the_body_but_not_in_both() {
    let inlay = Inlay::start().await;
    let client = inlay.operator_client();
    let basic =
        format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, secret(client))));
    let grant = [("grant_type", "client_credentials")];
    let by_header = inlay.call(Method::POST, TOKEN).form(&grant).header("authorization", &basic);
    let token: TokenAnswer = by_header.await.is(200).json();
    assert_eq!((token.token_type.as_str(), token.expires_in), ("Bearer", 900));
    inlay.anonymous().token(client, &[]).await.is(200);
    let both = inlay.anonymous().token(client, &[]).header("authorization", &basic).await.is(400);
    assert_eq!(both.value()["error"], "invalid_request");
}

#[tokio::test]
async fn an_access_token_says_what_it_is() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let token = Jose::take_apart(tenant.token());
    assert_eq!(token.header["typ"], "at+jwt");
    assert_eq!(token.header["alg"], "ES256");
    assert_eq!(token.claims["iss"], inlay.door().url());
    assert_eq!(token.claims["tid"], "acme");
    for claim in ["aud", "sub", "client_id", "jti", "iat", "exp"] {
        assert!(!token.claims[claim].is_null(), "{claim}");
    }
    let keys = inlay.anonymous().get("/.well-known/jwks.json").await.is(200).value();
    assert_eq!(keys["keys"][0]["kid"], token.header["kid"]);
}

#[tokio::test]
async fn a_scope_narrows_and_never_widens() {
    let inlay = Inlay::start().await;
    let client = inlay.operator_client();
    let one = inlay.anonymous().token(client, &[("scope", "tenants:read")]).await.is(200);
    assert_eq!(one.json::<TokenAnswer>().scope, "tenants:read");
    let made = inlay.tenant("acme").await;
    let made = made
        .operator()
        .post("/v1/tenants/acme/clients", &json!({"name": "c", "scopes": ["events:write"]}))
        .await
        .is(201);
    let weak: Client = made.json();
    for scope in ["data:read", "tenants:write", "everything", "events:write data:read"] {
        let refused = inlay.anonymous().token(&weak, &[("scope", scope)]).await.is(400);
        assert_eq!(refused.value()["error"], "invalid_scope", "{scope}");
    }
    let exchange = inlay.operator().await.with_scopes(&[inlay_shared::Scope::DataRead]).await;
    let wide = [inlay_shared::Scope::EventsWrite];
    assert_eq!(
        exchange.try_exchange("acme", Some(&wide)).await.is(400).value()["error"],
        "invalid_scope"
    );
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_are_answered_alike() {
    let inlay = Inlay::start().await;
    let client = inlay.operator_client();
    let mut wrong = client.clone();
    wrong.client_secret = Some("inlay_secret_wrong".into());
    let mut unknown = wrong.clone();
    unknown.client_id = "client_01h455vb4pex5vsknk084sn02q".into();
    let mut odd = wrong.clone();
    odd.client_id = "nobody".into();
    let mut bodies = Vec::new();
    for client in [wrong, unknown, odd] {
        let answer = inlay.anonymous().token(&client, &[]).await.is(401);
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"inlay\""));
        bodies.push(answer.value());
    }
    assert_eq!(bodies[0]["error"], "invalid_client");
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test]
async fn other_requests_are_refused_by_their_names() {
    let inlay = Inlay::start().await;
    let client = inlay.operator_client();
    let asked = async |more: &[(&str, &str)]| {
        inlay.anonymous().token(client, more).await.is(400).value()["error"].clone()
    };
    assert_eq!(asked(&[("grant_type", "password")]).await, "unsupported_grant_type");
    assert_eq!(asked(&[("scope", "a"), ("scope", "b")]).await, "invalid_request");
    let empty = inlay.call(Method::POST, TOKEN).form(&[]).await.is(400);
    assert_eq!(empty.value()["error"], "invalid_request");
}

#[tokio::test]
async fn an_exchange_needs_a_known_tenant_and_the_clients_own_token() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let operator = tenant.operator();
    let refused = async |tenant: &str| {
        operator.try_exchange(tenant, None).await.is(400).value()["error"].clone()
    };
    assert_eq!(refused("unknown").await, "invalid_target");
    assert_eq!(refused("NO TENANT").await, "invalid_request");
    let made = operator.post("/v1/tenants/acme/clients", &json!({"name": "c"})).await.is(201);
    let client: Client = made.json();
    let exchange = |token: String| {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", &*token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("audience", "tenant:acme"),
        ];
        inlay.anonymous().token(&client, &fields)
    };
    let stolen = exchange(operator.token().to_owned()).await.is(400);
    assert_eq!(stolen.value()["error"], "invalid_grant");
    let own: TokenAnswer = inlay.anonymous().token(&client, &[]).await.is(200).json();
    let answer = exchange(own.access_token).await.is(400);
    assert_eq!(answer.value()["error"], "unauthorized_client");
    let garbage = exchange("a.b.c".into()).await.is(400);
    assert_eq!(garbage.value()["error"], "invalid_grant");
}

#[tokio::test]
async fn the_metadata_leads_to_what_is_there() {
    let inlay = Inlay::start().await;
    let metadata = "/.well-known/oauth-authorization-server";
    let metadata = inlay.anonymous().get(metadata).await.is(200).value();
    assert_eq!(metadata["issuer"], inlay.door().url());
    assert_eq!(metadata["token_endpoint"], format!("{}{TOKEN}", inlay.door().url()));
    assert_eq!(metadata["jwks_uri"], format!("{}/.well-known/jwks.json", inlay.door().url()));
}

#[tokio::test]
async fn no_key_shows_its_private_half() {
    let inlay = Inlay::start().await;
    let jwks = inlay.anonymous().get("/.well-known/jwks.json").await.is(200).value();
    for key in jwks["keys"].as_array().expect("keys") {
        assert!(key.get("d").is_none());
    }
}
