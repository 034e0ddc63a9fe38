//! Erasing a person: what a reader sees meanwhile, and what is left.

use std::time::Duration;

use http::Method;
use inlay_shared::{Erasure, ErasureState, Import, ImportState};
use inlay_tests::{Bucket, Caller as _, Inlay, Setup, TenantClient, event, eventually};
use serde_json::{Value, json};

const PERSON: &str = "person-4711";

#[tokio::test]
async fn a_person_is_in_no_answer_and_in_no_file() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let globex = inlay.tenant("globex").await;
    acme.feed(&events("a", 200), 200).await;
    inlay.flush("acme").await;
    acme.feed(&events("b", 50), 250).await;
    globex.feed(&events("g", 30), 30).await;
    let refused = json!({"id": "bad", "name": "n", "time": "never", "user": PERSON});
    acme.send_events(&[refused]).await.is(202);
    assert!(users(&acme).await.contains(&PERSON.to_owned()));

    let asked = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202);
    assert!(!asked.text().contains(PERSON), "{asked}");
    let erasure: Erasure = asked.json();
    let location = format!("/v1/privacy/erasures/{}", erasure.id);
    assert_eq!(asked.header("location"), Some(location.as_str()));
    let erased = reaches(&acme, &erasure, ErasureState::Erased).await;
    assert_eq!(erased.events, 25);
    assert!(!users(&acme).await.contains(&PERSON.to_owned()));
    assert_eq!(acme.count(json!([])).await, 225);
    let letters = acme.get("/v1/dead-letters").await.is(200);
    assert!(!letters.text().contains(PERSON), "{letters}");

    inlay.advance(Duration::from_secs(61));
    let done = reaches(&acme, &erasure, ErasureState::Done).await;
    assert!(done.finished_at.is_some());
    // The other tenant has a person of that name, who stays; so its rows are erased for the search.
    assert_eq!(globex.count(json!([])).await, 30);
    let other = globex.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    reaches(&globex, &other, ErasureState::Erased).await;
    inlay.advance(Duration::from_secs(61));
    reaches(&globex, &other, ErasureState::Done).await;
    assert_eq!(inlay.files_with(PERSON), [] as [String; 0]);
    assert!(!inlay.files_with("somebody-else").is_empty(), "the search finds what is there");

    let list = acme.get("/v1/privacy/erasures").await.is(200).value();
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["data"][0]["id"], json!(erasure.id));
}

#[tokio::test]
async fn what_was_erased_does_not_come_back_and_what_is_new_does() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    acme.feed(&events("a", 20), 20).await;
    let erasure = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    reaches(&acme, &erasure, ErasureState::Erased).await;
    let again = acme.send_events(&events("a", 20)).await.is(202).value();
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(20)));
    assert_eq!(acme.count(json!([])).await, 18);
    let new = acme.send_events(&events("b", 10)).await.is(202).value();
    assert_eq!(new["accepted"], 10);
    assert_eq!(acme.count(json!([])).await, 28);
    assert!(users(&acme).await.contains(&PERSON.to_owned()), "new events are new");
}

#[tokio::test]
async fn an_answer_that_was_remembered_is_not_given_again() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    acme.feed(&events("a", 20), 20).await;
    let viewer = acme.viewer(json!({})).await;
    let before = viewer.get("/v1/embed/view?dashboard=overview").await.is(200);
    let etag = before.header("etag").unwrap().to_owned();
    let erasure = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    reaches(&acme, &erasure, ErasureState::Erased).await;
    let view = viewer.get("/v1/embed/view?dashboard=overview").header("if-none-match", &etag);
    view.await.is(200);
}

#[tokio::test]
async fn a_server_that_starts_goes_on_with_it() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    acme.feed(&events("a", 40), 40).await;
    let erasure: Erasure =
        acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    let next = Setup::default().beside(&inlay).ahead(Duration::from_secs(3_600)).start().await;
    let acme = next.operator().await.exchange("acme", None).await;
    reaches(&acme, &erasure, ErasureState::Erased).await;
    next.advance(Duration::from_secs(61));
    reaches(&acme, &erasure, ErasureState::Done).await;
    assert_eq!(acme.count(json!([])).await, 36);
}

#[tokio::test]
async fn it_reaches_a_bucket() {
    let bucket = Bucket::start().await;
    let inlay = Setup::default().lake_in(&bucket).start().await;
    let acme = inlay.tenant("acme").await;
    acme.feed(&events("a", 100), 100).await;
    inlay.flush("acme").await;
    let old = bucket.objects("acme");
    let erasure = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    reaches(&acme, &erasure, ErasureState::Erased).await;
    assert_eq!(acme.count(json!([])).await, 90);
    inlay.advance(Duration::from_secs(61));
    reaches(&acme, &erasure, ErasureState::Done).await;
    let left = bucket.objects("acme");
    assert!(left.len() == 1 && !old.contains(&left[0]), "{old:?} became {left:?}");
    assert_eq!(left, inlay.live_files("acme").await);
}

/// The file with the person waits behind one that takes a while.
#[tokio::test]
async fn an_import_that_was_accepted_before_does_not_bring_a_person_back() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    let import = async |file: String| -> Import {
        acme.call(Method::POST, "/v1/imports").body("text/csv", file).await.is(202).json()
    };
    let row = |n| format!("2026-11-19T10:00:00Z,page.viewed,user-{n},{n}\n");
    let long: String = (0..30_000).map(row).collect();
    import(format!("time,name,user,number\n{long}")).await;
    let waiting = import(format!("time,name,user\n2026-11-19T10:00:00Z,n,{PERSON}\n")).await;
    let erasure = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202).json();
    let target = format!("/v1/imports/{}", waiting.id);
    let before: Import = acme.get(&target).await.is(200).json();
    assert_eq!(before.state, ImportState::Waiting, "the file before it takes a while");

    let erased = reaches(&acme, &erasure, ErasureState::Erased).await;
    let after: Import = acme.get(&target).await.is(200).json();
    assert_eq!((after.state, after.accepted), (ImportState::Done, 1));
    assert_eq!(erased.events, 1);
    let the_person = json!([{"dimension": "user", "op": "in", "values": [PERSON]}]);
    assert_eq!(acme.count(the_person).await, 0);
    inlay.advance(Duration::from_secs(61));
    reaches(&acme, &erasure, ErasureState::Done).await;
    assert_eq!(inlay.files_with(PERSON), [] as [String; 0]);
}

#[tokio::test]
async fn a_person_has_a_name() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    for user in ["", &"u".repeat(257)] {
        let answer = acme.post("/v1/privacy/erasures", &json!({"user": user})).await.is(422);
        assert_eq!(answer.value()["code"], "invalid_erasure");
    }
    for body in [json!({}), json!({"user": null}), json!({"user": "u", "why": "asked"})] {
        acme.post("/v1/privacy/erasures", &body).await.is(422);
    }
}

/// One in ten is the person's.
fn events(prefix: &str, count: usize) -> Vec<Value> {
    let one = |n: usize| {
        let mut event = event(&format!("{prefix}-{n}"), "task.created", "2026-11-19T08:00:00Z");
        event["user"] = json!(if n % 10 == 3 { PERSON } else { "somebody-else" });
        event["properties"] = json!({"note": "x".repeat(n % 300)});
        event
    };
    (0..count).map(one).collect()
}

async fn users(tenant: &TenantClient) -> Vec<String> {
    let answer = tenant.query(&json!({
        "measures": ["events"], "dimensions": ["user"],
        "time": {"from": "2026-11-01", "to": "2026-11-21"}
    }));
    let answer = answer.await.is(200).value();
    let rows = answer["rows"].as_array().expect("an answer has rows");
    rows.iter().map(|row| row[0].as_str().unwrap_or_default().to_owned()).collect()
}

async fn reaches(tenant: &TenantClient, erasure: &Erasure, state: ErasureState) -> Erasure {
    let target = format!("/v1/privacy/erasures/{}", erasure.id);
    eventually(&format!("{} is {state:?}", erasure.id), async || {
        let now: Erasure = tenant.get(&target).await.is(200).json();
        (now.state == state || now.state == ErasureState::Done).then_some(now)
    })
    .await
}
