//! Answers from what large files add up to, and estimates where a query allows them.

use inlay_tests::{Setup, event};
use serde_json::{Value, json};

#[tokio::test]
async fn an_answer_from_a_rollup_is_the_same_and_says_so() {
    let inlay = Setup::default().settings(|config| config.lake.rollup_rows = 500).start().await;
    let tenant = inlay.tenant("acme").await;
    let events = (0..800).map(|n| {
        let time = ["2026-11-18T10:20:00Z", "2026-11-19T11:40:00Z"][n % 2];
        let mut event = event(&format!("e-{n}"), ["view", "buy"][n / 2 % 2], time);
        event["user"] = json!(format!("u{n}"));
        event["value"] = json!("0.10");
        event["currency"] = json!("EUR");
        event
    });
    tenant.feed(&events.collect::<Vec<Value>>(), 800).await;
    let time = json!({"from": "2026-11-18", "to": "2026-11-20", "grain": "day"});
    let ask = json!({"measures": ["events", "value"], "dimensions": ["name"], "time": time});
    let before: Value = tenant.query(&ask).await.is(200).json();
    assert_eq!(before["source"], "lake");
    inlay.flush("acme").await;
    // Rows that move into a file change no answer: another question is not remembered.
    let ask =
        json!({"measures": ["events", "value"], "dimensions": ["name"], "time": time, "limit": 9});
    let after: Value = tenant.query(&ask).await.is(200).json();
    assert_eq!(after["source"], "rollup", "{after}");
    assert_eq!(after["rows"], before["rows"]);
    let again: Value = tenant.query(&ask).await.is(200).json();
    assert_eq!(again["source"], "cache");

    let users = json!({"measures": ["users"], "time": time});
    let exact: Value = tenant.query(&users).await.is(200).json();
    assert_eq!((&exact["source"], &exact["rows"][0][1]), (&json!("lake"), &json!(400)));
    assert_eq!(exact["columns"][1].get("approximate"), None);
    let users = json!({"measures": ["users"], "time": time, "approximate": true});
    let near: Value = tenant.query(&users).await.is(200).json();
    assert_eq!(near["source"], "rollup");
    let error = near["columns"][1]["approximate"]["relative_error"].as_f64().expect("it is marked");
    let found = near["rows"][0][1].as_f64().expect("a number of users");
    assert!((found / 400.0 - 1.0).abs() < 4.0 * error, "{found} ± {error}");
}
