//! What the engine promises beyond the numbers.

use super::*;
use crate::model::overview;
use crate::query::resolve_range;

const RANGE: &str = r#"{"from":"2026-03-20","to":"2026-04-09"}"#;

pub(super) fn range() -> Value {
    serde_json::from_str(RANGE).unwrap()
}

pub(super) fn event(id: &str, more: Value) -> Value {
    let mut event = json!({"id": id, "name": "n", "time": "2026-03-25T10:00:00Z"});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn a_tenant_without_events_has_answers() {
    let house = House::new().await;
    let all = ["events", "users", "value", "duration_avg", "duration_p95"];
    let answer = house.ask(&query(json!({"measures": all, "time": range()}))).await.unwrap();
    assert_eq!(answer.rows, [[json!(0), json!(0), json!("0.00"), Value::Null, Value::Null]]);
    let grouped = json!({"measures": ["events"], "dimensions": ["page"], "time": range()});
    assert!(house.ask(&query(grouped)).await.unwrap().rows.is_empty());
    let time = json!({"from": "2026-03-20", "to": "2026-03-23", "grain": "day"});
    let answer = house.ask(&query(json!({"measures": ["events"], "time": time}))).await.unwrap();
    assert_eq!(answer.rows.len(), 3);
    assert_eq!(answer.version, "0.0");
}

/// With an account of one's own in a filter, and no event of it, there is no account: whoever computes it.
#[tokio::test]
async fn nothing_that_is_counted_is_none() {
    let house = House::new().await;
    house.send(&events(3, 50)).await;
    house.flush().await;
    house.send(&events(4, 50)).await;
    let only = json!([{"dimension": "account", "op": "in", "values": ["nobody's"]}]);
    for measures in [json!(["accounts"]), json!(["accounts", "events"])] {
        let ask = query(json!({"measures": measures, "filters": only, "time": range()}));
        for engine in [house.engine.clone(), house.engine.clone().without_dense()] {
            let answer = engine.answer(&house.scope, &ask, &[]).await.unwrap();
            assert!(answer.rows[0].iter().all(|cell| *cell == json!(0)), "{:?}", answer.rows);
        }
    }
}

#[tokio::test]
async fn another_tenants_events_are_not_there() {
    let house = House::new().await;
    house.send(&events(3, 50)).await;
    let ask = query(json!({"measures": ["events"], "time": range()}));
    assert_eq!(house.ask(&ask).await.unwrap().rows, [[json!(50)]]);
    let other = house.engine.answer(&scope("globex"), &ask, &[]).await.unwrap();
    assert_eq!(other.rows, [[json!(0)]]);
}

#[tokio::test]
async fn the_same_question_about_the_same_version_is_remembered() {
    let house = House::new().await;
    house.send(&events(3, 50)).await;
    let ask = query(json!({"measures": ["events"], "dimensions": ["page"], "time": range()}));
    let first = house.ask(&ask).await.unwrap();
    let again = house.ask(&ask).await.unwrap();
    assert_eq!((first.source, again.source), (Source::Lake, Source::Cache));
    assert_eq!((first.rows, first.version), (again.rows, again.version.clone()));
    let filters = [Filter::condition("country", FilterOp::In, [""; 0])];
    let narrowed = house.engine.answer(&house.scope, &ask, &filters).await.unwrap();
    assert_eq!((narrowed.source, narrowed.rows.len()), (Source::Lake, 0));
    house.send(&[event("new", json!({}))]).await;
    let later = house.ask(&ask).await.unwrap();
    assert_eq!(later.source, Source::Lake);
    assert_ne!(later.version, again.version);
}

#[tokio::test]
async fn a_row_filter_that_cannot_be_applied_fails_the_query() {
    let house = House::new().await;
    house.send(&events(3, 20)).await;
    let ask = query(json!({"measures": ["events"], "time": range()}));
    let filters = [Filter::condition("tenant", FilterOp::NotIn, [""; 0])];
    let no = house.engine.answer(&house.scope, &ask, &filters).await.unwrap_err();
    assert_eq!(no.code(), "row_filter");
}

#[tokio::test]
async fn amounts_of_one_currency_say_which() {
    let house = House::new().await;
    let amount = |id: &str, value: &str, currency: &str| {
        event(id, json!({"value": value, "currency": currency}))
    };
    house.send(&[amount("1", "0.10", "EUR"), amount("2", "0.20", "EUR")]).await;
    // Nothing is worth the same in every currency.
    house.send(&[amount("3", "0.00", "USD"), event("4", json!({"value": "0"}))]).await;
    let ask = query(json!({"measures": ["value"], "time": range()}));
    let answer = house.ask(&ask).await.unwrap();
    assert_eq!(answer.rows, [[json!("0.30")]]);
    assert_eq!(answer.columns[0].currency.as_deref(), Some("EUR"));
    house.send(&[amount("5", "1", "USD")]).await;
    let no = house.ask(&ask).await.unwrap_err();
    assert_eq!(no.code(), "mixed_currencies");
    assert!(no.to_string().contains("EUR, USD"), "{no}");
    let by = |dimension: &str| {
        query(json!({"measures": ["value"], "dimensions": [dimension], "time": range()}))
    };
    assert_eq!(house.ask(&by("page")).await.unwrap_err().code(), "mixed_currencies");
    let answer = house.ask(&by("currency")).await.unwrap();
    assert_eq!(
        answer.rows,
        [
            vec![json!("USD"), json!("1.00")],
            vec![json!("EUR"), json!("0.30")],
            vec![Value::Null, json!("0.00")],
        ]
    );
    assert_eq!(answer.columns[1].currency, None);
    let filter = json!([{"dimension": "currency", "op": "in", "values": ["USD"]}]);
    let narrowed = query(json!({"measures": ["value"], "filters": filter, "time": range()}));
    assert_eq!(house.ask(&narrowed).await.unwrap().columns[0].currency.as_deref(), Some("USD"));
}

#[tokio::test]
async fn sums_are_exact_where_floats_are_not() {
    let house = House::new().await;
    let amount = |n: usize| event(&n.to_string(), json!({"value": "0.1"}));
    let mut events: Vec<Value> = (0..1_000).map(amount).collect();
    events.push(event("large", json!({"value": "999999999999999.999999"})));
    events.push(event("slow", json!({"duration_ms": 9_007_199_254_740_991_i64})));
    events.push(event("slower", json!({"duration_ms": 9_007_199_254_740_991_i64})));
    house.send(&events).await;
    let ask = query(json!({"measures": ["value", "duration_avg"], "time": range()}));
    let answer = house.ask(&ask).await.unwrap();
    assert_eq!(answer.rows[0][0], json!("1000000000000099.999999"));
    assert_eq!(answer.rows[0][1], json!(9_007_199_254_740_991.0));
}

#[tokio::test]
async fn the_limit_ranks_groups_and_keeps_their_buckets() {
    let house = House::new().await;
    house.send(&events(5, 400)).await;
    let time = json!({"from": "2026-03-20", "to": "2026-04-09", "grain": "day"});
    let ask = query(json!({
        "measures": ["events", "users"], "dimensions": ["page"], "time": time, "limit": 2,
        "order": [{"by": "users", "desc": true}],
    }));
    let answer = house.ask(&ask).await.unwrap();
    assert_eq!(answer.rows.len(), 40);
    let pages: std::collections::BTreeSet<_> =
        answer.rows.iter().map(|row| row[1].to_string()).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(answer.rows[0][0], "2026-03-20T00:00:00Z");
    assert_eq!(answer.rows[39][0], "2026-04-08T00:00:00Z");
}

#[tokio::test]
async fn others_are_one_row_that_is_no_group() {
    let house = House::new().await;
    let by = |id: &str, page: &str, user: &str| event(id, json!({"page": page, "user": user}));
    let mut events = vec![by("1", "/a", "u1"), by("2", "/a", "u2"), by("3", "/a", "u3")];
    // The same user on two of the other pages is one user of the others.
    events.extend([by("4", "Other", "u1"), by("5", "/c", "u1"), event("6", json!({"user": "u9"}))]);
    house.send(&events).await;
    let ask = |limit: u64| {
        query(json!({"measures": ["events", "users"], "dimensions": ["page"], "time": range(),
            "limit": limit, "other": true, "compare": "previous_period"}))
    };
    let answer = house.ask(&ask(1)).await.unwrap();
    assert_eq!(json!(answer.rows), json!([["/a", 3, 3, false], [null, 3, 2, true]]));
    assert_eq!(
        json!(answer.compare.unwrap().rows),
        json!([["/a", 0, 0, false], [null, 0, 0, true]])
    );
    let last = answer.columns.last().unwrap();
    assert_eq!((last.name.as_str(), last.role), ("is_other", inlay_shared::Role::Other));
    let all = house.ask(&ask(4)).await.unwrap();
    assert!(all.rows.len() == 4 && all.rows.iter().all(|row| row[3] == false), "{:?}", all.rows);
    let code = |ask: Value| {
        let house = &house;
        async move { house.ask(&query(ask)).await.unwrap_err().code() }
    };
    let bare = json!({"measures": ["events"], "time": range(), "other": true});
    assert_eq!(code(bare).await, "invalid_other");
    let mixed = json!({"measures": ["value"], "dimensions": ["currency"], "time": range(),
        "other": true});
    assert_eq!(code(mixed).await, "invalid_other");
}

#[tokio::test]
async fn too_large_an_answer_says_what_would_fit() {
    let house = House::new().await;
    let events: Vec<Value> =
        (0..60).map(|n| event(&n.to_string(), json!({"user": format!("u{n}")}))).collect();
    house.send(&events).await;
    let time = json!({"from": "2026-01-01", "to": "2026-07-01", "grain": "hour"});
    let ask = json!({"measures": ["events"], "dimensions": ["user"], "time": time});
    let no = house.ask(&query(ask)).await.unwrap_err();
    assert_eq!(no.code(), "query_too_large");
    assert!(no.to_string().contains("at most 46 groups"), "{no}");
}

#[tokio::test]
async fn a_panel_narrows_by_viewer_and_token_and_brings_its_course() {
    let house = House::new().await;
    house.send(&events(7, 300)).await;
    let now = "2026-04-08T12:00:00Z".parse().unwrap();
    let time = resolve_range("30d", "Europe/Berlin", None, now).unwrap();
    let dashboard = overview();
    let only =
        |dimension: &str, value: &str| vec![Filter::condition(dimension, FilterOp::In, [value])];
    for panel in &dashboard.panels {
        let ask = |viewer: Vec<Filter>, token: Vec<Filter>| {
            let (house, time) = (&house, &time);
            async move { house.engine.panel(&house.scope, panel, time, &viewer, &token).await.unwrap() }
        };
        let all = ask(Vec::new(), Vec::new()).await;
        let one = ask(only("country", "DE"), Vec::new()).await;
        let none = ask(only("country", "DE"), only("country", "FR")).await;
        assert_eq!(all.trend.is_some(), panel.kind == inlay_shared::PanelKind::Number);
        // There are few users and accounts: each of them was in Germany, too.
        assert!(
            ["users", "accounts"].contains(&&*panel.id) || all.answer.rows != one.answer.rows,
            "{}",
            panel.id
        );
        assert_ne!(one.answer.rows, none.answer.rows, "{}", panel.id);
        if let Some(trend) = all.trend {
            assert_eq!(trend.rows.len(), 30);
            assert_eq!(none.answer.rows[0][0], 0);
        }
    }
    let actions = dashboard.panels.last().unwrap();
    let answer = house.engine.panel(&house.scope, actions, &time, &[], &[]).await.unwrap();
    assert_eq!(answer.answer.columns[0].label, "What happened");
}

#[tokio::test]
async fn wrong_questions_have_codes() {
    let house = House::new().await;
    let code = |ask: Value| {
        let house = &house;
        async move { house.ask(&query(ask)).await.unwrap_err().code() }
    };
    let time = |from: &str, to: &str| json!({"from": from, "to": to, "grain": "minute"});
    let wrong = json!({"measures": ["nope"], "time": range()});
    assert_eq!(code(wrong).await, "unknown_measure");
    let wrong = json!({"measures": ["events"], "time": time("2026-01-01", "2026-01-08")});
    assert_eq!(code(wrong).await, "too_many_buckets");
    for limit in [0, 1_000_000_000] {
        let wrong = json!({"measures": ["events"], "time": range(), "limit": limit});
        assert_eq!(code(wrong).await, "invalid_limit");
    }
    let wrong = json!({"measures": ["events"], "time": time("2026-01-08", "2026-01-08")});
    assert_eq!(code(wrong).await, "invalid_range");
    let wrong = json!({"measures": ["events"],
        "time": {"from": "2026-01-08", "to": "2026-01-09", "zone": "Berlin"}});
    assert_eq!(code(wrong).await, "unknown_zone");
}

#[tokio::test]
async fn a_snapshot_outlives_what_happens_to_its_files() {
    let house = House::new().await;
    house.send(&[event("1", json!({}))]).await;
    let ask = query(json!({"measures": ["events"], "dimensions": ["name"], "time": range()}));
    for n in 2..30 {
        house.flush().await;
        house.send(&[event(&n.to_string(), json!({}))]).await;
        house.folder.clock.advance(std::time::Duration::from_secs(120));
        assert_eq!(house.ask(&ask).await.unwrap().rows[0][1], n);
    }
}
