//! `POST /v1/query`: exact numbers, and refusals that say what would do.

use inlay_shared::Answer;
use inlay_tests::{Inlay, TenantClient, event};
use serde_json::{Value, json};

async fn fed() -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let mut events = Vec::new();
    for (n, (day, user, country, page, value)) in [
        (16, "u1", "DE", "/a", Some("0.10")),
        (16, "u2", "DE", "/b", Some("0.20")),
        (17, "u1", "FR", "/a", None),
        (19, "u3", "DE", "/a", Some("0.30")),
        (19, "u3", "US", "/c", None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut event =
            event(&format!("e-{n}"), "task.created", &format!("2026-11-{day}T10:00:00Z"));
        event["user"] = json!(user);
        event["country"] = json!(country);
        event["page"] = json!(page);
        event["duration_ms"] = json!(100 * (n + 1));
        if let Some(value) = value {
            event["value"] = json!(value);
            event["currency"] = json!("EUR");
        }
        events.push(event);
    }
    let mut bare = event("bare", "other", "2026-11-19T11:00:00Z");
    bare["device"] = json!("desktop");
    events.push(bare);
    tenant.feed(&events, 6).await;
    tenant
}

fn query(changes: Value) -> Value {
    let mut query =
        json!({"measures": ["events"], "time": {"from": "2026-11-16", "to": "2026-11-20"}});
    for (name, value) in changes.as_object().expect("changes are an object") {
        query[name] = value.clone();
    }
    query
}

async fn rows(tenant: &TenantClient, changes: Value) -> Vec<Vec<Value>> {
    tenant.query(&query(changes)).await.is(200).json::<Answer>().rows
}

#[tokio::test]
async fn measures_are_exact() {
    let tenant = fed().await;
    let all = json!({"measures": ["events", "users", "accounts", "value", "duration_avg"]});
    assert_eq!(json!(rows(&tenant, all).await), json!([[6, 3, 0, "0.60", 300.0]]));
}

#[tokio::test]
async fn groups_are_ranked_and_cut() {
    let tenant = fed().await;
    let by_page = json!({"dimensions": ["page"], "limit": 2});
    assert_eq!(json!(rows(&tenant, by_page).await), json!([["/a", 3], ["/b", 1]]));
    let ascending = json!({"dimensions": ["page"], "order": [{"by": "page"}]});
    let pages: Vec<_> =
        rows(&tenant, ascending).await.into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(pages.len(), 4);
    assert!(pages.contains(&Value::Null), "a row without a page has no page: {pages:?}");
}

#[tokio::test]
async fn filters_narrow_and_an_empty_list_matches_nothing() {
    let tenant = fed().await;
    let filter = |op: &str, values: &[&str]| json!({"filters": [{"dimension": "country", "op": op, "values": values}]});
    for (op, values, count) in [
        ("in", &["DE"][..], 3),
        ("in", &["DE", "FR"], 4),
        ("in", &[], 0),
        ("in", &["XX"], 0),
        ("in", &["' OR 1=1 --"], 0),
        ("not_in", &["DE"], 3),
        ("not_in", &[], 6),
    ] {
        assert_eq!(
            json!(rows(&tenant, filter(op, values)).await),
            json!([[count]]),
            "{op} {values:?}"
        );
    }
    let both = json!({"filters": [
        {"dimension": "country", "op": "in", "values": ["DE"]},
        {"dimension": "page", "op": "in", "values": ["/a"]}
    ]});
    assert_eq!(json!(rows(&tenant, both).await), json!([[2]]));
}

#[tokio::test]
async fn conditions_and_groups_of_them_narrow() {
    let tenant = fed().await;
    let text = |op: &str, values: &[&str]| json!({"dimension": "page", "op": op, "values": values});
    let number = |dimension: &str, op: &str, values: &[&str]| json!({"dimension": dimension, "op": op, "values": values});
    let bare = |op: &str| json!({"dimension": "country", "op": op});
    for (filter, count) in [
        (text("contains", &["/"]), 5),
        (text("contains", &["b", "c"]), 2),
        (text("not_contains", &["b", "c"]), 4),
        (text("starts_with", &["/a"]), 3),
        (text("starts_with", &["a"]), 0),
        (number("value", "gt", &["0.10"]), 2),
        (number("value", "gte", &["0.1"]), 3),
        (number("value", "between", &["0.10", "0.20"]), 2),
        (number("duration_ms", "lt", &["300"]), 2),
        (number("duration_ms", "lte", &["300"]), 3),
        (number("time", "gte", &["2026-11-19T11:00:00+01:00"]), 3),
        (bare("is_set"), 5),
        (bare("not_set"), 1),
        (json!({"or": [text("in", &["/b"]), bare("not_set")]}), 2),
        (json!({"and": [text("in", &["/a"]), number("value", "gt", &["0.2"])]}), 1),
        (json!({"not": text("in", &["/a"])}), 3),
        (json!({"not": number("value", "gt", &["0.2"])}), 5),
        (json!({"not": {"or": [text("in", &["/a"]), {"not": bare("is_set")}]}}), 2),
    ] {
        let rows = rows(&tenant, json!({"filters": [filter]})).await;
        assert_eq!(json!(rows), json!([[count]]), "{filter}");
    }
}

#[tokio::test]
async fn a_filter_that_says_nothing_is_refused() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let whole = json!({"dimension": "country", "op": "in", "values": ["DE"]});
    for (code, filter) in [
        ("invalid_filter", json!({"or": []})),
        ("invalid_filter", json!({"and": []})),
        ("invalid_filter", json!({"dimension": "value", "op": "gt", "values": []})),
        ("invalid_filter", json!({"dimension": "value", "op": "between", "values": ["2", "1"]})),
        ("invalid_filter", json!({"dimension": "page", "op": "gt", "values": ["a"]})),
        ("invalid_filter", json!({"dimension": "time", "op": "gt", "values": ["yesterday"]})),
        ("invalid_body", json!({})),
        ("invalid_body", json!({"dimension": "country", "op": "in"})),
        ("invalid_body", json!({"dimension": "country", "op": "is_set", "values": []})),
        ("invalid_body", json!({"dimension": "country", "values": []})),
        ("invalid_body", json!({"dimension": "country", "op": "like", "values": []})),
        ("invalid_body", json!({"or": [whole], "dimension": "country"})),
        ("invalid_body", json!({"or": null})),
        ("unknown_field", json!({"dimension": "country", "op": "in", "values": [], "sql": "x"})),
        ("unknown_dimension", json!({"not": {"dimension": "seq", "op": "is_set"}})),
    ] {
        tenant.query(&query(json!({"filters": [filter]}))).await.refused(422, code);
    }
}

#[tokio::test]
async fn weeks_begin_where_they_are_told_to() {
    let tenant = fed().await;
    let starts = |week_start: &'static str| {
        let tenant = &tenant;
        async move {
            let time = json!({"from": "2026-11-16", "to": "2026-11-20", "grain": "week", "week_start": week_start});
            let rows = rows(tenant, json!({"time": time})).await;
            json!(rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect::<Vec<_>>())
        }
    };
    assert_eq!(starts("sunday").await, json!([["2026-11-15T00:00:00Z", 6]]));
    assert_eq!(
        starts("thursday").await,
        json!([["2026-11-12T00:00:00Z", 3], ["2026-11-19T00:00:00Z", 3]])
    );
}

#[tokio::test]
async fn others_are_one_row_with_a_mark_of_its_own() {
    let tenant = fed().await;
    let ask =
        json!({"measures": ["events", "users"], "dimensions": ["page"], "limit": 1, "other": true});
    let answer: Answer = tenant.query(&query(ask)).await.is(200).json();
    assert_eq!(json!(answer.rows), json!([["/a", 3, 2, false], [null, 3, 2, true]]));
    let bare = query(json!({"other": true}));
    tenant.query(&bare).await.refused(422, "invalid_other");
}

#[tokio::test]
async fn any_range_can_stand_beside() {
    let tenant = fed().await;
    let time = json!({"from": "2026-11-18", "to": "2026-11-20"});
    let given = json!({"from": "2026-11-16", "to": "2026-11-17"});
    let asked = query(json!({"time": time, "compare": given}));
    let answer: Answer = tenant.query(&asked).await.is(200).json();
    let compare = answer.compare.expect("a comparison");
    assert_eq!(json!(compare.rows), json!([[2]]));
    assert_eq!(compare.time.to, "2026-11-17T00:00:00Z");
    for wrong in [json!({"from": "2026-11-16"}), json!("next_year"), json!(null), json!([])] {
        let asked = query(json!({"time": time, "compare": wrong}));
        tenant.query(&asked).await.refused(422, "invalid_body");
    }
}

#[tokio::test]
async fn empty_buckets_are_there() {
    let tenant = fed().await;
    let time = json!({"from": "2026-11-16", "to": "2026-11-20", "grain": "day"});
    let rows = rows(&tenant, json!({"time": time})).await;
    let counts: Vec<_> = rows.iter().map(|row| row[1].clone()).collect();
    assert_eq!(json!(counts), json!([2, 1, 0, 3]));
}

#[tokio::test]
async fn days_of_23_and_25_hours_are_right() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let hours = |day: &str| {
        let stamp: jiff::Timestamp = format!("{day}T22:30:00Z").parse().expect("a time");
        (0..26).map(move |n| stamp - jiff::SignedDuration::from_hours(n))
    };
    let mut events = Vec::new();
    for day in ["2026-03-29", "2026-10-25"] {
        for at in hours(day) {
            events.push(event(&format!("{at}"), "a", &at.to_string()));
        }
    }
    tenant.feed(&events, 52).await;
    for (from, to, spring_or_autumn) in
        [("2026-03-29", "2026-03-30", 23), ("2026-10-25", "2026-10-26", 25)]
    {
        for (grain, buckets) in [("day", 1), ("hour", spring_or_autumn)] {
            let time = json!({"from": from, "to": to, "zone": "Europe/Berlin", "grain": grain});
            let rows = rows(&tenant, json!({"time": time})).await;
            let sum: u64 = rows.iter().filter_map(|row| row[1].as_u64()).sum();
            assert_eq!((rows.len(), sum), (buckets, spring_or_autumn as u64), "{from} {grain}");
        }
    }
}

#[tokio::test]
async fn the_period_before_stands_beside() {
    let tenant = fed().await;
    let time = json!({"from": "2026-11-18", "to": "2026-11-20"});
    let asked = query(json!({"time": time, "compare": "previous_period"}));
    let answer: Answer = tenant.query(&asked).await.is(200).json();
    assert_eq!(json!(answer.rows), json!([[3]]));
    assert_eq!(json!(answer.compare.expect("a comparison").rows), json!([[3]]));
}

#[tokio::test]
async fn amounts_of_two_currencies_are_not_added_up() {
    let tenant = fed().await;
    let mut dollars = event("usd", "a", "2026-11-19T10:00:00Z");
    dollars["value"] = json!("5");
    dollars["currency"] = json!("USD");
    tenant.feed(&[dollars], 7).await;
    let value = json!({"measures": ["value"]});
    tenant.query(&query(value)).await.refused(422, "mixed_currencies");
    let apart = json!({"measures": ["value"], "dimensions": ["currency"], "order": [{"by": "value", "desc": true}]});
    tenant.query(&query(apart)).await.is(200);
}

#[tokio::test]
async fn an_unknown_measure_is_answered_with_the_known_ones() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let refused = tenant.query(&query(json!({"measures": ["evnets"]}))).await;
    let problem = refused.refused(422, "unknown_measure");
    for known in
        ["events", "users", "sessions", "accounts", "value", "duration_avg", "duration_p95"]
    {
        assert!(problem.detail.contains(known), "{}", problem.detail);
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let time = |from: &str, to: &str, more: Value| {
        let mut time = json!({"from": from, "to": to});
        for (name, value) in more.as_object().expect("an object") {
            time[name] = value.clone();
        }
        json!({"time": time})
    };
    for (code, changes) in [
        ("invalid_limit", json!({"limit": 0})),
        ("invalid_limit", json!({"limit": 1_000_000_000})),
        ("invalid_limit", json!({"limit": 10_001})),
        ("no_measures", json!({"measures": []})),
        ("repeated_measure", json!({"measures": ["events", "events"]})),
        ("unknown_dimension", json!({"dimensions": ["tenant"]})),
        (
            "unknown_dimension",
            json!({"filters": [{"dimension": "tenant", "op": "in", "values": []}]}),
        ),
        ("invalid_order", json!({"order": [{"by": "users"}]})),
        ("unknown_zone", time("2026-11-01", "2026-11-02", json!({"zone": "Mars/Olympus"}))),
        ("invalid_range", time("2026-11-02", "2026-11-01", json!({}))),
        ("invalid_range", time("2026-11-01", "2026-11-01", json!({}))),
        ("invalid_range", time("then", "now", json!({}))),
        (
            "too_many_buckets",
            time("2026-11-01T00:00:00Z", "2026-11-07T22:40:00Z", json!({"grain": "minute"})),
        ),
        ("unknown_field", json!({"tenant": "globex"})),
        ("unknown_field", json!({"sql": "select 1"})),
        ("invalid_body", json!({"measures": "events"})),
        ("invalid_body", json!({"limit": -1})),
        ("invalid_body", json!({"limit": "10"})),
    ] {
        tenant.query(&query(changes.clone())).await.refused(422, code);
    }
}

#[tokio::test]
async fn ten_thousand_buckets_are_refused_with_the_grain_that_fits() {
    let tenant = Inlay::start().await.tenant("acme").await;
    let time =
        json!({"from": "2026-11-01T00:00:00Z", "to": "2026-11-07T22:40:00Z", "grain": "minute"});
    let answer = tenant.query(&query(json!({"time": time}))).await;
    let problem = answer.refused(422, "too_many_buckets");
    assert!(problem.detail.contains("hour"), "{}", problem.detail);
}
