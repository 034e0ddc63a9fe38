//! Erasing a whole tenant.

use std::time::Duration;

use inlay_shared::{ErasureState, TenantErasure};
use inlay_tests::{Caller as _, Inlay, ORIGIN, Operator, eventually, numbered};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_tenant_is_gone_at_once_and_then_from_the_disk() {
    let inlay = Inlay::start().await;
    let operator = inlay.operator().await;
    let acme = inlay.tenant("acme-in-liquidation").await;
    let globex = inlay.tenant("globex").await;
    let viewer = acme.viewer(json!({})).await;
    acme.feed(&numbered("e", 100), 100).await;
    inlay.flush(acme.id()).await;
    acme.feed(&numbered("f", 10), 110).await;
    globex.feed(&numbered("e", 7), 7).await;

    let path = "/v1/tenants/acme-in-liquidation";
    let answer = operator.delete(path).await.is(202);
    let location = answer.header("location").unwrap().to_owned();
    operator.get(path).await.is(404);
    operator.delete(path).await.is(404);
    let refused = acme.send_events(&numbered("g", 1)).await.is(401);
    assert_eq!(refused.value()["code"], "token_invalid");
    acme.get("/v1/dashboards").await.is(401);
    viewer.get("/v1/embed/view?dashboard=overview").await.is(403);
    operator.post("/v1/embed/sessions", &acme.grant()).await.is(404);
    operator.try_exchange(acme.id(), None).await.is(400);
    let again = json!({"id": acme.id(), "origins": [ORIGIN]});
    let taken = operator.post("/v1/tenants", &again).await.is(409);
    assert_eq!(taken.value()["code"], "tenant_being_erased");
    reaches(&operator, &location, ErasureState::Erased).await;
    assert!(!inlay.folder().join("lake").join(acme.id()).exists());

    inlay.advance(Duration::from_secs(17 * 60));
    let operator = inlay.operator().await;
    let done = reaches(&operator, &location, ErasureState::Done).await;
    assert!(done.finished_at.is_some());
    assert_eq!(inlay.files_with(acme.id()), [] as [String; 0]);
    let globex = operator.exchange("globex", None).await;
    assert_eq!(globex.count(json!([])).await, 7);

    operator.post("/v1/tenants", &again).await.is(201);
    eventually("its tokens are taken again", async || {
        let acme = operator.exchange("acme-in-liquidation", None).await;
        (acme.get("/v1/dashboards").await.status == 200).then_some(())
    })
    .await;
    let acme = operator.exchange("acme-in-liquidation", None).await;
    assert_eq!(acme.count(json!([])).await, 0);
}

/// A sender may take its time; the tenant of that name is another one when its file is whole.
#[tokio::test]
async fn a_file_that_is_still_coming_is_no_import_of_the_next_tenant() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let file = "time,name,user\n2026-11-19T10:00:00Z,n,late-user\n";
    let (first, rest) = file.split_at(30);
    let address = inlay.door().url().trim_start_matches("http://").to_owned();
    let mut sender = TcpStream::connect(&address).await.expect("the server listens");
    let head = format!(
        "POST /v1/imports HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: text/csv\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{first}",
        acme.token(),
        file.len()
    );
    sender.write_all(head.as_bytes()).await.expect("the server reads");
    let folder = inlay.folder().join("imports");
    let files = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
    eventually("the file begins to come", async || (files() == 1).then_some(())).await;

    let operator = inlay.operator().await;
    let answer = operator.delete("/v1/tenants/acme").await.is(202);
    let location = answer.header("location").unwrap().to_owned();
    reaches(&operator, &location, ErasureState::Erased).await;
    inlay.advance(Duration::from_secs(17 * 60));
    let operator = inlay.operator().await;
    reaches(&operator, &location, ErasureState::Done).await;
    operator.post("/v1/tenants", &json!({"id": "acme", "origins": [ORIGIN]})).await.is(201);

    sender.write_all(rest.as_bytes()).await.expect("the server reads on");
    let mut answer = String::new();
    sender.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("token_invalid"), "{answer}");
    assert_eq!(files(), 0);
    assert_eq!(inlay.files_with("late-user"), [] as [String; 0]);
}

#[tokio::test]
async fn only_an_operator_erases_a_tenant() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let answer = acme.delete("/v1/tenants/acme").await.is(403);
    assert_eq!(answer.value()["code"], "operator_token_needed");
    inlay.operator().await.get("/v1/tenants/acme/erasure").await.is(404);
    acme.get("/v1/dashboards").await.is(200);
}

async fn reaches(operator: &Operator, target: &str, state: ErasureState) -> TenantErasure {
    eventually(&format!("{target} is {state:?}"), async || {
        let now: TenantErasure = operator.get(target).await.is(200).json();
        (now.state == state).then_some(now)
    })
    .await
}
