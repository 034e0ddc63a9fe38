//! Pages of events hold each of them once, whatever happens meanwhile.

use inlay_shared::{Filter, FilterOp, RowsPage, RowsQuery};
use serde_json::{Value, json};

use super::cursor::{Binding, Cursor};
use crate::query::QueryError;
use crate::query::tests::{House, events};
use crate::store::testing::scope;

fn query(more: Value) -> RowsQuery {
    let mut query = json!({"columns": ["id"], "time": {"from": "2026-03-20", "to": "2026-04-09"}});
    query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(query).unwrap()
}

impl House {
    async fn page_of(&self, query: &RowsQuery) -> Result<RowsPage, QueryError> {
        self.engine.rows(&self.scope, query, &[]).await
    }

    /// All pages, and what is done between them.
    async fn pages(&self, mut query: RowsQuery, between: Option<&[Value]>) -> Vec<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let page = self.page_of(&query).await.unwrap();
            all.extend(page.rows);
            if all.len() < 50
                && let Some(events) = between
            {
                self.send(events).await;
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return all,
            }
        }
    }
}

/// Ids by time, and those of the same time in the order in which they came.
fn sorted(events: &[Value], newest_first: bool) -> Vec<Vec<Value>> {
    let time = |event: &Value| event["time"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let mut places: Vec<usize> = (0..events.len()).collect();
    places.sort_by_key(|at| (time(&events[*at]), *at));
    if newest_first {
        places.reverse();
    }
    places.into_iter().map(|at| vec![events[at]["id"].clone()]).collect()
}

/// Some of the same instant, so that the place in the raw log has to decide.
fn with_ties(seed: u64, count: usize) -> Vec<Value> {
    let mut events = events(seed, count);
    for event in events.iter_mut().step_by(3) {
        event["time"] = json!("2026-03-25T10:00:00Z");
    }
    events
}

#[tokio::test]
async fn pages_hold_every_event_once_in_its_place() {
    let house = House::new().await;
    let events = with_ties(11, 120);
    house.send(&events[..70]).await;
    house.flush().await;
    house.send(&events[70..]).await;
    for (order, newest_first) in [("newest_first", true), ("oldest_first", false)] {
        for limit in [1, 7, 119, 120, 500] {
            let asked = query(json!({"order": order, "limit": limit}));
            let all = house.pages(asked, None).await;
            assert_eq!(all, sorted(&events, newest_first), "{order} {limit}");
        }
    }
}

#[tokio::test]
async fn what_comes_meanwhile_is_on_no_page() {
    let house = House::new().await;
    let events = with_ties(12, 60);
    house.send(&events).await;
    let late: Vec<Value> = with_ties(13, 40)
        .into_iter()
        .map(|mut event| {
            event["id"] = json!(format!("late-{}", event["id"].as_str().unwrap()));
            event
        })
        .collect();
    let asked = query(json!({"limit": 13}));
    let all = house.pages(asked.clone(), Some(&late)).await;
    assert_eq!(all, sorted(&events, true));
    assert_eq!(house.pages(asked, None).await.len(), 100);
}

#[tokio::test]
async fn a_cursor_is_for_its_tenant_and_its_question() {
    let house = House::new().await;
    house.send(&events(14, 20)).await;
    let asked = query(json!({"limit": 5}));
    let next = house.page_of(&asked).await.unwrap().next.unwrap();
    let with = |more: Value, cursor: &str| {
        let mut asked = query(more);
        asked.cursor = Some(cursor.to_owned());
        asked
    };
    assert!(house.page_of(&with(json!({"limit": 2}), &next)).await.is_ok());
    let others = [
        with(json!({"limit": 5, "order": "oldest_first"}), &next),
        with(json!({"limit": 5, "columns": ["id", "user"]}), &next),
        with(json!({"limit": 5, "filters": [{"dimension": "user", "op": "is_set"}]}), &next),
        with(json!({"limit": 5}), &next[1..]),
        with(json!({"limit": 5}), ""),
        with(json!({"limit": 5}), "AAAA"),
    ];
    for other in others {
        assert_eq!(house.page_of(&other).await.unwrap_err().code(), "invalid_cursor", "{other:?}");
    }
    let same = with(json!({"limit": 5}), &next);
    let globex = house.engine.rows(&scope("globex"), &same, &[]).await.unwrap_err();
    assert_eq!(globex.code(), "invalid_cursor");
    let filters = [Filter::condition("country", FilterOp::In, ["DE"])];
    let narrowed = house.engine.rows(&house.scope, &same, &filters).await.unwrap_err();
    assert_eq!(narrowed.code(), "invalid_cursor");
}

#[test]
fn a_cursor_reads_back() {
    let binding = Binding::of(&"acme".parse().unwrap(), &query(json!({})), &[]);
    let cursor = Cursor { upto: 1, time: -5, seq: i64::MAX };
    assert_eq!(Cursor::read(&cursor.write(binding), binding), Ok(cursor));
}

#[tokio::test]
async fn row_filters_hold_and_one_that_cannot_be_applied_fails() {
    let house = House::new().await;
    house.send(&events(15, 30)).await;
    let asked = query(json!({"columns": ["country"]}));
    let filters = |op, values: &[&str]| vec![Filter::condition("country", op, values.to_vec())];
    let only = house.engine.rows(&house.scope, &asked, &filters(FilterOp::In, &["DE"])).await;
    let only = only.unwrap().rows;
    assert!(!only.is_empty() && only.iter().all(|row| row[0] == "DE"));
    let none = house.engine.rows(&house.scope, &asked, &filters(FilterOp::In, &[])).await.unwrap();
    assert_eq!(none.rows.len(), 0);
    let wrong = [Filter::condition("tenant", FilterOp::NotIn, [""; 0])];
    let no = house.engine.rows(&house.scope, &asked, &wrong).await.unwrap_err();
    assert_eq!(no.code(), "row_filter");
}

#[tokio::test]
async fn every_column_can_be_shown() {
    let house = House::new().await;
    let event = json!({
        "id": "e-1", "name": "buy", "time": "2026-03-29T03:30:00.25+02:00", "user": "u1",
        "value": "-12.5", "currency": "EUR", "duration_ms": 120,
        "properties": {"plan": "pro", "seats": 3, "trial": false}
    });
    let bare = json!({"id": "e-2", "name": "view", "time": "2026-03-28T00:00:00Z"});
    house.send(&[event]).await;
    house.flush().await;
    house.send(&[bare]).await;
    let columns = json!([
        "time",
        "id",
        "name",
        "user",
        "value",
        "currency",
        "duration_ms",
        "properties",
        "properties.plan",
        "properties.seats",
        "properties.nothing",
        "page"
    ]);
    let mut asked = query(json!({"columns": columns}));
    asked.time.zone = "Europe/Berlin".into();
    let page = house.page_of(&asked).await.unwrap();
    assert_eq!(
        json!(page.rows),
        json!([
            [
                "2026-03-29T03:30:00.25+02:00",
                "e-1",
                "buy",
                "u1",
                "-12.50",
                "EUR",
                120,
                "{\"plan\":\"pro\",\"seats\":\"3\",\"trial\":\"false\"}",
                "pro",
                "3",
                null,
                null
            ],
            [
                "2026-03-28T01:00:00+01:00",
                "e-2",
                "view",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null
            ],
        ])
    );
    let kinds: Vec<_> = page.columns.iter().map(|column| json!(column.kind)).collect();
    assert_eq!(
        json!(kinds[..7]),
        json!(["time", "string", "string", "string", "decimal", "string", "integer"])
    );
    let plain = house.page_of(&serde_json::from_value(json!({"time": asked.time})).unwrap()).await;
    assert_eq!(plain.unwrap().columns.len(), 12);
}

#[tokio::test]
async fn wrong_questions_say_where() {
    let house = House::new().await;
    for (code, pointer, more) in [
        ("unknown_column", "/columns/1", json!({"columns": ["id", "seq"]})),
        ("unknown_column", "/columns/0", json!({"columns": ["properties."]})),
        ("invalid_columns", "/columns/1", json!({"columns": ["id", "id"]})),
        ("invalid_columns", "/columns", json!({"columns": []})),
        ("invalid_limit", "/limit", json!({"limit": 0})),
        ("invalid_limit", "/limit", json!({"limit": 10_001})),
        (
            "invalid_range",
            "/time/grain",
            json!({"time": {"from": "2026-03-20", "to": "2026-03-21", "grain": "day"}}),
        ),
        (
            "unknown_dimension",
            "/filters/0/dimension",
            json!({"filters": [{"dimension": "x", "op": "is_set"}]}),
        ),
    ] {
        let no = house.page_of(&query(more)).await.unwrap_err();
        assert_eq!((no.code(), no.pointer()), (code, Some(pointer)));
    }
}
