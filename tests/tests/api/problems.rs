//! Errors as the wire shows them, and the two questions of whoever supervises the process. (That each
//! answer has its security headers and its request id is checked with every call of every suite.)

use http::Method;
use inlay_tests::{Caller as _, Inlay};

#[tokio::test]
async fn what_does_not_exist_is_a_problem() {
    let inlay = Inlay::start().await;
    for path in ["/v1", "/v1/", "/nothing", "/v1/events/", "/.env", "/v1/tenants/acme/nothing"] {
        inlay.anonymous().get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn another_method_is_a_problem_that_names_the_right_ones() {
    let inlay = Inlay::start().await;
    let answer = inlay.call(Method::DELETE, "/v1/tenants").await;
    answer.refused(405, "method_not_allowed");
    let allow = answer.header("allow").expect("Allow is there");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test]
async fn a_broken_body_says_where() {
    let inlay = Inlay::start().await;
    let operator = inlay.operator().await;
    let call =
        |body: &str| operator.call(Method::POST, "/v1/tenants").body("application/json", body);
    call("{\"id\":").await.refused(400, "invalid_json");
    call("{\"id\":\"a\"} x").await.refused(400, "invalid_json");
    call("").await.refused(400, "invalid_json");
    let wrong = call("{\"id\":\"a\",\"origins\":[1]}").await;
    wrong.refused(422, "invalid_body");
    assert_eq!(wrong.pointers(), ["/origins/0"]);
    let twice = call("{\"id\":\"a\",\"id\":\"b\"}").await;
    twice.refused(422, "invalid_body");
}

#[tokio::test]
async fn each_request_has_its_own_id() {
    let inlay = Inlay::start().await;
    let one = inlay.anonymous().get("/livez").await.is(200);
    let other = inlay.anonymous().get("/livez").await.is(200);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[tokio::test]
async fn the_process_is_alive_and_ready() {
    let inlay = Inlay::start().await;
    inlay.anonymous().get("/livez").await.is(200);
    inlay.anonymous().get("/readyz").await.is(200);
}
