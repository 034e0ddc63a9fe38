//! Whoever computes an answer, it is the same one.

use super::random::Weeks;
use super::*;

/// Random questions to the workers alone, to several of them, and to DataFusion.
#[tokio::test(flavor = "multi_thread")]
async fn every_engine_gives_the_same_answer() {
    let house = House::new().await;
    // Four segments, and the rest is in none yet.
    let mut random = ChaCha20Rng::seed_from_u64(6);
    let weeks = Weeks::any(&mut random);
    let events = weeks.events(&mut random, 900);
    for part in events[..692].chunks(173) {
        house.send(part).await;
        house.flush().await;
    }
    house.send(&events[692..]).await;
    let (alone, shared) = (house.engine.clone(), house.engine.clone().in_shares(50));
    let datafusion = house.engine.clone().without_dense();
    for round in 0..80 {
        let (query, filters) = weeks.query(&mut random);
        let ask = async |engine: &Engine| {
            engine.answer(&house.scope, &query, &filters).await.map_err(|error| error.code())
        };
        let expected = ask(&datafusion).await;
        for engine in [&alone, &shared] {
            let found = ask(engine).await;
            match (&found, &expected) {
                (Ok(found), Ok(expected)) => {
                    same(&found.rows, &expected.rows, &query);
                    let rows = |answer: &Answer| answer.compare.as_ref().map(|c| c.rows.clone());
                    match (rows(found), rows(expected)) {
                        (Some(found), Some(expected)) => same(&found, &expected, &query),
                        (None, None) => {}
                        _ => panic!("{round}: only one of them compares: {query:?}"),
                    }
                    assert_eq!(found.columns, expected.columns, "{round}");
                }
                _ => panic!("{round}: {found:?} is not {expected:?}: {query:?}"),
            }
        }
    }
}

/// Many values, in row groups of which each has its own: sets, groups and ranks are put together.
#[tokio::test(flavor = "multi_thread")]
async fn many_users_are_counted_and_ranked_alike() {
    let house = House::new().await;
    let start = "2026-03-21T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    for part in 0..3_i64 {
        let event = |n: i64| {
            let time = start + jiff::SignedDuration::from_mins(n * 7 + part);
            let user = (n * n + part * 5) % 701;
            json!({"id": format!("{part}-{n}"), "name": "n", "time": time.to_string(),
                "user": format!("u{user}"), "session": format!("s{}", n % 97),
                "account": format!("a{}", user % 50)})
        };
        let events: Vec<Value> = (0..900).map(event).collect();
        house.send(&events).await;
        if part < 2 {
            house.flush().await;
        }
    }
    let shared = house.engine.clone().in_shares(50);
    let datafusion = house.engine.clone().without_dense();
    let days = json!({"from": "2026-03-21", "to": "2026-03-26", "grain": "day"});
    let whole = json!({"from": "2026-03-21T03:00:00Z", "to": "2026-03-25T12:00:00Z"});
    let by_users = json!([{"by": "users", "desc": true}]);
    for ask in [
        json!({"measures": ["users", "sessions"], "time": days}),
        json!({"measures": ["users", "events"], "time": whole}),
        json!({"measures": ["sessions"], "dimensions": ["user"], "time": whole, "limit": 40}),
        json!({"measures": ["users"], "dimensions": ["account", "hour_of_day"], "time": days,
            "limit": 7, "order": by_users}),
        json!({"measures": ["events"], "dimensions": ["user", "session", "account"],
            "time": whole, "limit": 25}),
    ] {
        let ask = query(ask);
        let found = shared.answer(&house.scope, &ask, &[]).await.unwrap();
        let expected = datafusion.answer(&house.scope, &ask, &[]).await.unwrap();
        same(&found.rows, &expected.rows, &ask);
        assert!(!found.rows.is_empty());
    }
}

/// The same cells; an interpolated percentile may be a tenth of a millisecond off.
fn same(rows: &[Vec<Value>], plain: &[Vec<Value>], query: &Query) {
    assert_eq!(rows.len(), plain.len(), "{query:?}");
    for (row, plain) in rows.iter().zip(plain) {
        let first = row.len() - query.measures.len();
        let equal = row.len() == plain.len()
            && row.iter().zip(plain).enumerate().all(|(at, (a, b))| {
                let loose = at >= first && query.measures[at - first] == "duration_p95";
                match (a.as_f64(), b.as_f64()) {
                    (Some(a), Some(b)) if loose => (a - b).abs() < 0.11,
                    (Some(a), Some(b)) => a == b,
                    _ => a == b,
                }
            });
        assert!(equal, "{row:?} is not {plain:?}: {query:?}");
    }
}
