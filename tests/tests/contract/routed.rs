//! Router and contract name the same operations.

use std::collections::BTreeSet;

use inlay_server::api;
use inlay_tests::{Caller as _, Inlay, contract, samples};

#[tokio::test]
async fn every_route_is_documented_and_every_operation_is_routed() {
    let inlay = Inlay::start().await;
    let routed: BTreeSet<(String, String)> = api::operations(inlay.running().inlay())
        .into_iter()
        .map(|operation| (operation.method, operation.path.to_owned()))
        .collect();
    let documented: BTreeSet<(String, String)> = contract()
        .operations()
        .iter()
        .map(|operation| (operation.method.clone(), operation.path.clone()))
        .collect();
    let undocumented: Vec<_> = routed.difference(&documented).collect();
    let unrouted: Vec<_> = documented.difference(&routed).collect();
    assert!(undocumented.is_empty(), "routed, and not in the contract: {undocumented:?}");
    assert!(unrouted.is_empty(), "in the contract, and not routed: {unrouted:?}");
}

#[tokio::test]
async fn the_served_contract_is_the_one_of_the_repository() {
    let inlay = Inlay::start().await;
    let served = inlay.anonymous().get("/openapi.json").await.is(200).value();
    assert_eq!(&served, contract().document());
}

#[tokio::test]
async fn every_operation_answers_its_right_caller() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let all = serde_json::json!({"capabilities": ["filter", "rows", "export:csv"]});
    let viewer = tenant.viewer(all).await;
    tenant
        .configure(
            "brand",
            &serde_json::json!({"name": "A", "accent": "#000000", "accent_dark": "#ffffff"}),
        )
        .await
        .is(200);
    tenant
        .configure("domains", &serde_json::json!({"domains": ["own.acme.example"]}))
        .await
        .is(200);
    let samples = samples(&tenant, "other").await;
    let sampled: BTreeSet<_> = samples.iter().map(|sample| sample.id.to_owned()).collect();
    let documented: BTreeSet<_> = contract().operations().iter().map(|o| o.id.clone()).collect();
    assert_eq!(sampled, documented, "each operation has one sample");
    for mut sample in samples {
        if sample.target.contains("/dead_") {
            let letter = tenant.dead_letter().await;
            sample.target = sample.target.replace("dead_01h455vb4pex5vsknk084sn02q", &letter);
        }
        let call = sample.by_right(&tenant, &viewer);
        let answer = match sample.id {
            "issueToken" => continue,
            "getOwnPage" => call.header("host", "own.acme.example").await,
            _ => call.await,
        };
        assert!((200..300).contains(&answer.status), "{} {answer}", sample.id);
    }
}
