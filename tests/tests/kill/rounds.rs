//! A real `inlay serve` is started and killed again and again with `kill -9`, in the middle of
//! requests, flushes, merges and starts, while the backends of two tenants send events as careful
//! clients do: a request without an answer is sent again after the restart, with the same ids.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use inlay_tests::{Door, Operator, Process, TenantClient, command, operator_client};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::sender::Sender;

const SEED: u64 = 20_261_121;
const TENANTS: [&str; 2] = ["north", "south"];
const SENDERS_PER_TENANT: usize = 2;

/// How a server is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    /// How often.
    pub(crate) count: u32,
    /// Events of a request.
    pub(crate) batch: u64,
    /// Longest life of a process, in milliseconds.
    pub(crate) longest: u64,
    /// The same for every fifth.
    pub(crate) now_and_then: u64,
}

/// Kills, and looks that each accepted event is there once.
pub(crate) async fn survive(rounds: Rounds) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    // The port changes with every start; the issuer of the tokens must not. Whatever waits is flushed
    // in every round of the flusher, the first of which is at the start.
    let settings = "[server]\npublic_url = \"http://inlay.test\"\n[lake]\nflush_seconds = 0\n";
    std::fs::write(folder.path().join("inlay.toml"), settings).expect("the folder can be written");
    let client = operator_client(folder.path());

    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let mut senders = Vec::new();
    for tenant in TENANTS {
        let token = operator.create_tenant(tenant, &[]).await.token().to_owned();
        for number in 0..SENDERS_PER_TENANT {
            senders.push(Sender::new(tenant, number, rounds.batch, &token));
        }
    }
    process.kill();

    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let left = || TENANTS.iter().map(|tenant| abandoned(folder.path(), tenant)).sum::<usize>();
    let mut round = 0;
    // On a quick machine more kills are needed until one hits a flush or a merge.
    while round < rounds.count || (round < rounds.count * 4 && left() == 0) {
        let process = Process::serve(folder.path());
        let url = process.url().to_owned();
        let at_work: Vec<_> =
            senders.drain(..).map(|s| tokio::spawn(s.work(url.clone()))).collect();
        let most = if round % 5 == 0 { rounds.now_and_then } else { rounds.longest };
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..most))).await;
        process.kill();
        for sender in at_work {
            senders.push(sender.await.expect("a sender works on until the server is gone"));
        }
        round += 1;
    }

    let process = Process::serve(folder.path());
    for sender in &mut senders {
        sender.settle(process.url()).await;
    }
    let lost = senders.iter().map(Sender::unanswered).sum::<u64>();
    assert!(lost > 0, "no kill hit a request: the test shows nothing");
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    for tenant in TENANTS {
        let of_tenant = senders.iter().filter(|sender| sender.tenant() == tenant);
        let expected: BTreeMap<_, _> = of_tenant.flat_map(Sender::sent).collect();
        assert!(expected.len() > 50, "{tenant} sent {} batches only", expected.len());
        let tenant = operator.exchange(tenant, None).await;
        assert!(stored(&tenant).await == expected, "{} has other events than it sent", tenant.id());
    }
    // What is stored is there after one more kill, too, and nothing is fed twice.
    process.kill();
    assert!(left() > 0, "no kill hit a flush or a merge: the test shows nothing");
    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    for tenant in TENANTS {
        let of_tenant = senders.iter().filter(|sender| sender.tenant() == tenant);
        let total: u64 = of_tenant.flat_map(Sender::sent).map(|(_, events)| events).sum();
        operator.exchange(tenant, None).await.sees(total).await;
    }
}

/// Files that a kill left between their making and the commit that would have made them count.
fn abandoned(data: &Path, tenant: &str) -> usize {
    let mut list = command(&["lake", "files", "--json", "--tenant", tenant, "--data"]);
    let output = list.arg(data).current_dir(data).output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).expect("it prints text");
    let files = std::fs::read_dir(data.join("lake").join(tenant)).expect("the tenant has files");
    let names = files.map(|entry| entry.expect("the folder can be read").file_name());
    let names = names.map(|name| name.into_string().expect("names of files are plain"));
    names.filter(|name| !name.ends_with(".retired") && !listing.contains(name.as_str())).count()
}

/// Events by batch, read through the public door. A batch is a user and an event's id is also its
/// session: as many sessions as events means that each is there once.
pub(crate) async fn stored(tenant: &TenantClient) -> BTreeMap<String, u64> {
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
