//! Which questions are answered from rollups, and what is estimated when it may be.

use super::*;

/// So many users are in the house below.
const USERS: usize = 3_000;

/// Twelve thousand events of four days, each user's on each of them.
async fn house() -> House {
    let house = House::rolled_up().await;
    let start = "2026-03-28T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    for day in 0..4_i64 {
        let events = (0..USERS).map(|n| {
            let minutes = i64::try_from(n * 7 % 1_440).unwrap();
            let time = start + jiff::SignedDuration::from_hours(24 * day);
            let time = time + jiff::SignedDuration::from_mins(minutes);
            let page = ["/", "/a", "/b"][n % 3];
            json!({"id": format!("{day}-{n}"), "name": "n", "time": time.to_string(), "page": page,
                "user": format!("user {n}"), "value": "0.10", "currency": "EUR", "duration_ms": n})
        });
        let events: Vec<Value> = events.collect();
        for part in events.chunks(1_000) {
            house.send(part).await;
        }
        house.flush().await;
    }
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_hours_come_from_a_rollup() {
    let house = house().await;
    let source = async |mut ask: Value, zone: &str| {
        let from = ask["time"].as_str().unwrap_or("2026-03-28").to_owned();
        ask["time"] = json!({"from": from, "to": "2026-04-01", "zone": zone, "grain": "day"});
        house.ask(&query(ask)).await.unwrap().source
    };
    let page = json!([{"dimension": "page", "op": "in", "values": ["/"]}]);
    for ask in [
        json!({"measures": ["events", "value", "duration_avg"]}),
        json!({"measures": ["events", "value"], "dimensions": ["page", "currency"]}),
        json!({"measures": ["events"], "dimensions": ["hour_of_day"], "filters": page}),
        json!({"measures": ["users"]}),
        json!({"measures": ["users"], "filters":
            [{"dimension": "user", "op": "in", "values": ["user 7"]}]}),
    ] {
        assert_eq!(source(ask.clone(), "America/New_York").await, Source::Rollup, "{ask}");
        assert_eq!(source(ask.clone(), "Asia/Kolkata").await, Source::Lake, "{ask}");
    }
    for ask in [
        json!({"measures": ["users"], "dimensions": ["page"]}),
        json!({"measures": ["events"], "dimensions": ["page", "user"]}),
        json!({"measures": ["events"], "time": "2026-03-28T10:30:00Z"}),
        json!({"measures": ["events"], "filters":
            [{"dimension": "value", "op": "gt", "values": ["0.05"]}]}),
    ] {
        assert_eq!(source(ask.clone(), "UTC").await, Source::Lake, "{ask}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_near_and_says_so() {
    let house = house().await;
    let time = json!({"from": "2026-03-28", "to": "2026-04-01"});
    for dimensions in [json!([]), json!(["page"])] {
        let ask = json!({"measures": ["events", "users"], "dimensions": dimensions, "time": time,
            "approximate": true});
        let answer = house.ask(&query(ask)).await.unwrap();
        assert_eq!(answer.source, Source::Rollup);
        let [events, users] = answer.columns.last_chunk().unwrap();
        assert_eq!(events.approximate, None);
        let error = users.approximate.unwrap().relative_error;
        assert!(error > 0.0 && error < 0.02, "{error}");
        let exactly = USERS as f64 / answer.rows.len() as f64;
        for row in &answer.rows {
            let found = row.last().unwrap().as_f64().unwrap();
            // Four standard errors: less than one of ten thousand sketches is further off.
            assert!((found / exactly - 1.0).abs() < 4.0 * error, "{found} is not {exactly}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_no_rollup_is_counted_exactly() {
    let house = House::new().await;
    house.send(&events(5, 500)).await;
    let ask = json!({"measures": ["users"], "approximate": true,
        "time": {"from": "2026-03-01", "to": "2026-05-01"}});
    for _ in 0..2 {
        let answer = house.ask(&query(ask.clone())).await.unwrap();
        assert_eq!((answer.rows, answer.columns[0].approximate), (vec![vec![json!(23)]], None));
        house.flush().await;
    }
}
