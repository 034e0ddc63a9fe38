//! What a viewer picks: any range, comparison, grain, marks, and the values that a filter offers.

use inlay_shared::{Grain, Layout, ValuesAnswer, ViewLine};
use inlay_tests::{Caller as _, Inlay, TenantClient, Viewer, event, numbered};
use serde_json::{Value, json};

/// Five events: three of them German, two of them on `/a`.
async fn fed() -> (TenantClient, Viewer) {
    let tenant = Inlay::start().await.tenant("acme").await;
    let rows = [
        ("10", "DE", "/a"),
        ("12", "DE", "/a"),
        ("14", "DE", "/b"),
        ("16", "FR", "/b"),
        ("18", "FR", "/c"),
    ];
    let events: Vec<Value> = rows
        .iter()
        .map(|(day, country, page)| {
            let mut event = event(&format!("e-{day}"), "a", &format!("2026-11-{day}T10:00:00Z"));
            event["country"] = json!(country);
            event["page"] = json!(page);
            event
        })
        .collect();
    tenant.feed(&events, 5).await;
    let viewer = tenant.viewer(json!({"capabilities": ["filter"]})).await;
    (tenant, viewer)
}

fn encoded(value: &Value) -> String {
    url::form_urlencoded::byte_serialize(value.to_string().as_bytes()).collect()
}

fn layout(lines: &[ViewLine]) -> &Layout {
    let Some(ViewLine::Layout(layout)) = lines.first() else { panic!("no layout: {lines:?}") };
    layout
}

fn answer<'a>(lines: &'a [ViewLine], panel: &str) -> &'a inlay_shared::Answer {
    let found = lines.iter().find_map(|line| match line {
        ViewLine::Panel(answer) if answer.id == panel => Some(&answer.answer),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no panel {panel}: {lines:?}"))
}

#[tokio::test]
async fn any_range_between_two_days_in_the_viewers_zone() {
    let (_, viewer) = fed().await;
    let lines = viewer.view("&from=2026-11-12&to=2026-11-15&zone=Asia/Tokyo").await.is(200).lines();
    assert_eq!(answer(&lines, "events").rows[0][0], 2);
    assert_eq!(layout(&lines).range, None);
    assert_eq!(layout(&lines).time.from, "2026-11-12T00:00:00+09:00");
    assert_eq!(layout(&lines).time.to, "2026-11-15T00:00:00+09:00");
    let panel = json!({"from": "2026-11-12T10:00:00Z", "to": "2026-11-12T10:00:01Z"});
    let panel = viewer.panel("events", panel).await.is(200).value();
    assert_eq!(panel["answer"]["rows"][0][0], 1);
}

#[tokio::test]
async fn a_range_that_is_none_is_refused() {
    let (_, viewer) = fed().await;
    for wrong in [
        "&from=2026-11-12",
        "&to=2026-11-12",
        "&from=2026-11-12&to=2026-11-12",
        "&from=2026-11-13&to=2026-11-12",
        "&from=2026-11-12&to=soon",
        "&range=7d&from=2026-11-12&to=2026-11-13",
    ] {
        viewer.view(wrong).await.refused(422, "invalid_range");
    }
    viewer.view("&compare=yesterday").await.refused(422, "invalid_parameter");
    viewer.view("&grain=decade").await.refused(422, "invalid_parameter");
    let minutes = "&grain=minute&from=2026-01-01&to=2026-11-01";
    viewer.view(minutes).await.refused(422, "too_many_buckets");
}

#[tokio::test]
async fn a_comparison_and_a_grain_reach_the_panels_that_can_draw_them() {
    let (_, viewer) = fed().await;
    let lines = viewer.view("&compare=none&grain=week").await.is(200).lines();
    assert!(lines.iter().all(|line| match line {
        ViewLine::Panel(panel) => panel.answer.compare.is_none(),
        _ => true,
    }));
    assert_eq!(layout(&lines).time.grain, Some(Grain::Week));
    assert_eq!(answer(&lines, "activity").time.grain, Some(Grain::Week));
    assert_eq!(answer(&lines, "pages").time.grain, None);

    let query = "&from=2026-11-14&to=2026-11-18&compare=previous_period";
    let lines = viewer.view(query).await.is(200).lines();
    let pages = answer(&lines, "pages");
    let before = pages.compare.as_ref().expect("bars can be compared");
    assert_eq!((pages.rows[0][1].as_u64(), before.rows[0][1].as_u64()), (Some(2), Some(0)));
    let year = viewer.view("&compare=previous_year").await.is(200).lines();
    let before = answer(&year, "events").compare.as_ref().expect("numbers can be compared");
    assert!(before.time.from.starts_with("2025-"), "{before:?}");
}

#[tokio::test]
async fn a_mark_narrows_every_panel_but_its_own() {
    let (_, viewer) = fed().await;
    let germany = json!([{"dimension": "country", "op": "in", "values": ["DE"]}]);
    let marks = json!([{"panel": "countries", "filters": germany}]);
    let lines = viewer.view(&format!("&marks={}", encoded(&marks))).await.is(200).lines();
    assert_eq!(answer(&lines, "events").rows[0][0], 3);
    assert_eq!(answer(&lines, "pages").rows, [[json!("/a"), json!(2)], [json!("/b"), json!(1)]]);
    let countries = answer(&lines, "countries");
    assert_eq!(countries.rows, [[json!("DE"), json!(3)], [json!("FR"), json!(2)]]);

    let own = viewer.panel("countries", json!({"marks": marks})).await.is(200).value();
    assert_eq!(own["answer"]["rows"], json!([["DE", 3], ["FR", 2]]));
    let strange = json!([{"panel": "unknown", "filters": germany}]);
    viewer.view(&format!("&marks={}", encoded(&strange))).await.refused(422, "invalid_filter");
    viewer.view("&marks=nonsense").await.refused(400, "invalid_json");
}

#[tokio::test]
async fn values_are_those_of_the_range_the_filters_and_the_search() {
    let (tenant, viewer) = fed().await;
    let values = async |viewer: &Viewer, dimension: &str, changes: Value| {
        let answer: ValuesAnswer = viewer.values(dimension, changes).await.is(200).json();
        let pairs: Vec<_> =
            answer.values.into_iter().map(|value| (value.value, value.count)).collect();
        (pairs, answer.more)
    };
    let pair = |value: &str, count| (value.to_owned(), count);
    let all = values(&viewer, "page", json!({})).await;
    assert_eq!(all, (vec![pair("/a", 2), pair("/b", 2), pair("/c", 1)], false));
    let first = values(&viewer, "page", json!({"limit": 2})).await;
    assert_eq!(first, (vec![pair("/a", 2), pair("/b", 2)], true));
    let found = values(&viewer, "country", json!({"search": "d"})).await;
    assert_eq!(found, (vec![pair("DE", 3)], false));
    let late = values(&viewer, "country", json!({"from": "2026-11-14", "to": "2026-11-17"})).await;
    assert_eq!(late, (vec![pair("DE", 1), pair("FR", 1)], false));
    let on_b = json!({"filters": [{"dimension": "page", "op": "in", "values": ["/b"]}]});
    assert_eq!(values(&viewer, "country", on_b).await.0, [pair("DE", 1), pair("FR", 1)]);

    let french = json!([{"dimension": "country", "op": "in", "values": ["FR"]}]);
    let bound = tenant.viewer(json!({"capabilities": ["filter"], "filters": french})).await;
    assert_eq!(values(&bound, "country", json!({})).await.0, [pair("FR", 2)]);
}

#[tokio::test]
async fn a_search_that_did_not_look_at_everything_says_so() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let model = json!({"version": 1, "properties": [{"name": "size", "type": "integer"}]});
    let tag = tenant.get("/v1/model").await.is(200).header("etag").expect("a tag").to_owned();
    tenant.put("/v1/model", &model).header("if-match", &tag).await.is(200);
    let mut dashboard = tenant.get("/v1/dashboards/overview").await.is(200).value();
    dashboard["filters"] = json!(["size"]);
    tenant.put("/v1/dashboards/overview", &dashboard).await.is(200);
    let mut events = numbered("e", 1_001);
    for (number, event) in events.iter_mut().enumerate() {
        event["properties"] = json!({"size": number + 1_000});
    }
    tenant.send_events(&events[..1_000]).await.is(202);
    tenant.feed(&events[1_000..], 1_001).await;
    let viewer = tenant.viewer(json!({"capabilities": ["filter"]})).await;
    let found = async |search: &str| {
        let answer: ValuesAnswer =
            viewer.values("size", json!({"search": search})).await.is(200).json();
        (answer.values.into_iter().map(|value| value.value).collect::<Vec<_>>(), answer.more)
    };
    assert_eq!(found("1999").await, (vec!["1999".to_owned()], true));
    assert_eq!(found("2000").await, (Vec::new(), true), "it is there, beyond the first thousand");
}

#[tokio::test]
async fn values_of_what_the_layout_does_not_offer_are_not_there() {
    let (tenant, viewer) = fed().await;
    let lines = viewer.view("").await.is(200).lines();
    let offered: Vec<_> = layout(&lines).filters.iter().map(|offer| &*offer.dimension).collect();
    assert_eq!(offered, ["country", "device", "page", "name"]);
    for dimension in ["user", "account", "properties.secret", "nonsense", ""] {
        viewer.values(dimension, json!({})).await.refused(404, "unknown_filter");
    }
    viewer.values("page", json!({"limit": 0})).await.refused(422, "invalid_limit");
    viewer.values("page", json!({"limit": 101})).await.refused(422, "invalid_limit");
    let plain = tenant.viewer(json!({})).await;
    plain.values("page", json!({})).await.refused(403, "missing_capability");
    assert!(layout(&plain.view("").await.is(200).lines()).filters.is_empty());
}

#[tokio::test]
async fn who_may_drill_narrows_rows_to_a_mark_and_nothing_else() {
    let (tenant, _) = fed().await;
    let rows = json!({
        "dashboard": "overview", "panel": "countries",
        "filters": [{"dimension": "country", "op": "in", "values": ["FR"]}],
    });
    let driller = tenant.viewer(json!({"capabilities": ["rows", "drill"]})).await;
    let page = driller.post("/v1/embed/rows", &rows).await.is(200).value();
    assert_eq!(page["rows"].as_array().map(Vec::len), Some(2));
    driller.panel("countries", json!({"range": "7d"})).await.refused(403, "missing_capability");
    let reader = tenant.viewer(json!({"capabilities": ["rows"]})).await;
    reader.post("/v1/embed/rows", &rows).await.refused(403, "missing_capability");
}
