//! What one tenant's queries may use, and whose turn it is.

use inlay_server::config::Config;
use inlay_tests::{
    Answer, Caller as _, Inlay, Operator, Setup, StuckDisk, TenantClient, eventually, numbered,
};
use serde_json::{Value, json};

/// A question that no footer of a file answers: what is in the columns must be read.
fn pages_of(from: &str, to: &str) -> Value {
    json!({
        "measures": ["events", "users"], "dimensions": ["page"],
        "time": {"from": from, "to": to}
    })
}

/// A question about every event.
fn everything() -> Value {
    pages_of("1970-01-01", "2030-01-01")
}

/// A gauge or counter of the process.
async fn figure(operator: &Operator, name: &str) -> u64 {
    let text = operator.get("/metrics").await.is(200).text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

async fn becomes(operator: &Operator, name: &str, value: u64) {
    let what = format!("{name} becomes {value}");
    eventually(&what, async || (figure(operator, name).await == value).then_some(())).await;
}

/// A tenant with events, which lie on a disk that never answers.
async fn stuck(inlay: &Inlay, id: &str) -> (TenantClient, StuckDisk) {
    let tenant = inlay.tenant(id).await;
    tenant.send_events(&numbered("a", 5)).await.is(202);
    let disk = StuckDisk::of(inlay, &tenant).await;
    (tenant, disk)
}

/// Asks beside the test, which can stop asking.
fn ask(tenant: &TenantClient, query: Value) -> tokio::task::JoinHandle<Answer> {
    let tenant = tenant.clone();
    tokio::spawn(async move { tenant.query(&query).await })
}

#[tokio::test]
async fn a_query_is_stopped_when_its_time_is_over() {
    let inlay = Setup::default().settings(|config| config.query.seconds = 1).start().await;
    let (tenant, _disk) = stuck(&inlay, "acme").await;
    tenant.query(&everything()).await.refused(503, "query_timeout");
    assert_eq!(figure(tenant.operator(), "inlay_queries_running").await, 0);
}

/// The time limit is an hour here, so what ends sooner was stopped.
fn patient(config: &mut Config) {
    config.query.seconds = 3_600;
}

#[tokio::test]
async fn who_goes_away_stops_the_query() {
    let inlay = Setup::default().settings(patient).start().await;
    let (tenant, _disk) = stuck(&inlay, "acme").await;
    let query = ask(&tenant, everything());
    becomes(tenant.operator(), "inlay_queries_running", 1).await;
    query.abort();
    becomes(tenant.operator(), "inlay_queries_running", 0).await;
}

#[tokio::test]
async fn a_viewer_who_goes_away_stops_every_panel() {
    let inlay = Setup::default().settings(patient).start().await;
    let (tenant, _disk) = stuck(&inlay, "acme").await;
    let viewer = tenant.viewer(json!({})).await;
    let view = tokio::spawn(async move { viewer.view("").await });
    eventually("panels run", async || {
        (figure(tenant.operator(), "inlay_queries_running").await > 0).then_some(())
    })
    .await;
    view.abort();
    becomes(tenant.operator(), "inlay_queries_running", 0).await;
    becomes(tenant.operator(), "inlay_queries_waiting", 0).await;
}

#[tokio::test]
async fn a_crowd_makes_only_itself_wait() {
    let narrow = |config: &mut Config| {
        patient(config);
        config.query.slots = Some(1);
        config.query.tenant_waiting = 3;
    };
    let inlay = Setup::default().settings(narrow).start().await;
    let (crowd, _disk) = stuck(&inlay, "crowd").await;
    let quiet = inlay.tenant("quiet").await;
    quiet.feed(&numbered("a", 7), 7).await;
    // Each asks something else, so that none waits for the answer of another one.
    let ends = ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"];
    let asked: Vec<_> = ends.iter().map(|end| ask(&crowd, pages_of("1970-01-01", end))).collect();
    becomes(crowd.operator(), "inlay_queries_waiting", 3).await;
    assert_eq!(figure(crowd.operator(), "inlay_queries_running").await, 1);

    let refused = crowd.query(&everything()).await;
    refused.refused(429, "too_many_queries");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(figure(crowd.operator(), "inlay_queries_refused_total").await, 1);

    // The crowd holds the only slot and stays there; the other tenant is answered all the same.
    for day in 1..=9 {
        let end = format!("2026-12-0{day}");
        let answer = quiet.query(&pages_of("1970-01-01", &end)).await.is(200).value();
        assert_eq!(answer["rows"], json!([[null, 7, 0]]));
    }
    assert_eq!(figure(crowd.operator(), "inlay_queries_running").await, 1);
    assert_eq!(figure(crowd.operator(), "inlay_queries_waiting").await, 3);

    asked.iter().for_each(|query| query.abort());
    becomes(crowd.operator(), "inlay_queries_running", 0).await;
    // What needs no file of that disk is answered again.
    crowd.query(&pages_of("2020-01-01", "2020-02-01")).await.is(200);
}

#[tokio::test]
async fn a_query_that_needs_too_much_memory_is_refused() {
    let poor = |config: &mut Config| config.query.tenant_memory_bytes = 1;
    let inlay = Setup::default().settings(poor).start().await;
    let tenant = inlay.tenant("acme").await;
    tenant.send_events(&numbered("a", 500)).await.is(202);
    let query = everything();
    eventually("there is something to hold in memory", async || {
        let answer = tenant.query(&query).await;
        if answer.status == 200 {
            assert_eq!(answer.value()["rows"], json!([]), "nothing was seen yet");
            return None;
        }
        answer.refused(422, "query_too_large");
        Some(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_too_many_rows_is_refused() {
    let brief = |config: &mut Config| config.query.rows = 10;
    let inlay = Setup::default().settings(brief).start().await;
    let tenant = inlay.tenant("acme").await;
    let mut query = json!({
        "measures": ["events"],
        "time": {"from": "2026-11-01", "to": "2026-11-11", "grain": "day"}
    });
    tenant.query(&query).await.is(200);
    query["time"]["to"] = json!("2026-11-12");
    let problem = tenant.query(&query).await.refused(422, "query_too_large");
    assert!(problem.detail.contains("at most 10"), "{}", problem.detail);
}

/// A funnel and a retention over the users of every event.
fn journeys() -> [(&'static str, Value); 2] {
    let (from, to) = ("2026-11-01", "2026-12-01");
    let step = json!({"label": "Any", "filters": []});
    [
        ("/v1/query/funnel", json!({"steps": [step, step], "time": {"from": from, "to": to}})),
        ("/v1/query/retention", json!({"time": {"from": from, "to": to, "grain": "day"}})),
    ]
}

#[tokio::test]
async fn those_who_are_followed_are_held_to_the_same_memory() {
    let events: Vec<Value> = numbered("a", 500)
        .into_iter()
        .enumerate()
        .map(|(n, mut event)| {
            event["user"] = json!(format!("u{n:0100}"));
            event
        })
        .collect();
    let poor = |config: &mut Config| config.query.tenant_memory_bytes = 1;
    let inlay = Setup::default().settings(poor).start().await;
    let tenant = inlay.tenant("acme").await;
    tenant.send_events(&events).await.is(202);
    for (path, body) in journeys() {
        tenant.post(path, &body).await.refused(422, "query_too_large");
    }
}

#[tokio::test]
async fn a_journey_is_stopped_when_its_time_is_over() {
    let inlay = Setup::default().settings(|config| config.query.seconds = 1).start().await;
    let tenant = inlay.tenant("acme").await;
    let mut event = numbered("a", 1).remove(0);
    event["user"] = json!("ann");
    tenant.send_events(&[event]).await.is(202);
    let _disk = StuckDisk::of(&inlay, &tenant).await;
    for (path, body) in journeys() {
        tenant.post(path, &body).await.refused(503, "query_timeout");
    }
    assert_eq!(figure(tenant.operator(), "inlay_queries_running").await, 0);
}
