//! The life of the keys that sign tokens: published, signing, retired, forgotten, or withdrawn; and how
//! they lie on the disk.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use inlay_shared::Client;
use inlay_tests::{
    Anonymous, Caller as _, Door, Inlay, Jose, Operator, Process, TenantClient, Viewer, command,
    eventually, operator_client,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const DAY: Duration = Duration::from_secs(86_400);
const ENCRYPTION: &str = "INLAY__KEYS__ENCRYPTION_KEY";
/// 32 bytes each.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER: &str = "//////////////////////////////////////////8=";
/// How every P-256 key in PKCS #8 begins, in base64url.
const PRIVATE: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH";

/// A data folder with an operator's client, for servers of the machine's own clock.
struct Place {
    folder: TempDir,
    client: Client,
}

impl Place {
    fn new(publish_seconds: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        // Two servers and a restarted one are one deployment: the issuer of their tokens is the same.
        let settings = format!(
            "[server]\npublic_url = \"http://inlay.test\"\n[keys]\npublish_seconds = {publish_seconds}\n"
        );
        std::fs::write(folder.path().join("inlay.toml"), settings).expect("it can be written");
        let client = operator_client(folder.path());
        Self { folder, client }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn serve(&self) -> Process {
        Process::serve(self.path())
    }

    fn serve_with(&self, name: &str, value: &str) -> Process {
        let mut serve = command(&["serve", "--listen", "127.0.0.1:0", "--data", "."]);
        serve.current_dir(self.path()).env(name, value);
        Process::start(serve)
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = command(arguments);
        command.args(["--data", "."]).current_dir(self.path());
        command.envs(environment.iter().copied()).output().expect("the binary starts")
    }

    /// Runs a command that works, and gives what it says.
    fn inlay(&self, arguments: &[&str]) -> String {
        said(&self.run(arguments, &[]))
    }

    fn listed(&self) -> Vec<(String, String)> {
        let listing: Value =
            serde_json::from_str(&self.inlay(&["keys", "list", "--json"])).expect("JSON");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let keys = listing["keys"].as_array().expect("keys").iter();
        keys.map(|key| (text(&key["kid"]), text(&key["state"]))).collect()
    }

    async fn operator(&self, process: &Process) -> Operator {
        Operator::of(&Door::new(process.url()), &self.client).await
    }

    /// Does a private key lie open in one of the files of the database?
    fn holds_open_key(&self) -> bool {
        let files = std::fs::read_dir(self.path()).expect("the folder can be read");
        let paths = files.map(|entry| entry.expect("the folder can be read").path());
        paths.filter(|path| path.is_file()).any(|path| {
            let bytes = std::fs::read(path).expect("the file can be read");
            bytes.windows(PRIVATE.len()).any(|window| window == PRIVATE.as_bytes())
        })
    }
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", complaint(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn kid(token: &str) -> String {
    Jose::take_apart(token).header["kid"].as_str().expect("a kid").to_owned()
}

async fn published(door: &Door) -> BTreeSet<String> {
    let keys = Anonymous::new(door).get("/.well-known/jwks.json").await.is(200).value();
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

/// The same viewer, asking another server of the deployment.
fn at(viewer: &Viewer, process: &Process) -> Viewer {
    Viewer::of(&Door::new(process.url()), viewer.session().clone(), inlay_tests::ORIGIN)
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_stays_until_its_last_token_is_dead() {
    let inlay = Inlay::start().await;
    inlay.tenant("acme").await;
    let tenant = async || inlay.operator().await.exchange("acme", None).await;
    let first = kid(tenant().await.token());
    let only = |kid: &str| BTreeSet::from([kid.to_owned()]);
    assert_eq!(published(inlay.door()).await, only(&first));

    inlay.advance(90 * DAY);
    let both = eventually("the next key is published", async || {
        Some(published(inlay.door()).await).filter(|kids| kids.len() == 2)
    })
    .await;
    let second = both.iter().find(|kid| **kid != first).expect("another").clone();
    inlay.advance(Duration::from_secs(599));
    let last = tenant().await.viewer(json!({"ttl": 900})).await;
    assert_eq!(kid(&last.session().token), first, "it is published, and does not sign yet");

    inlay.advance(Duration::from_secs(1));
    let next = tenant().await.viewer(json!({"ttl": 900})).await;
    assert_eq!(kid(&next.session().token), second);
    inlay.advance(Duration::from_secs(898));
    last.view("").await.is(200);
    next.view("").await.is(200);
    assert_eq!(published(inlay.door()).await, both, "a token of the first is alive");

    inlay.advance(Duration::from_secs(62));
    eventually("the first key is forgotten", async || {
        Some(published(inlay.door()).await).filter(|kids| *kids == only(&second))
    })
    .await;
    last.view("").await.refused(401, "token_invalid");
    tenant().await.viewer(json!({})).await.view("").await.is(200);
}

/// What the backends and browsers of a rotation under load have done.
#[derive(Default)]
struct Load {
    over: AtomicBool,
    requests: AtomicUsize,
    kids: Mutex<BTreeSet<String>>,
}

impl Load {
    /// Mints on one server and looks on the other, as anybody would who verifies tokens by what the
    /// deployment publishes. Every request must be answered as if nothing happened.
    async fn go_on(&self, mints: Operator, looks: Door) {
        let tenant = mints.exchange("acme", None).await;
        while !self.over.load(Ordering::SeqCst) {
            let known = published(&looks).await;
            let fresh = mints.exchange("acme", None).await;
            let viewer = fresh.viewer(json!({})).await;
            for token in [fresh.token(), viewer.session().token.as_str()] {
                assert!(known.contains(&kid(token)), "it signed before it was published");
                self.kids.lock().expect("nobody panicked").insert(kid(token));
            }
            let there = Viewer::of(&looks, viewer.session().clone(), inlay_tests::ORIGIN);
            there.view("").await.is(200);
            viewer.view("").await.is(200);
            let call = Anonymous::new(&looks).get("/v1/dashboards");
            call.bearer(tenant.token()).await.is(200);
            self.requests.fetch_add(6, Ordering::SeqCst);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_keys_rotate_under_load() {
    let place = Place::new(4);
    let servers = std::thread::scope(|scope| {
        [(); 2]
            .map(|()| scope.spawn(|| place.serve()))
            .map(|thread| thread.join().expect("it starts"))
    });
    let operator = place.operator(&servers[0]).await;
    operator.create_tenant("acme", &[inlay_tests::ORIGIN]).await;
    let first = published(operator.door()).await;
    assert_eq!(first.len(), 1, "two servers that start at once share one key");
    assert_eq!(first, published(&Door::new(servers[1].url())).await);

    let load = Arc::new(Load::default());
    let mut at_work = Vec::new();
    for number in 0..4 {
        let mints = place.operator(&servers[number % 2]).await;
        let looks = Door::new(servers[(number + 1) % 2].url());
        let load = load.clone();
        at_work.push(tokio::spawn(async move { load.go_on(mints, looks).await }));
    }
    let made = place.inlay(&["keys", "rotate"]);
    let refused = place.run(&["keys", "rotate"], &[]);
    assert!(complaint(&refused).contains("is published already"), "{}", complaint(&refused));
    let next = made.split_whitespace().nth(2).expect("it says which").to_owned();
    eventually("the next key signs", async || {
        let signed = load.kids.lock().expect("nobody panicked").contains(&next);
        (signed || at_work.iter().any(tokio::task::JoinHandle::is_finished)).then_some(())
    })
    .await;
    // Some more under the new key.
    let so_far = load.requests.load(Ordering::SeqCst);
    eventually("the load goes on", async || {
        let more = load.requests.load(Ordering::SeqCst) > so_far + 50;
        (more || at_work.iter().any(tokio::task::JoinHandle::is_finished)).then_some(())
    })
    .await;
    load.over.store(true, Ordering::SeqCst);
    for task in at_work {
        task.await.expect("no request failed");
    }
    let states: Vec<_> = place.listed().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["retired", "signing"]);
    println!("{} requests across the rotation", load.requests.load(Ordering::SeqCst));
}

async fn refused_everywhere(tenant: &TenantClient, viewer: &Viewer, servers: &[Process]) {
    for server in servers {
        let door = Door::new(server.url());
        let data = Anonymous::new(&door).get("/v1/dashboards").bearer(tenant.token());
        data.await.refused(401, "token_invalid");
        let operator = Anonymous::new(&door).get("/v1/tenants").bearer(tenant.operator().token());
        operator.await.refused(401, "token_invalid");
        at(viewer, server).view("").await.refused(401, "token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_key_takes_its_tokens_and_streams_along_on_every_server() {
    let place = Place::new(600);
    let servers = [place.serve(), place.serve()];
    let operator = place.operator(&servers[0]).await;
    let tenant = operator.create_tenant("acme", &[inlay_tests::ORIGIN]).await;
    let viewer = tenant.viewer(json!({"ttl": 900})).await;
    let mut streams = Vec::new();
    for server in &servers {
        at(&viewer, server).view("").await.is(200);
        let mut stream = at(&viewer, server).live().listen().await;
        assert!(stream.revision().await.is_some(), "the stream is open");
        streams.push(stream);
    }
    let lost = kid(tenant.token());
    let nobody = place.run(&["keys", "withdraw", "nobody"], &[]);
    assert!(complaint(&nobody).contains("there is no key `nobody`"), "{}", complaint(&nobody));

    // Whoever asks for tokens meanwhile gets good ones.
    let over = Arc::new(AtomicBool::new(false));
    let minting = {
        let (over, client, doors) = (
            over.clone(),
            place.client.clone(),
            servers.each_ref().map(|server| Door::new(server.url())),
        );
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                for door in &doors {
                    Operator::of(door, &client).await;
                }
            }
        })
    };
    let said = tokio::task::block_in_place(|| place.inlay(&["keys", "withdraw", &lost]));
    assert!(said.contains("which signs in its place"), "{said}");
    refused_everywhere(&tenant, &viewer, &servers).await;
    over.store(true, Ordering::SeqCst);
    minting.await.expect("tokens were to be had all the while");
    for mut stream in streams {
        while stream.revision().await.is_some() {}
    }

    // What one server signs with the new key is good on the other.
    for (here, there) in [(0, 1), (1, 0)] {
        assert!(!published(&Door::new(servers[here].url())).await.contains(&lost));
        let fresh = place.operator(&servers[here]).await.exchange("acme", None).await;
        let viewer = fresh.viewer(json!({})).await;
        at(&viewer, &servers[there]).view("").await.is(200);
    }
    let states: Vec<_> = place.listed().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["withdrawn", "signing"]);
    servers.into_iter().for_each(Process::kill);
    let again = [place.serve()];
    refused_everywhere(&tenant, &viewer, &again).await;
}

#[tokio::test]
async fn keys_that_lie_open_are_encrypted_at_the_next_start() {
    let place = Place::new(600);
    let server = place.serve();
    let tenant = place.operator(&server).await.create_tenant("acme", &[inlay_tests::ORIGIN]).await;
    assert!(place.holds_open_key(), "without an encryption key it lies as it is");
    server.kill();

    let server = place.serve_with(ENCRYPTION, KEY);
    assert!(!place.holds_open_key());
    let before = Anonymous::new(&Door::new(server.url())).get("/v1/dashboards");
    before.bearer(tenant.token()).await.is(200);
    said(&place.run(&["keys", "rotate"], &[(ENCRYPTION, KEY)]));
    assert!(!place.holds_open_key(), "a new key never lies open");
    server.kill();

    let file = place.path().join("encryption.key");
    std::fs::write(&file, format!("{KEY}\n")).expect("it can be written");
    let server = place.serve_with("INLAY__KEYS__ENCRYPTION_KEY_FILE", "encryption.key");
    let after = Anonymous::new(&Door::new(server.url())).get("/v1/dashboards");
    after.bearer(tenant.token()).await.is(200);
    assert_eq!(published(&Door::new(server.url())).await.len(), 2);
}

#[tokio::test]
async fn without_the_right_encryption_key_nothing_starts_and_it_says_why() {
    let place = Place::new(600);
    place.serve_with(ENCRYPTION, KEY).kill();
    assert!(!place.holds_open_key());
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let rotate = ["keys", "rotate"];
    let file = ("INLAY__KEYS__ENCRYPTION_KEY_FILE", "nowhere.key");
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "it is encrypted, and no encryption key is configured"),
        (&[(ENCRYPTION, OTHER)], "is not the one it was encrypted with"),
        (&[(ENCRYPTION, "c2hvcnQ=")], "not 32 bytes in base64"),
        (&[file], "nowhere.key cannot be read"),
        (&[(ENCRYPTION, KEY), file], "not both"),
    ];
    for (environment, reason) in cases {
        for arguments in [&serve[..], &rotate[..]] {
            let output = place.run(arguments, environment);
            assert!(!output.status.success(), "{arguments:?} {environment:?}");
            let complaint = complaint(&output);
            assert!(complaint.contains(reason), "{arguments:?}: {complaint}");
            for (_, value) in environment.iter().filter(|(name, _)| *name == ENCRYPTION) {
                assert!(!complaint.contains(value), "the key itself is in the complaint");
            }
        }
    }
    // What needs no signing key needs no encryption key.
    assert_eq!(place.listed().len(), 1);
    said(&place.run(&["client", "create", "--operator", "--json"], &[]));
    // Whoever lost it gives up the keys, not the deployment.
    let lost = place.listed()[0].0.clone();
    said(&place.run(&["keys", "withdraw", &lost], &[(ENCRYPTION, OTHER)]));
    let server = place.serve_with(ENCRYPTION, OTHER);
    place.operator(&server).await;
}
