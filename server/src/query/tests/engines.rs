//! Whoever computes an answer, it is the same one.

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::exact::same;
use super::random::SPRING;
use super::*;

/// Random questions to the workers alone, to several of them, and to DataFusion.
#[tokio::test(flavor = "multi_thread")]
async fn every_engine_gives_the_same_answer() {
    alike(House::new().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollup_gives_the_same_answer() {
    alike(House::rolled_up().await).await;
}

async fn alike(house: House) {
    // Four segments, and the rest is in none yet.
    let mut random = ChaCha20Rng::seed_from_u64(6);
    let events = SPRING.events(&mut random, 900);
    let model = SPRING.model(&mut random);
    house.declare(&model).await;
    for part in events[..692].chunks(173) {
        house.send(part).await;
        house.flush().await;
    }
    house.send(&events[692..]).await;
    let (alone, shared) = (house.engine.clone(), house.engine.clone().in_shares(50));
    let datafusion = house.engine.clone().without_dense();
    for round in 0..80 {
        let (query, filters) = SPRING.query(&mut random, &model);
        let which = || format!("{round}: {query:?}");
        let ask = async |engine: &Engine| {
            engine.answer(&house.scope, &query, &filters).await.map_err(|error| error.code())
        };
        let expected = ask(&datafusion).await;
        for engine in [&alone, &shared] {
            let found = ask(engine).await;
            match (&found, &expected) {
                (Ok(found), Ok(expected)) => {
                    same(found, &found.rows, &expected.rows, &which);
                    let rows = |answer: &Answer| answer.compare.as_ref().map(|c| c.rows.clone());
                    match (rows(found), rows(expected)) {
                        (Some(rows), Some(expected)) => same(found, &rows, &expected, &which),
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
        same(&found, &found.rows, &expected.rows, &|| format!("{ask:?}"));
        assert!(!found.rows.is_empty());
    }
}
