//! What is accepted is stored, exactly once, however often the server is killed.
//!
//! A real `inlay serve` is started and killed 200 times with `kill -9`, in the middle of requests,
//! flushes and starts, while the backends of two tenants send events as careful clients do: a
//! request without an answer is sent again after the restart, with the same ids.

use std::collections::BTreeMap;
use std::time::Duration;

use inlay_shared::Receipt;
use inlay_tests::{Door, Operator, Process, TenantClient, event, ndjson, operator_client};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const ROUNDS: u32 = 200;
const SEED: u64 = 20_261_121;
const TENANTS: [&str; 2] = ["north", "south"];
const SENDERS_PER_TENANT: usize = 2;
/// Events of one request.
const BATCH: u64 = 20;
/// New requests of one sender in one round at most: it goes on to wait for the end.
const BATCHES_PER_ROUND: u32 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_is_stored_exactly_once_through_200_kills() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    // The port changes with every start; the issuer of the tokens must not.
    let settings = "[server]\npublic_url = \"http://inlay.test\"\n";
    std::fs::write(folder.path().join("inlay.toml"), settings).expect("the folder can be written");
    let client = operator_client(folder.path());

    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let mut senders = Vec::new();
    for tenant in TENANTS {
        let token = operator.create_tenant(tenant, &[]).await.token().to_owned();
        for number in 0..SENDERS_PER_TENANT {
            senders.push(Sender::new(tenant, number, &token));
        }
    }
    process.kill();

    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    for round in 0..ROUNDS {
        let process = Process::serve(folder.path());
        let url = process.url().to_owned();
        let at_work: Vec<_> =
            senders.drain(..).map(|s| tokio::spawn(s.work(url.clone()))).collect();
        // Mostly in the first requests, at times beyond the second after which the lake is fed.
        let most = if round % 5 == 0 { 1_600 } else { 250 };
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..most))).await;
        process.kill();
        for sender in at_work {
            senders.push(sender.await.expect("a sender works on until the server is gone"));
        }
    }

    let process = Process::serve(folder.path());
    for sender in &mut senders {
        sender.settle(process.url()).await;
    }
    let lost = senders.iter().map(|sender| sender.unanswered).sum::<u64>();
    assert!(lost > 0, "no kill hit a request: the test shows nothing");
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    for tenant in TENANTS {
        let of_tenant = senders.iter().filter(|sender| sender.tenant == tenant);
        let expected: BTreeMap<_, _> = of_tenant
            .flat_map(|sender| (0..sender.next).map(|n| (sender.batch(n), BATCH)))
            .collect();
        assert!(expected.len() > 200, "{tenant} sent {} batches only", expected.len());
        let tenant = operator.exchange(tenant, None).await;
        tenant.sees(BATCH * u64::try_from(expected.len()).expect("a count fits")).await;
        assert!(stored(&tenant).await == expected, "{} has other events than it sent", tenant.id());
    }
    // What is stored is there after one more kill, too, and nothing is fed twice.
    process.kill();
    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    for tenant in TENANTS {
        let batches: u64 = senders.iter().filter(|s| s.tenant == tenant).map(|s| s.next).sum();
        let tenant = operator.exchange(tenant, None).await;
        assert_eq!(tenant.count(json!([])).await, BATCH * batches);
    }
}

/// Events by batch, read through the public door. A batch is a user and an event's id is also its
/// session: as many sessions as events means that each is there once.
async fn stored(tenant: &TenantClient) -> BTreeMap<String, u64> {
    let query = json!({
        "measures": ["events", "sessions"], "dimensions": ["user"], "limit": 10_000,
        "time": {"from": "1970-01-01", "to": "2030-01-01"}
    });
    let answer = tenant.query(&query).await.is(200).value();
    let rows = answer["rows"].as_array().expect("an answer has rows");
    let read = |row: &Value| {
        let batch = row[0].as_str().expect("a user is text").to_owned();
        assert_eq!(row[1], row[2], "{batch} has an event twice");
        (batch, row[1].as_u64().expect("a count is a number"))
    };
    rows.iter().map(read).collect()
}

/// A tenant's backend that sends one batch after the other and keeps the one without an answer.
struct Sender {
    tenant: &'static str,
    number: usize,
    token: String,
    http: reqwest::Client,
    /// The next new batch.
    next: u64,
    /// The batch that was sent without an answer.
    pending: Option<u64>,
    /// How many requests got no answer.
    unanswered: u64,
}

impl Sender {
    fn new(tenant: &'static str, number: usize, token: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30));
        let http = http.build().expect("a client without TLS can be built");
        let token = token.to_owned();
        Self { tenant, number, token, http, next: 0, pending: None, unanswered: 0 }
    }

    /// The batch's name.
    fn batch(&self, number: u64) -> String {
        format!("{}-{}-{number}", self.tenant, self.number)
    }

    /// Sends until the server is gone.
    async fn work(mut self, url: String) -> Self {
        for _ in 0..BATCHES_PER_ROUND {
            let batch = self.pending.take().unwrap_or_else(|| {
                self.next += 1;
                self.next - 1
            });
            if !self.send(&url, batch).await {
                self.pending = Some(batch);
                self.unanswered += 1;
                break;
            }
        }
        self
    }

    /// Sends what has no answer yet, once more.
    async fn settle(&mut self, url: &str) {
        if let Some(batch) = self.pending.take() {
            assert!(self.send(url, batch).await, "the last server answers");
        }
    }

    /// Sends a batch and says whether it was accepted; without an answer nobody knows.
    async fn send(&self, url: &str, number: u64) -> bool {
        let batch = self.batch(number);
        let numbered = |n| {
            let id = format!("{batch}-{n}");
            let mut event = event(&id, "task.created", "2026-11-19T08:00:00Z");
            event["user"] = json!(batch);
            event["session"] = json!(id);
            event
        };
        let events: Vec<_> = (0..BATCH).map(numbered).collect();
        let request = self.http.post(format!("{url}/v1/events")).bearer_auth(&self.token);
        let request = request.header("content-type", "application/x-ndjson").body(ndjson(&events));
        let Ok(response) = request.send().await else { return false };
        let status = response.status();
        assert_eq!(status, 202, "{:?}", response.text().await);
        // The status is the promise: it holds even if the rest of the answer is cut off.
        if let Ok(receipt) = response.json::<Receipt>().await {
            assert_eq!(receipt.accepted + receipt.duplicates, BATCH, "{receipt:?}");
        }
        true
    }
}
