//! Panels that are no plain query: funnels, retention grids and texts.

use inlay_shared::{Answer, FunnelAnswer, RetentionAnswer, ViewLine};
use inlay_tests::Caller as _;
use inlay_tests::{Inlay, TenantClient, event};
use serde_json::{Value, json};

fn is(name: &str) -> Value {
    json!([{"dimension": "name", "op": "in", "values": [name]}])
}

fn steps() -> Value {
    json!(["visit", "signup", "buy"].map(|name| json!({"label": name, "filters": is(name)})))
}

/// A tenant whose dashboard `overview` has these kinds, and whose people came over three weeks.
async fn fed() -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let mut events = Vec::new();
    for (n, (user, name, day)) in [
        ("ann", "visit", 3),
        ("ann", "signup", 3),
        ("ann", "buy", 11),
        ("bob", "visit", 4),
        ("bob", "signup", 12),
        ("cleo", "visit", 10),
        ("cleo", "visit", 17),
    ]
    .into_iter()
    .enumerate()
    {
        let mut event = event(&format!("e-{n}"), name, &format!("2026-11-{day:02}T10:0{n}:00Z"));
        event["user"] = json!(user);
        event["country"] = json!(if user == "bob" { "FR" } else { "DE" });
        events.push(event);
    }
    tenant.feed(&events, 7).await;
    let panel = |kind: &str, what: Value| json!({"id": kind, "title": kind, "kind": kind, "width": 6, kind: what});
    let dashboard = json!({
        "name": "overview", "title": "Overview", "range": "30d",
        "panels": [
            panel("text", json!("# Hello\n\nSome **words**.")),
            panel("funnel", json!({"steps": steps()})),
            panel("retention", json!({"cohort": is("visit"), "grain": "week"})),
        ]
    });
    tenant.put("/v1/dashboards/overview", &dashboard).await.is(200);
    tenant
}

fn answer(lines: &[ViewLine], id: &str) -> Answer {
    let found = lines.iter().find_map(|line| match line {
        ViewLine::Panel(panel) if panel.id == id => Some(panel.answer.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no panel {id}: {lines:?}"))
}

#[tokio::test]
async fn a_funnel_and_a_retention_grid_say_what_their_queries_say() {
    let tenant = fed().await;
    let lines = tenant.viewer(json!({})).await.view("").await.is(200).lines();
    let funnel = answer(&lines, "funnel");
    let time = json!({"from": funnel.time.from, "to": funnel.time.to, "zone": funnel.time.zone});
    let query = json!({"steps": steps(), "time": time});
    let asked: FunnelAnswer = tenant.post("/v1/query/funnel", &query).await.is(200).json();
    let rows: Vec<Value> = asked
        .steps
        .iter()
        .map(|step| json!([step.label, step.count, step.of_first, step.of_previous]))
        .collect();
    assert_eq!(json!(funnel.rows), json!(rows));
    assert_eq!(asked.steps.iter().map(|step| step.count).collect::<Vec<_>>(), [3, 2, 1]);

    let grid = answer(&lines, "retention");
    let mut query = json!({"cohort": is("visit"), "time": time});
    query["time"]["grain"] = json!("week");
    let asked: RetentionAnswer = tenant.post("/v1/query/retention", &query).await.is(200).json();
    assert_eq!(grid.rows.len(), asked.cohorts.len());
    assert_eq!(asked.cohorts.iter().map(|cohort| cohort.size).sum::<u64>(), 3);
    for (row, cohort) in grid.rows.iter().zip(&asked.cohorts) {
        assert_eq!((&row[0], &row[1]), (&json!(cohort.start), &json!(cohort.size)));
        assert_eq!(row.len(), grid.columns.len());
        let (known, rest) = row[2..].split_at(cohort.returned.len());
        assert_eq!(json!(known), json!(cohort.returned));
        assert!(rest.iter().all(Value::is_null), "{row:?}");
    }
}

#[tokio::test]
async fn a_text_is_in_the_layout_and_has_no_numbers() {
    let tenant = fed().await;
    let viewer = tenant.viewer(json!({})).await;
    let lines = viewer.view("").await.is(200).lines();
    let Some(ViewLine::Layout(layout)) = lines.first() else { panic!("no layout: {lines:?}") };
    assert_eq!(layout.panels[0].text.as_deref(), Some("# Hello\n\nSome **words**."));
    assert_eq!(lines.len(), 4, "a layout, two panels and an end: {lines:?}");
    viewer.panel("text", json!({})).await.refused(404, "unknown_panel");
}

#[tokio::test]
async fn both_kinds_of_filter_hold_for_who_is_followed() {
    let tenant = fed().await;
    let only = |country: &str| json!([{"dimension": "country", "op": "in", "values": [country]}]);
    let viewer = tenant.viewer(json!({"capabilities": ["filter"]})).await;
    let one = viewer.panel("funnel", json!({"filters": only("FR")})).await.is(200).value();
    assert_eq!(one["answer"]["rows"][0][1], 1);
    let narrow = json!({"capabilities": ["filter"], "filters": only("DE")});
    let narrowed = tenant.viewer(narrow).await;
    let none = narrowed.panel("funnel", json!({"filters": only("FR")})).await.is(200).value();
    assert_eq!(none["answer"]["rows"][0][1], 0);
    let grid = narrowed.panel("retention", json!({})).await.is(200).value();
    let sizes = grid["answer"]["rows"].as_array().expect("rows").iter();
    assert_eq!(sizes.filter_map(|row| row[1].as_u64()).sum::<u64>(), 2);
}

#[tokio::test]
async fn they_are_exported_and_have_rows_behind_them() {
    let tenant = fed().await;
    let viewer = tenant.viewer(json!({"capabilities": ["export:csv", "rows"]})).await;
    let csv = viewer.get("/v1/embed/export?dashboard=overview&panel=funnel").await.is(200).text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4, "{csv}");
    assert!(lines[0].contains("Step") && lines[1].starts_with("visit,3"), "{csv}");
    let ask = json!({"dashboard": "overview", "panel": "funnel"});
    let rows = viewer.post("/v1/embed/rows", &ask).await.is(200).value();
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(7), "every event is a step: {rows}");
}

#[tokio::test]
async fn a_panel_that_asks_what_its_kind_cannot_draw_is_refused() {
    let tenant = fed().await;
    let panel = |kind: &str| json!({"id": kind, "title": kind, "kind": kind, "width": 6});
    let mut funnel = panel("funnel");
    funnel["funnel"] = json!({"steps": [{"label": "one", "filters": []}]});
    let mut table = panel("table");
    table["query"] = json!({"measures": ["events"]});
    table["look"] = json!({"target": 5});
    let dashboard = json!({
        "name": "overview", "title": "Overview", "range": "30d",
        "panels": [panel("text"), funnel, panel("retention"), table]
    });
    let answer = tenant.put("/v1/dashboards/overview", &dashboard).await;
    let problem = answer.refused(422, "invalid_dashboard");
    let pointers: Vec<&str> = problem.errors.iter().map(|error| &*error.pointer).collect();
    let expected = [
        "/panels/0/text",
        "/panels/1/funnel/steps",
        "/panels/2/retention",
        "/panels/3/look/target",
    ];
    assert_eq!(pointers, expected);
}
