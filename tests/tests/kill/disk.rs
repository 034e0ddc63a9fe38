//! A disk that is full, and a data folder that cannot be written: clear refusals, every answer right
//! meanwhile, nothing corrupt, and everything goes on when it is over.
//!
//! The full disk is a real one: a small tmpfs in a mount namespace of the server's own (`unshare`,
//! which needs no right beyond user namespaces). A disk that fails in other ways is played by a limit
//! on the size of files (`RLIMIT_FSIZE`, moved from outside with `prlimit`).

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use inlay_shared::Client;
use inlay_tests::{Caller as _, Door, Operator, Process, TenantClient, binary, operator_client};

use super::rounds::stored;
use super::sender::{Fate, Sender};

const SETTINGS: &str =
    "[server]\npublic_url = \"http://inlay.test\"\n[lake]\nflush_seconds = 0\nrollup_rows = 100\n";
const BATCH: u64 = 500;
/// Requests until one must have been refused: far more than what is left has room for.
const MOST: u32 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_everything_goes_on_when_there_is_room() {
    let outside = tempfile::tempdir().expect("a temporary folder can be made");
    let data = outside.path().join("data");
    std::fs::create_dir(&data).expect("the folder can be written");
    std::fs::write(outside.path().join("inlay.toml"), SETTINGS).expect("the folder can be written");
    // The client is made inside, its secret is told outside.
    let script = "mount -t tmpfs -o size=40m none data && \
        \"$0\" client create --operator --json --data data > client.json && \
        exec \"$0\" serve --listen 127.0.0.1:0 --data data";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(binary());
    let process = Process::start({
        command.current_dir(outside.path());
        command
    });
    let client = std::fs::read(outside.path().join("client.json")).expect("the client was made");
    let client: Client = serde_json::from_slice(&client).expect("what it prints is a client");
    let inside = PathBuf::from(format!("/proc/{}/root", process.id()))
        .join(data.strip_prefix("/").expect("a temporary folder has an absolute path"));
    let (tenant, mut sender) = tenant_of(&process, &client).await;
    for _ in 0..3 {
        assert_eq!(sender.go_on(process.url()).await, Fate::Accepted);
    }
    let filler = inside.join("filler");
    fill(&filler);
    refused(&process, &tenant, &mut sender, &Fate::Refused(507, "storage_full".into())).await;
    std::fs::remove_file(&filler).expect("the filler is there");
    goes_on(&process, &tenant, &mut sender).await;

    // What lies on that disk is whole: another server starts on a copy of it.
    let copy = outside.path().join("copy");
    copy_folder(&inside, &copy);
    process.kill();
    std::fs::write(copy.join("inlay.toml"), SETTINGS).expect("the folder can be written");
    let process = Process::serve(&copy);
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let tenant = operator.exchange("north", None).await;
    assert_eq!(stored(&tenant).await, sender.sent().collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_takes_no_writes_is_told_and_everything_goes_on_when_it_does() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(folder.path().join("inlay.toml"), SETTINGS).expect("the folder can be written");
    let client = operator_client(folder.path());
    // A write beyond the limit is an error only for who ignores the signal that it also is.
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; exec \"$0\" serve --listen 127.0.0.1:0 --data .";
    command.args(["-c", script]).arg(binary()).current_dir(folder.path());
    let process = Process::start(command);
    let (tenant, mut sender) = tenant_of(&process, &client).await;
    assert_eq!(sender.go_on(process.url()).await, Fate::Accepted);
    limit(&process, "4096:unlimited");
    refused(&process, &tenant, &mut sender, &Fate::Refused(503, "storage_unwritable".into())).await;
    limit(&process, "unlimited:unlimited");
    goes_on(&process, &tenant, &mut sender).await;
    process.kill();
    let process = Process::serve(folder.path());
    let operator = Operator::of(&Door::new(process.url()), &client).await;
    let tenant = operator.exchange("north", None).await;
    assert_eq!(stored(&tenant).await, sender.sent().collect());
}

#[test]
fn a_server_on_a_read_only_folder_does_not_start_and_says_why() {
    let outside = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::create_dir(outside.path().join("data")).expect("the folder can be written");
    let script = "mount -t tmpfs none data && \
        \"$0\" client create --operator --json --data data > client.json && \
        mount -o remount,ro data && exec \"$0\" serve --listen 127.0.0.1:0 --data data";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(binary());
    command.current_dir(outside.path()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("unshare is there");
    // It says where it listens, if it listens; and it would go on until it is told to stop.
    let mut listening = String::new();
    let stdout = child.stdout.take().expect("its output is a pipe");
    BufReader::new(stdout).read_line(&mut listening).expect("its output can be read");
    if !listening.is_empty() {
        drop(child.kill());
    }
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(listening, "", "it started: {said}");
    assert!(outside.path().join("client.json").is_file(), "the mount failed: {said}");
    assert!(!output.status.success(), "it ended as if all were well: {said}");
    assert!(said.contains("cannot be written") && said.contains("--data"), "{said}");
}

async fn tenant_of(process: &Process, client: &Client) -> (TenantClient, Sender) {
    let operator = Operator::of(&Door::new(process.url()), client).await;
    let tenant = operator.create_tenant("north", &[]).await;
    let sender = Sender::new("north", 0, BATCH, tenant.token());
    (tenant, sender)
}

/// Sends until it is refused as expected, and looks that nothing else is the worse for it.
async fn refused(process: &Process, tenant: &TenantClient, sender: &mut Sender, expected: &Fate) {
    let mut accepted = sender.sent().count() as u64;
    for _ in 0..MOST {
        match sender.go_on(process.url()).await {
            Fate::Accepted => accepted += 1,
            fate => {
                assert_eq!(&fate, expected);
                break;
            }
        }
    }
    // Again, and still the same answer: nothing is stuck, and nothing of the batch was stored.
    assert_eq!(&sender.go_on(process.url()).await, expected);
    tenant.sees(BATCH * accepted).await;
    let Fate::Refused(_, code) = expected else { panic!("a refusal is expected") };
    tenant.get("/readyz").await.refused(503, code);
    tenant.get("/livez").await.is(200);
}

async fn goes_on(process: &Process, tenant: &TenantClient, sender: &mut Sender) {
    tenant.get("/readyz").await.is(200);
    sender.settle(process.url()).await;
    for _ in 0..10 {
        assert_eq!(sender.go_on(process.url()).await, Fate::Accepted);
    }
    assert_eq!(stored(tenant).await, sender.sent().collect());
}

fn fill(path: &Path) {
    let mut file = File::create(path).expect("there is room for a name");
    for block in [1 << 20, 4096, 1] {
        let zeros = vec![0; block];
        while file.write_all(&zeros).is_ok() {}
    }
}

fn limit(process: &Process, size: &str) {
    let mut command = Command::new("prlimit");
    command.args(["--pid", &process.id().to_string(), &format!("--fsize={size}")]);
    assert!(command.status().expect("prlimit is there").success(), "the limit was not set");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("the folder can be written");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
