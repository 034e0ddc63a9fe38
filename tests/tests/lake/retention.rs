//! Retention: what is too old goes, everywhere.

use std::time::Duration;

use inlay_tests::{Caller as _, Inlay, event, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_too_old_goes_for_good() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    let events: Vec<Value> = (1..=19).map(on_day).collect();
    acme.feed(&events, 19).await;
    inlay.flush("acme").await;
    globex.feed(&events, 19).await;
    acme.send_events(&[json!({"id": "bad", "name": "n", "time": "never"})]).await.is(202);

    let retention = acme.operator().get("/v1/tenants/acme/retention").await.is(200).value();
    assert_eq!(retention, json!({"days": null}));
    acme.configure("retention", &json!({"days": 5})).await.is(200);
    inlay.advance(Duration::from_secs(600));
    eventually("old events are gone", async || (acme.count(json!([])).await == 5).then_some(()))
        .await;
    assert_eq!(globex.count(json!([])).await, 19, "another tenant keeps its own");
    // The days go on, and what was kept grows old as well; the dead letter, too.
    inlay.advance(Duration::from_secs(10 * 24 * 3_600));
    let acme = inlay.operator().await.exchange("acme", None).await;
    eventually("everything is too old now", async || {
        let letters = acme.get("/v1/dead-letters").await.is(200).value();
        let gone = acme.count(json!([])).await == 0 && letters["data"] == json!([]);
        gone.then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_event_that_was_kept_for_ever_is_kept() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    acme.configure("retention", &json!({"days": 1})).await.is(200);
    acme.configure("retention", &json!({"days": null})).await.is(200);
    acme.feed(&[event("old", "n", "1971-01-01T00:00:00Z")], 1).await;
    inlay.advance(Duration::from_secs(600));
    inlay.flush("acme").await;
    assert_eq!(acme.count(json!([])).await, 1);
}

#[tokio::test]
async fn days_are_days() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    for days in [json!(0), json!(36_501), json!(-1), json!("5"), json!(1.5)] {
        acme.configure("retention", &json!({"days": days})).await.is(422);
    }
    acme.configure("retention", &json!({})).await.is(422);
    let nobody = inlay.operator().await.put("/v1/tenants/nobody/retention", &json!({"days": 5}));
    nobody.await.is(404);
}

fn on_day(day: u32) -> Value {
    event(&format!("e-{day}"), "task.created", &format!("2026-11-{day:02}T08:00:00Z"))
}
