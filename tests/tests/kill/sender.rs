//! A tenant's backend that sends one batch after the other and keeps the one without an answer.

use std::time::Duration;

use inlay_shared::Receipt;
use inlay_tests::{event, ndjson};
use serde_json::json;

/// New requests in one round at most: then it waits for the end.
const BATCHES_PER_ROUND: u32 = 8;

/// Sends the batches 0, 1, 2 and so on.
#[derive(Debug)]
pub(crate) struct Sender {
    tenant: &'static str,
    number: usize,
    batch: u64,
    token: String,
    http: reqwest::Client,
    /// The next new batch.
    next: u64,
    /// The batch that was sent without an answer.
    pending: Option<u64>,
    unanswered: u64,
}

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// 202.
    Accepted,
    /// Another status and the problem's code.
    Refused(u16, String),
    /// Nobody knows.
    NoAnswer,
}

impl Sender {
    /// One of a tenant's, with batches of so many events.
    pub(crate) fn new(tenant: &'static str, number: usize, batch: u64, token: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let http = http.build().expect("a client without TLS can be built");
        let (token, next, pending, unanswered) = (token.to_owned(), 0, None, 0);
        Self { tenant, number, batch, token, http, next, pending, unanswered }
    }

    /// Whose.
    pub(crate) fn tenant(&self) -> &'static str {
        self.tenant
    }

    /// How many requests got no answer.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered
    }

    /// Its batches by name, with their events.
    pub(crate) fn sent(&self) -> impl Iterator<Item = (String, u64)> {
        (0..self.next).map(|number| (self.name(number), self.batch))
    }

    fn name(&self, number: u64) -> String {
        format!("{}-{}-{number}", self.tenant, self.number)
    }

    /// Sends until the server is gone.
    pub(crate) async fn work(mut self, url: String) -> Self {
        for _ in 0..BATCHES_PER_ROUND {
            match self.go_on(&url).await {
                Fate::Accepted => {}
                Fate::NoAnswer => {
                    self.unanswered += 1;
                    break;
                }
                refused @ Fate::Refused(..) => panic!("{refused:?}"),
            }
        }
        self
    }

    /// Sends the batch that has no answer yet, or a new one. It is kept unless it is accepted.
    pub(crate) async fn go_on(&mut self, url: &str) -> Fate {
        let batch = self.pending.unwrap_or(self.next);
        self.next = self.next.max(batch + 1);
        let fate = self.send(url, batch).await;
        self.pending = (fate != Fate::Accepted).then_some(batch);
        fate
    }

    /// Sends what has no answer yet, once more.
    pub(crate) async fn settle(&mut self, url: &str) {
        if self.pending.is_some() {
            assert_eq!(self.go_on(url).await, Fate::Accepted, "the last server takes it");
        }
    }

    async fn send(&self, url: &str, number: u64) -> Fate {
        let batch = self.name(number);
        let numbered = |n| {
            let id = format!("{batch}-{n}");
            let mut event = event(&id, "task.created", "2026-11-19T08:00:00Z");
            event["user"] = json!(batch);
            event["session"] = json!(id);
            event
        };
        let events: Vec<_> = (0..self.batch).map(numbered).collect();
        let request = self.http.post(format!("{url}/v1/events")).bearer_auth(&self.token);
        let request = request.header("content-type", "application/x-ndjson").body(ndjson(&events));
        let Ok(response) = request.send().await else { return Fate::NoAnswer };
        let status = response.status().as_u16();
        if status != 202 {
            let problem: serde_json::Value = response.json().await.unwrap_or_default();
            return Fate::Refused(status, problem["code"].as_str().unwrap_or_default().to_owned());
        }
        // The status is the promise: it holds even if the rest of the answer is cut off.
        if let Ok(receipt) = response.json::<Receipt>().await {
            assert_eq!(receipt.accepted + receipt.duplicates, self.batch, "{receipt:?}");
        }
        Fate::Accepted
    }
}
