//! CORS: exactly the listed origins, never `*`, never `null`, never with credentials.

use http::Method;
use inlay_tests::{Answer, Call, Caller as _, Inlay, ORIGIN};
use serde_json::json;

const PATHS: [&str; 3] = ["/v1/embed/view", "/v1/embed/query", "/v1/embed/live"];

fn preflight(inlay: &Inlay, path: &str, origin: &str) -> Call {
    inlay
        .call(Method::OPTIONS, path)
        .from_page(origin)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
}

fn allowed(answer: &Answer) -> Option<&str> {
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let vary: Vec<_> =
        answer.headers.get_all("vary").iter().map(|v| v.to_str().unwrap_or_default()).collect();
    assert!(vary.join(",").to_ascii_lowercase().contains("origin"), "{answer}");
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_preflight_of_a_listed_origin_is_allowed_exactly() {
    let inlay = Inlay::start().await;
    inlay.tenant("acme").await;
    for path in PATHS {
        let answer = preflight(&inlay, path, ORIGIN).await.is(204);
        assert_eq!(allowed(&answer), Some(ORIGIN));
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST"));
        let headers = "authorization, content-type, if-none-match, last-event-id";
        assert_eq!(answer.header("access-control-allow-headers"), Some(headers));
        assert_eq!(answer.headers.get_all("access-control-allow-origin").iter().count(), 1);
    }
}

#[tokio::test]
async fn a_preflight_of_another_origin_is_not_allowed() {
    let inlay = Inlay::start().await;
    inlay.tenant("acme").await;
    for path in PATHS {
        for origin in [
            "null",
            "*",
            "https://elsewhere.example",
            "http://portal.example",
            "https://portal.example.evil.example",
        ] {
            let answer = preflight(&inlay, path, origin).await.is(204);
            assert_eq!(allowed(&answer), None, "{origin}");
            assert_eq!(answer.header("access-control-allow-methods"), None, "{origin}");
        }
    }
}

#[tokio::test]
async fn a_listed_page_may_read_answers_and_refusals() {
    let inlay = Inlay::start().await;
    let viewer = inlay.tenant("acme").await.viewer(json!({})).await;
    assert_eq!(allowed(&viewer.view("").await.is(200)), Some(ORIGIN));
    let tag = viewer.view("").await.header("etag").expect("a tag").to_owned();
    assert_eq!(allowed(&viewer.view("").header("if-none-match", &tag).await.is(304)), Some(ORIGIN));
    let refused = inlay.call(Method::GET, "/v1/embed/view?dashboard=overview").from_page(ORIGIN);
    assert_eq!(allowed(&refused.await.is(401)), Some(ORIGIN));
}

#[tokio::test]
async fn an_unlisted_page_may_read_nothing() {
    let inlay = Inlay::start().await;
    let viewer = inlay.tenant("acme").await.viewer(json!({})).await;
    for origin in ["https://elsewhere.example", "null"] {
        assert_eq!(allowed(&viewer.on_page(origin).view("").await.is(403)), None);
        let none = inlay.call(Method::GET, "/v1/embed/view?dashboard=overview").from_page(origin);
        assert_eq!(allowed(&none.await.is(401)), None);
    }
}

#[tokio::test]
async fn other_operations_are_for_no_page() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    for path in ["/v1/dashboards", "/v1/dead-letters"] {
        let answer = tenant.get(path).from_page(ORIGIN).await.is(200);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let answer = preflight(&inlay, "/v1/events", ORIGIN).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
