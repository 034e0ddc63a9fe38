//! `GET /v1/dead-letters`: refused events as they came, page by page, the newest first.

use std::time::Duration;

use http::Method;
use inlay_shared::{DeadLetter, List};
use inlay_tests::{Caller as _, Inlay};
use serde_json::{Value, json};

#[tokio::test]
async fn refused_events_are_kept_as_they_came() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let wrong = json!({"id": "e-1", "name": "a", "time": "2026-11-19T10:00:00Z", "surprise": [1, {"a": null}]});
    tenant.send_events(std::slice::from_ref(&wrong)).await.is(202);
    inlay.advance(Duration::from_secs(1));
    let lines = tenant.call(Method::POST, "/v1/events").body("application/x-ndjson", "{no json");
    lines.await.is(202);
    let list: List<DeadLetter> = tenant.get("/v1/dead-letters").await.is(200).json();
    let events: Vec<_> = list.data.iter().map(|letter| letter.event.clone()).collect();
    assert_eq!(events, [Value::from("{no json"), wrong]);
    assert_eq!(list.data[0].code, "invalid_json");
    assert_eq!(list.data[1].code, "unknown_field");
    assert!(list.data[1].detail.contains("surprise"));
}

#[tokio::test]
async fn pages_lead_through_all_of_them_once() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let wrong: Vec<_> = (0..25).map(|n| json!({"n": n})).collect();
    tenant.send_events(&wrong).await.is(202);
    let mut target = "/v1/dead-letters?limit=10".to_owned();
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let answer = tenant.get(&target).await.is(200);
        let list: List<DeadLetter> = answer.json();
        sizes.push(list.data.len());
        seen.extend(list.data.into_iter().map(|letter| letter.id));
        let Some(link) = answer.header("link") else { break };
        let (path, rest) = link[1..].split_once('>').expect("a link in angle brackets");
        assert_eq!(rest, "; rel=\"next\"");
        target = path.to_owned();
        // What comes meanwhile moves nothing from one page to another.
        inlay.advance(Duration::from_secs(1));
        tenant.send_events(&[json!({"late": true})]).await.is(202);
    }
    assert_eq!(sizes, [10, 10, 5]);
    let mut once = seen.clone();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (25, 25));
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
}

#[tokio::test]
async fn reasons_are_counted_and_picked() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    tenant.send_events(&[json!({"a": 1}), json!({"b": 1}), json!("x")]).await.is(202);
    let reasons = tenant.get("/v1/dead-letters/reasons").await.is(200).value();
    let counts: Vec<_> = reasons["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| (&r["code"], &r["count"]))
        .collect();
    assert_eq!(
        counts,
        [(&json!("unknown_field"), &json!(2)), (&json!("not_an_object"), &json!(1))]
    );
    let page = tenant.get("/v1/dead-letters?code=unknown_field&limit=1").await.is(200);
    let list: List<DeadLetter> = page.json();
    assert_eq!(list.data[0].code, "unknown_field");
    let link = page.header("link").expect("there is another one").to_owned();
    let (next, _) = link[1..].split_once('>').expect("a link in angle brackets");
    let rest: List<DeadLetter> = tenant.get(next).await.is(200).json();
    assert_eq!((rest.data.len(), rest.data[0].code.as_str()), (1, "unknown_field"));
    let one: DeadLetter =
        tenant.get(&format!("/v1/dead-letters/{}", list.data[0].id)).await.is(200).json();
    assert_eq!(one, list.data[0]);
    tenant.get("/v1/dead-letters?code=NO").await.refused(422, "invalid_parameter");
}

#[tokio::test]
async fn a_letter_becomes_an_event_once_its_mapping_is_right() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let events: Vec<Value> = (0..3)
        .map(|n| json!({"id": n.to_string(), "name": "n", "time": "2026-11-19T10:00:00Z", "place": "x"}))
        .collect();
    let call = tenant.call(Method::POST, "/v1/events?source=shop").json(&json!(events));
    assert_eq!(call.await.is(202).json::<inlay_shared::Receipt>().rejected.len(), 3);
    let replay =
        async |body: Value| tenant.post("/v1/dead-letters/replay", &body).await.is(200).value();
    let all = json!({"code": "unknown_field"});
    assert_eq!(replay(all.clone()).await, json!({"accepted": 0, "duplicates": 0, "refused": 3}));
    let rules = json!({"rules": [{"action": "move", "from": "place", "to": "page"}]});
    tenant.put("/v1/mappings/shop", &rules).await.is(200);
    let list: List<DeadLetter> = tenant.get("/v1/dead-letters").await.is(200).json();
    assert_eq!(list.data[0].source.as_deref(), Some("shop"));
    let one = format!("/v1/dead-letters/{}/replay", list.data[0].id);
    assert_eq!(tenant.post(&one, &json!({})).await.is(200).value(), json!({"outcome": "accepted"}));
    tenant.post(&one, &json!({})).await.refused(404, "unknown_dead_letter");
    assert_eq!(tenant.count(json!([])).await, 1, "it is in the very next answer");
    assert_eq!(replay(all.clone()).await, json!({"accepted": 2, "duplicates": 0, "refused": 0}));
    assert_eq!(replay(all).await, json!({"accepted": 0, "duplicates": 0, "refused": 0}));
    assert_eq!(tenant.count(json!([])).await, 3);
    let left: List<DeadLetter> = tenant.get("/v1/dead-letters").await.is(200).json();
    assert_eq!(left.data, []);
    let page = json!([{"dimension": "page", "op": "in", "values": ["x"]}]);
    assert_eq!(tenant.count(page).await, 3);
}

#[tokio::test]
async fn a_letter_is_put_right_by_hand() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let letter = tenant.dead_letter().await;
    let target = format!("/v1/dead-letters/{letter}/replay");
    let event = json!({"id": "e-1", "name": "n", "time": "2026-11-19T10:00:00Z"});
    let wrong = json!({"event": {"id": "e-1"}});
    let answer = tenant.post(&target, &wrong).await.is(200).value();
    assert_eq!((&answer["outcome"], &answer["code"]), (&json!("refused"), &json!("missing_field")));
    let kept: DeadLetter = tenant.get(&format!("/v1/dead-letters/{letter}")).await.is(200).json();
    assert_eq!((kept.code.as_str(), kept.event), ("unknown_field", json!({"surprise": true})));
    let right = json!({"event": event});
    assert_eq!(tenant.post(&target, &right).await.is(200).value(), json!({"outcome": "accepted"}));
    tenant.sees(1).await;
    let again = tenant.dead_letter().await;
    let target = format!("/v1/dead-letters/{again}/replay");
    assert_eq!(tenant.post(&target, &right).await.is(200).value(), json!({"outcome": "duplicate"}));
    tenant.get(&format!("/v1/dead-letters/{again}")).await.refused(404, "unknown_dead_letter");
    assert_eq!(tenant.count(json!([])).await, 1);
}
