//! Answers in the form that `Accept` names, and exports.

use inlay_tests::{Answer, Caller as _, Inlay, TenantClient, event};
use serde_json::{Value, json};

const ARROW: &str = "application/vnd.apache.arrow.stream";

async fn fed() -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let mut events = Vec::new();
    for (n, page) in ["=cmd()", "/b", "/b"].into_iter().enumerate() {
        let mut event = event(&format!("e-{n}"), "view", "2026-11-19T10:00:00Z");
        event["page"] = json!(page);
        event["value"] = json!("0.10");
        event["currency"] = json!("EUR");
        events.push(event);
    }
    tenant.feed(&events, 3).await;
    tenant
}

fn query() -> Value {
    json!({
        "measures": ["events", "value"], "dimensions": ["page"],
        "time": {"from": "2026-11-19", "to": "2026-11-20"},
    })
}

async fn ask(tenant: &TenantClient, path: &str, body: &Value, accept: &str) -> Answer {
    tenant.dress(tenant.call(http::Method::POST, path)).json(body).header("accept", accept).await
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("CSV is UTF-8")
}

#[tokio::test]
async fn csv_runs_no_formula_and_names_its_columns() {
    let tenant = fed().await;
    let answer = ask(&tenant, "/v1/query", &query(), "text/csv").await.is(200);
    assert_eq!(text(&answer), "page,events,value\r\n/b,2,0.20\r\n'=cmd(),1,0.10\r\n");
    assert!(answer.header("vary").is_some_and(|vary| vary.contains("Accept")), "{answer}");
    let rows = json!({"columns": ["page"], "time": {"from": "2026-11-19", "to": "2026-11-20"}, "limit": 2});
    let answer = ask(&tenant, "/v1/rows", &rows, "text/csv").await.is(200);
    assert_eq!(text(&answer), "page\r\n/b\r\n/b\r\n");
    assert!(answer.header("inlay-next").is_some());
}

#[tokio::test]
async fn arrow_is_a_stream_of_typed_columns() {
    let tenant = fed().await;
    for (path, body) in [
        ("/v1/query", query()),
        ("/v1/rows", json!({"time": {"from": "2026-11-19", "to": "2026-11-20"}})),
    ] {
        let answer = ask(&tenant, path, &body, ARROW).await.is(200);
        // Each message of the stream begins with a continuation mark, the last one is empty.
        assert_eq!(answer.body[..4], [0xff; 4]);
        assert!(answer.body.ends_with(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    }
}

#[tokio::test]
async fn another_form_is_refused() {
    let tenant = fed().await;
    for accept in ["text/html", "application/json;q=0", "application/vnd.apache.arrow.file"] {
        ask(&tenant, "/v1/query", &query(), accept).await.refused(406, "not_acceptable");
    }
    let rows = json!({"time": {"from": "2026-11-19", "to": "2026-11-20"}});
    ask(&tenant, "/v1/rows", &rows, "image/png").await.refused(406, "not_acceptable");
    ask(&tenant, "/v1/query", &query(), "text/html, */*;q=0.1").await.is(200);
}

#[tokio::test]
async fn a_viewer_takes_a_panel_away_as_csv() {
    let tenant = fed().await;
    let grant = json!({
        "capabilities": ["export:csv"],
        "filters": [{"dimension": "page", "op": "in", "values": ["/b"]}],
    });
    let viewer = tenant.viewer(grant).await;
    let answer = viewer.get("/v1/embed/export?dashboard=overview&panel=pages").await.is(200);
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"overview-pages.csv\"")
    );
    assert_eq!(text(&answer), "\u{feff}Page,Events\r\n/b,2\r\n");
    let range = "/v1/embed/export?dashboard=overview&panel=pages&range=7d";
    viewer.get(range).await.refused(403, "missing_capability");
}
