//! Erasing a whole tenant.

use std::time::Duration;

use inlay_shared::{ErasureState, TenantErasure};
use inlay_tests::{Caller as _, Inlay, ORIGIN, Operator, eventually, numbered};
use serde_json::json;

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
