//! `GET /v1/embed/view` and `POST /v1/embed/query`

use inlay_shared::{Layout, ViewLine};
use inlay_tests::Caller as _;
use inlay_tests::{Inlay, TenantClient, dashboard, event};
use serde_json::{Value, json};

async fn fed() -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let mut events = Vec::new();
    for (n, country) in ["DE", "DE", "FR"].into_iter().enumerate() {
        let mut event = event(&format!("e-{n}"), "a", &format!("2026-11-{}T10:00:00Z", 10 + n * 4));
        event["country"] = json!(country);
        events.push(event);
    }
    tenant.feed(&events, 3).await;
    tenant
}

fn layout(lines: &[ViewLine]) -> &Layout {
    let Some(ViewLine::Layout(layout)) = lines.first() else { panic!("no layout: {lines:?}") };
    layout
}

fn number(lines: &[ViewLine], panel: &str) -> Value {
    let found = lines.iter().find_map(|line| match line {
        ViewLine::Panel(answer) if answer.id == panel => Some(answer.answer.rows[0][0].clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no panel {panel}"))
}

#[tokio::test]
async fn the_layout_comes_first_each_panel_once_and_the_end_last() {
    let tenant = fed().await;
    let lines = tenant.viewer(json!({"lang": "de"})).await.view("").await.is(200).lines();
    let mut panels: Vec<_> = layout(&lines).panels.iter().map(|panel| panel.id.clone()).collect();
    assert_eq!(layout(&lines).lang.as_deref(), Some("de"));
    assert!(layout(&lines).ranges.is_empty(), "nothing to pick without the capability");
    let mut answered = Vec::new();
    for line in &lines[1..lines.len() - 1] {
        let ViewLine::Panel(panel) = line else { panic!("{line:?}") };
        answered.push(panel.id.clone());
    }
    panels.sort();
    answered.sort();
    assert_eq!(answered, panels);
    assert!(matches!(lines.last(), Some(ViewLine::End(_))));
    assert_eq!(number(&lines, "events"), 3);
}

#[tokio::test]
async fn the_numbers_are_those_of_a_query() {
    let tenant = fed().await;
    let lines =
        tenant.viewer(json!({"zone": "Europe/Berlin"})).await.view("").await.is(200).lines();
    let time = layout(&lines).time.clone();
    let query = json!({"measures": ["events"], "time": time});
    assert_eq!(number(&lines, "events"), tenant.query(&query).await.is(200).value()["rows"][0][0]);
}

#[tokio::test]
async fn the_same_view_is_not_sent_twice_and_news_changes_it() {
    let tenant = fed().await;
    let viewer = tenant.viewer(json!({})).await;
    let tag = viewer.view("").await.is(200).header("etag").expect("a tag").to_owned();
    let known = || viewer.view("").header("if-none-match", &tag);
    let same = known().await.is(304);
    assert_eq!(same.header("etag"), Some(tag.as_str()));
    assert!(same.body.is_empty());
    tenant.send_events(&[event("new", "a", "2026-11-19T10:00:00Z")]).await.is(202);
    let answer = known().await.is(200);
    assert_eq!(number(&answer.lines(), "events"), 4);
    let mut changed = tenant.get("/v1/dashboards/overview").await.is(200).value();
    let tag = answer.header("etag").expect("a tag").to_owned();
    changed["title"] = json!("Another title");
    tenant.put("/v1/dashboards/overview", &changed).await.is(200);
    viewer.view("").header("if-none-match", &tag).await.is(200);
}

#[tokio::test]
async fn a_panel_whose_numbers_did_not_change_is_named_without_them() {
    let tenant = fed().await;
    let viewer = tenant.viewer(json!({})).await;
    let panels = |lines: &[ViewLine]| -> Vec<(String, Option<String>)> {
        let of = |line: &ViewLine| match line {
            ViewLine::Panel(panel) => Some((panel.id.clone(), Some(panel.etag.clone()))),
            ViewLine::Unchanged(panel) => Some((panel.id.clone(), None)),
            _ => None,
        };
        let mut panels: Vec<_> = lines.iter().filter_map(of).collect();
        panels.sort();
        panels
    };
    let first = panels(&viewer.view("").await.is(200).lines());
    let tags: Vec<String> = first.iter().filter_map(|(_, tag)| tag.clone()).collect();
    assert_eq!(tags.len(), first.len());
    // An event of long ago is in no panel of the last 30 days, but it is another version of the lake.
    tenant.feed(&[event("old", "a", "2026-01-01T00:00:00Z")], 4).await;
    let known: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
    let again = |known: &[String]| viewer.view("").header("if-none-match", &known.join(", "));
    for (id, tag) in panels(&again(&known).await.is(200).lines()) {
        assert_eq!(tag, None, "{id}");
    }
    // One that is not known is sent.
    let sent = panels(&again(&known[1..]).await.is(200).lines());
    assert_eq!(sent.iter().filter(|(_, tag)| tag.is_some()).count(), 1);

    for (id, tag) in first {
        let tag = format!("\"{}\"", tag.expect("it was sent"));
        let same = viewer.panel(&id, json!({})).header("if-none-match", &tag).await.is(304);
        assert_eq!(same.header("etag"), Some(tag.as_str()));
        assert!(same.body.is_empty());
        viewer.panel(&id, json!({})).header("if-none-match", "\"other\"").await.is(200);
    }
    tenant.feed(&[event("new", "a", "2026-11-19T10:00:00Z")], 5).await;
    let changed = panels(&again(&known).await.is(200).lines());
    assert!(changed.iter().any(|(id, tag)| id == "events" && tag.is_some()), "{changed:?}");
}

#[tokio::test]
async fn row_filters_hold_for_every_panel_and_the_viewers_only_narrow() {
    let tenant = fed().await;
    let germany = json!({"dimension": "country", "op": "in", "values": ["DE"]});
    let france = json!({"dimension": "country", "op": "in", "values": ["FR"]});
    let viewer = tenant.viewer(json!({"filters": [germany], "capabilities": ["filter"]})).await;
    assert_eq!(number(&viewer.view("").await.is(200).lines(), "events"), 2);
    for (filter, count) in [(germany, 2), (france.clone(), 0)] {
        let panel = viewer.panel("events", json!({"filters": [filter]})).await.is(200).value();
        assert_eq!(panel["answer"]["rows"][0][0], count);
    }
    let text = json!([france]).to_string();
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let lines = viewer.view(&format!("&filters={encoded}")).await.is(200).lines();
    assert_eq!(number(&lines, "events"), 0);
    let nothing = tenant
        .viewer(json!({"filters": [{"dimension": "country", "op": "in", "values": []}]}))
        .await;
    assert_eq!(number(&nothing.view("").await.is(200).lines(), "events"), 0);
}

#[tokio::test]
async fn another_range_needs_the_capability() {
    let tenant = fed().await;
    let plain = tenant.viewer(json!({})).await;
    plain.view("&range=7d").await.refused(403, "missing_capability");
    plain.view("&range=30d").await.is(200);
    let picker = tenant.viewer(json!({"capabilities": ["filter"]})).await;
    let lines = picker.view("&range=7d").await.is(200).lines();
    assert_eq!(layout(&lines).range.as_deref(), Some("7d"));
    assert_eq!(number(&lines, "events"), 2, "the 14th and the 18th are among the last seven days");
    assert!(!layout(&lines).ranges.is_empty());
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let viewer = fed().await.viewer(json!({"capabilities": ["filter"]})).await;
    viewer.view("&zone=Mars/Olympus").await.refused(422, "unknown_zone");
    viewer.view("&range=forever").await.refused(422, "invalid_range");
    viewer.view("&filters=nonsense").await.refused(400, "invalid_json");
    viewer.view("&filters=%7B%7D").await.refused(422, "invalid_body");
    let unknown =
        "%5B%7B%22dimension%22%3A%22tenant%22%2C%22op%22%3A%22in%22%2C%22values%22%3A%5B%5D%7D%5D";
    viewer.view(&format!("&filters={unknown}")).await.refused(422, "unknown_dimension");
    viewer.panel("unknown", json!({})).await.refused(404, "unknown_panel");
    viewer.panel("events", json!({"measures": ["users"]})).await.refused(422, "unknown_field");
}

#[tokio::test]
async fn a_panel_without_an_answer_does_not_take_the_others_with_it() {
    let tenant = fed().await;
    let mut euro = event("eur", "a", "2026-11-19T10:00:00Z");
    euro["value"] = json!("1");
    euro["currency"] = json!("EUR");
    let mut dollar = euro.clone();
    dollar["id"] = json!("usd");
    dollar["currency"] = json!("USD");
    tenant.feed(&[euro, dollar], 5).await;
    let mut mixed = dashboard("mixed");
    mixed["panels"][0]["query"]["measures"] = json!(["value"]);
    tenant.put("/v1/dashboards/mixed", &mixed).await.is(200);
    let viewer = tenant.viewer(json!({"dashboards": ["mixed"]})).await;
    let lines = viewer.get("/v1/embed/view?dashboard=mixed").await.is(200).lines();
    let problems: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            ViewLine::Error(error) => Some((error.id.as_str(), error.problem.code.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(problems, [("total", "mixed_currencies")]);
    assert_eq!(lines.iter().filter(|line| matches!(line, ViewLine::Panel(_))).count(), 9);
}
