//! `POST /v1/rows` and `POST /v1/embed/rows`: single events, each of them once.

use inlay_shared::RowsPage;
use inlay_tests::{Caller as _, Inlay, TenantClient, event};
use serde_json::{Value, json};

async fn fed(count: usize) -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let events: Vec<Value> = (0..count)
        .map(|n| {
            // Three at a time have the same instant.
            let mut event =
                event(&format!("e-{n:03}"), "view", &format!("2026-11-19T10:{:02}:00Z", n / 3));
            event["country"] = json!(["DE", "FR"][n % 2]);
            event["user"] = json!(format!("u{n}"));
            event["properties"] = json!({"plan": "pro"});
            event
        })
        .collect();
    tenant.feed(&events, count as u64).await;
    tenant
}

fn asked(more: Value) -> Value {
    let mut asked =
        json!({"columns": ["id"], "time": {"from": "2026-11-19", "to": "2026-11-20"}, "limit": 7});
    for (name, value) in more.as_object().expect("an object") {
        asked[name] = value.clone();
    }
    asked
}

#[tokio::test]
async fn pages_lead_through_all_of_them_once_while_others_send() {
    let tenant = fed(40).await;
    for order in ["newest_first", "oldest_first"] {
        let mut ids = Vec::new();
        let mut body = asked(json!({"order": order}));
        loop {
            let answer = tenant.post("/v1/rows", &body).await.is(200);
            let page: RowsPage = answer.json();
            assert_eq!(answer.header("inlay-next"), page.next.as_deref());
            ids.extend(page.rows.into_iter().map(|row| row[0].as_str().expect("an id").to_owned()));
            let late = format!("late-{order}-{}", ids.len());
            let late = event(&late, "view", "2026-11-19T10:05:00Z");
            tenant.post("/v1/events", &json!([late])).await.is(202);
            match page.next {
                Some(next) => body["cursor"] = json!(next),
                None => break,
            }
        }
        ids.retain(|id| id.starts_with("e-"));
        let mut expected: Vec<String> = (0..40).map(|n| format!("e-{n:03}")).collect();
        if order == "newest_first" {
            expected.reverse();
        }
        assert_eq!(ids, expected, "{order}");
    }
}

#[tokio::test]
async fn filters_and_columns_are_those_that_were_asked_for() {
    let tenant = fed(4).await;
    let body = asked(json!({
        "columns": ["user", "properties.plan", "value"],
        "filters": [{"dimension": "country", "op": "in", "values": ["FR"]}],
    }));
    let page: RowsPage = tenant.post("/v1/rows", &body).await.is(200).json();
    assert_eq!(json!(page.rows), json!([["u3", "pro", null], ["u1", "pro", null]]));
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn a_cursor_of_another_tenant_or_question_is_refused() {
    let tenant = fed(10).await;
    let page: RowsPage = tenant.post("/v1/rows", &asked(json!({}))).await.is(200).json();
    let next = page.next.expect("there are more");
    let globex = tenant.operator().create_tenant("globex", &["https://globex.example"]).await;
    let body = asked(json!({"cursor": next}));
    globex.post("/v1/rows", &body).await.refused(422, "invalid_cursor");
    let other = asked(json!({"cursor": next, "order": "oldest_first"}));
    tenant.post("/v1/rows", &other).await.refused(422, "invalid_cursor");
    tenant.post("/v1/rows", &asked(json!({"cursor": "x"}))).await.refused(422, "invalid_cursor");
    tenant.post("/v1/rows", &body).await.is(200);
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let tenant = fed(1).await;
    for (code, more) in [
        ("unknown_column", json!({"columns": ["tenant"]})),
        ("invalid_columns", json!({"columns": []})),
        ("invalid_limit", json!({"limit": 10_001})),
        (
            "invalid_range",
            json!({"time": {"from": "2026-11-19", "to": "2026-11-20", "grain": "day"}}),
        ),
        ("unknown_field", json!({"offset": 1})),
        ("invalid_body", json!({"order": "random"})),
        ("invalid_body", json!({"cursor": null})),
    ] {
        tenant.post("/v1/rows", &asked(more)).await.refused(422, code);
    }
}

#[tokio::test]
async fn a_viewer_sees_the_events_of_a_panel_within_the_token() {
    let tenant = fed(12).await;
    let grant = json!({
        "capabilities": ["rows", "filter"],
        "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}],
    });
    let viewer = tenant.viewer(grant).await;
    let body = json!({"dashboard": "overview", "panel": "countries", "limit": 4});
    let first: RowsPage = viewer.post("/v1/embed/rows", &body).await.is(200).json();
    let names: Vec<&str> = first.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["time", "name", "country", "value", "currency", "duration_ms"]);
    assert_eq!(first.rows.len(), 4);
    assert!(first.rows.iter().all(|row| row[2] == "DE"), "{:?}", first.rows);
    let mut rest = body.clone();
    rest["cursor"] = json!(first.next);
    let second: RowsPage = viewer.post("/v1/embed/rows", &rest).await.is(200).json();
    assert_eq!((second.rows.len(), second.next), (2, None));
    let mut narrowed = body.clone();
    narrowed["filters"] = json!([{"dimension": "country", "op": "in", "values": ["FR"]}]);
    let none: RowsPage = viewer.post("/v1/embed/rows", &narrowed).await.is(200).json();
    assert_eq!(none.rows.len(), 0);
    let mut large = body;
    large["limit"] = json!(1_001);
    viewer.post("/v1/embed/rows", &large).await.refused(422, "invalid_limit");
}
