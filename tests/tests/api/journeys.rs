//! `POST /v1/query/funnel` and `POST /v1/query/retention`: what the same people do one after the other.

use inlay_shared::{FunnelAnswer, RetentionAnswer};
use inlay_tests::{Caller as _, Inlay, TenantClient, event};
use serde_json::{Value, json};

/// Events as they are sent: whose, which, when.
async fn fed() -> TenantClient {
    let tenant = Inlay::start().await.tenant("acme").await;
    let events: Vec<Value> = [
        ("ann", "visit", "2026-11-02T10:00:00Z"),
        ("ann", "signup", "2026-11-02T10:30:00Z"),
        ("ann", "buy", "2026-11-03T10:00:00Z"),
        ("bob", "signup", "2026-11-02T09:00:00Z"),
        ("bob", "visit", "2026-11-02T11:00:00Z"),
        ("bob", "buy", "2026-11-02T12:00:00Z"),
        // The same instant: as they came.
        ("cleo", "visit", "2026-11-03T08:00:00Z"),
        ("cleo", "signup", "2026-11-03T08:00:00Z"),
        ("cleo", "visit", "2026-11-12T08:00:00Z"),
        ("dan", "signup", "2026-11-03T08:00:00Z"),
        ("dan", "visit", "2026-11-03T08:00:00Z"),
        ("", "visit", "2026-11-03T08:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, (user, name, time))| {
        let mut event = event(&format!("e-{n:02}"), name, time);
        if !user.is_empty() {
            event["user"] = json!(user);
        }
        event["country"] = json!(if user == "cleo" { "FR" } else { "DE" });
        event
    })
    .collect();
    tenant.feed(&events, events.len() as u64).await;
    tenant
}

fn is(name: &str) -> Value {
    json!([{"dimension": "name", "op": "in", "values": [name]}])
}

fn merged(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

fn funnel(more: Value) -> Value {
    let steps = ["visit", "signup", "buy"].map(|name| json!({"label": name, "filters": is(name)}));
    merged(json!({"steps": steps, "time": {"from": "2026-11-01", "to": "2026-11-15"}}), more)
}

fn retention(more: Value) -> Value {
    let time = json!({"from": "2026-11-02", "to": "2026-11-16", "grain": "week"});
    merged(json!({"cohort": is("visit"), "time": time}), more)
}

#[tokio::test]
async fn a_funnel_counts_who_gets_from_step_to_step() {
    let tenant = fed().await;
    let ask = async |more: Value| -> Vec<u64> {
        let answer = tenant.post("/v1/query/funnel", &funnel(more)).await.is(200);
        let answer: FunnelAnswer = answer.json();
        answer.steps.iter().map(|step| step.count).collect()
    };
    assert_eq!(ask(json!({})).await, [4, 2, 1]);
    assert_eq!(ask(json!({"window_seconds": 86_400})).await, [4, 2, 1]);
    assert_eq!(ask(json!({"window_seconds": 86_399})).await, [4, 2, 0]);
    assert_eq!(ask(json!({"window_seconds": 1_799})).await, [4, 1, 0]);
    let french = json!([{"dimension": "country", "op": "in", "values": ["FR"]}]);
    assert_eq!(ask(json!({"filters": french})).await, [1, 1, 0]);
    assert_eq!(ask(json!({"by": "session"})).await, [0, 0, 0]);
    let answer: FunnelAnswer =
        tenant.post("/v1/query/funnel", &funnel(json!({}))).await.is(200).json();
    let last = answer.steps.last().expect("three steps");
    assert_eq!((&*last.label, last.of_first, last.of_previous), ("buy", Some(0.25), Some(0.5)));
}

#[tokio::test]
async fn retention_counts_who_comes_back() {
    let tenant = fed().await;
    let ask = async |more: Value| -> Vec<(String, u64, Vec<u64>)> {
        let answer = tenant.post("/v1/query/retention", &retention(more)).await.is(200);
        let answer: RetentionAnswer = answer.json();
        let cohorts = answer.cohorts.into_iter();
        cohorts.map(|cohort| (cohort.start, cohort.size, cohort.returned)).collect()
    };
    let weeks = ["2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"].map(str::to_owned);
    let [first, second] = weeks;
    let expected = [(first.clone(), 4, vec![3, 1]), (second.clone(), 0, vec![0])];
    assert_eq!(ask(json!({})).await, expected);
    let expected = [(first, 4, vec![2, 0]), (second, 0, vec![0])];
    assert_eq!(ask(json!({"returning": is("buy")})).await, expected);
}

#[tokio::test]
async fn the_version_of_an_answer_changes_with_events() {
    let tenant = fed().await;
    let ask = async || tenant.post("/v1/query/funnel", &funnel(json!({}))).await.is(200).value();
    let (first, again) = (ask().await, ask().await);
    assert_eq!(first["version"], again["version"]);
    let mut late = event("late", "visit", "2026-11-04T10:00:00Z");
    late["user"] = json!("eve");
    tenant.feed(&[late], 13).await;
    let then = ask().await;
    assert_ne!(first["version"], then["version"]);
    assert_eq!(then["steps"][0]["count"], 5);
}

#[tokio::test]
async fn another_tenant_has_nobody_on_the_way() {
    let tenant = fed().await;
    let globex = tenant.operator().create_tenant("globex", &["https://globex.example"]).await;
    let answer = globex.post("/v1/query/funnel", &funnel(json!({}))).await.is(200).value();
    assert_eq!(
        answer["steps"][0],
        json!({"label": "visit", "count": 0, "of_first": null, "of_previous": null})
    );
    let answer = globex.post("/v1/query/retention", &retention(json!({}))).await.is(200).value();
    assert_eq!(answer["cohorts"][0]["size"], 0);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused() {
    let tenant = fed().await;
    let step = json!({"label": "a", "filters": []});
    let unknown = json!([{"dimension": "nope", "op": "is_set"}]);
    let time = |grain: &str| json!({"from": "2026-11-01", "to": "2026-11-15", "grain": grain});
    for (code, more) in [
        ("invalid_funnel", json!({"steps": [step]})),
        ("invalid_funnel", json!({"steps": vec![step.clone(); 11]})),
        ("invalid_funnel", json!({"steps": [step, {"label": "", "filters": []}]})),
        ("invalid_funnel", json!({"window_seconds": 0})),
        ("invalid_funnel", json!({"window_seconds": 31_536_001})),
        ("invalid_funnel", json!({"time": time("day")})),
        ("unknown_dimension", json!({"steps": [step, {"label": "b", "filters": unknown}]})),
        ("invalid_body", json!({"window_seconds": null})),
        ("invalid_body", json!({"by": "page"})),
        ("unknown_field", json!({"window": 5})),
    ] {
        tenant.post("/v1/query/funnel", &funnel(more)).await.refused(422, code);
    }
    let years = json!({"from": "2020-01-01", "to": "2026-01-01", "grain": "week"});
    for (code, more) in [
        ("invalid_retention", json!({"time": time("hour")})),
        ("invalid_retention", json!({"time": {"from": "2026-11-01", "to": "2026-11-15"}})),
        ("invalid_retention", json!({"time": years})),
        ("unknown_dimension", json!({"returning": unknown})),
        ("unknown_field", json!({"back": []})),
    ] {
        tenant.post("/v1/query/retention", &retention(more)).await.refused(422, code);
    }
}
