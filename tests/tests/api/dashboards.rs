//! `/v1/dashboards`

use inlay_tests::{Caller as _, Inlay, dashboard};
use serde_json::json;

#[tokio::test]
async fn a_dashboard_is_stored_as_it_was_written() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let written = dashboard("sales");
    tenant.put("/v1/dashboards/sales", &written).await.is(200);
    assert_eq!(tenant.get("/v1/dashboards/sales").await.is(200).value(), written);
    let names = tenant.get("/v1/dashboards").await.is(200).value();
    let names: Vec<_> =
        names["data"].as_array().into_iter().flatten().map(|d| d["name"].clone()).collect();
    assert_eq!(json!(names), json!(["overview", "sales"]));
}

#[tokio::test]
async fn a_dashboard_that_could_not_be_answered_is_refused_with_every_reason() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let mut wrong = dashboard("other");
    wrong["range"] = json!("forever");
    wrong["panels"][0]["width"] = json!(13);
    wrong["panels"][1]["query"]["grain"] = json!(null);
    wrong["panels"][1]["query"].as_object_mut().expect("a query").remove("grain");
    wrong["panels"][2]["id"] = wrong["panels"][0]["id"].clone();
    wrong["panels"][3]["query"]["measures"] = json!(["evnets"]);
    let answer = tenant.put("/v1/dashboards/sales", &wrong).await;
    answer.refused(422, "invalid_dashboard");
    let pointers = answer.pointers();
    for pointer in [
        "/name",
        "/range",
        "/panels/0/width",
        "/panels/1/query/grain",
        "/panels/2/id",
        "/panels/3/query/measures/0",
    ] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer}: {pointers:?}");
    }
    tenant.get("/v1/dashboards/sales").await.refused(404, "unknown_dashboard");
}
