//! People are erased while the server is killed: nobody is ever half gone, whoever was asked to be
//! erased is in the end, and nobody else is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use inlay_tests::{
    Caller as _, Door, Operator, Process, event, eventually, ndjson, operator_client,
};
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::rounds::stored;

const ROUNDS: usize = 40;
const SEED: u64 = 4_711;
/// Events of a person.
const EVENTS: u64 = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_half_erased_through_40_kills() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = "[server]\npublic_url = \"http://inlay.test\"\n[lake]\nflush_seconds = 0\n";
    std::fs::write(folder.path().join("inlay.toml"), settings).expect("the folder can be written");
    let client = operator_client(folder.path());
    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let token = operator.create_tenant("north", &[]).await.token().to_owned();
    process.kill();

    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut backend = Backend { token, people: Vec::new(), asked: Arc::default() };
    let mut kills = Vec::new();
    for round in 0..ROUNDS {
        let process = Process::serve(folder.path());
        let operator = Operator::of(&Door::new(process.url()), &client).await;
        let tenant = operator.exchange("north", None).await;
        backend.holds(&stored(&tenant).await);
        for name in ["stays", "goes"] {
            backend.people.push(Person::new(format!("{name}-{round}"), name == "goes"));
        }
        let url = process.url().to_owned();
        let asked = Arc::<Notify>::default();
        backend.asked = asked.clone();
        let at_work = tokio::spawn(backend.work(url));
        if round % 2 == 0 {
            // Right into an erasure: it takes a few milliseconds.
            drop(tokio::time::timeout(Duration::from_secs(5), asked.notified()).await);
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..20))).await;
        } else {
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..1_200))).await;
        }
        process.kill();
        kills.push(now());
        backend = at_work.await.expect("the backend works on until the server is gone");
    }
    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let tenant = operator.exchange("north", None).await;
    let backend = backend.work(process.url().to_owned()).await;
    assert!(backend.people.iter().all(Person::settled), "the last server answers");
    let staying = backend.people.iter().filter(|person| !person.goes);
    let expected: BTreeMap<String, u64> =
        staying.map(|person| (person.name.clone(), EVENTS)).collect();
    eventually("everybody who goes is gone", async || {
        let stored = stored(&tenant).await;
        backend.holds(&stored);
        (stored == expected).then_some(())
    })
    .await;
    let made = eventually("every erasure is made", async || {
        let list = tenant.get("/v1/privacy/erasures?limit=200").await.is(200).value();
        let made = list["data"].as_array().expect("a list").clone();
        made.iter().all(|one| one["erased_at"].is_string()).then_some(made)
    })
    .await;
    let within = |one: &Value, at: &Timestamp| {
        let time =
            |field: &str| one[field].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let (from, to) = (time("requested_at"), time("erased_at"));
        from.zip(to).is_some_and(|(from, to)| (from..to).contains(at))
    };
    let hit = made.iter().filter(|one| kills.iter().any(|at| within(one, at))).count();
    assert!(hit > 0, "no kill hit an erasure: the test shows nothing");
}

/// The time of the wall, which the servers under test go by, too.
#[expect(clippy::disallowed_methods, reason = "processes of their own are told apart by it")]
fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).expect("the clock is set")
}

/// Somebody with events, who stays or is to be erased.
struct Person {
    name: String,
    goes: bool,
    /// The events were accepted.
    came: bool,
    /// The erasure was accepted.
    asked: bool,
}

impl Person {
    fn new(name: String, goes: bool) -> Self {
        Self { name, goes, came: false, asked: false }
    }

    fn settled(&self) -> bool {
        self.came && self.asked == self.goes
    }
}

struct Backend {
    token: String,
    people: Vec<Person>,
    /// Told when an erasure was accepted.
    asked: Arc<Notify>,
}

impl Backend {
    /// Sends what has no answer yet, until the server is gone.
    async fn work(mut self, url: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let http = http.build().expect("a client without TLS can be built");
        for person in &mut self.people {
            if !person.came {
                let one = |n| {
                    let id = format!("{}-{n}", person.name);
                    let mut event = event(&id, "task.created", "2026-11-19T08:00:00Z");
                    event["user"] = json!(person.name);
                    event["session"] = json!(id);
                    event
                };
                let events: Vec<_> = (0..EVENTS).map(one).collect();
                let request = http.post(format!("{url}/v1/events")).bearer_auth(&self.token);
                let request = request.header("content-type", "application/x-ndjson");
                let Ok(answer) = request.body(ndjson(&events)).send().await else { break };
                assert_eq!(answer.status(), 202);
                person.came = true;
            }
            if person.goes && !person.asked {
                let request = http.post(format!("{url}/v1/privacy/erasures"));
                let body = json!({"user": person.name}).to_string();
                let request = request.bearer_auth(&self.token).body(body);
                let request = request.header("content-type", "application/json");
                let Ok(answer) = request.send().await else { break };
                assert_eq!(answer.status(), 202);
                person.asked = true;
                self.asked.notify_one();
            }
        }
        self
    }

    /// Everybody is there with all events or with none, and who was not asked to go with all.
    fn holds(&self, stored: &BTreeMap<String, u64>) {
        for (name, events) in stored {
            assert_eq!(*events, EVENTS, "a part of {name} is there");
        }
        for person in &self.people {
            // Without an answer nobody knows whether the events, or the wish, were taken.
            if person.came && !person.goes {
                assert!(stored.contains_key(&person.name), "{} is not there", person.name);
            }
        }
    }
}
