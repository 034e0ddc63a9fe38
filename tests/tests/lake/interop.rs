//! Other programs read a tenant's folder as it lies, and get the sums that Inlay answers.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use inlay_shared::{Erasure, ErasureState};
use inlay_tests::{Caller as _, Inlay, TenantClient, event, eventually};
use serde_json::{Value, json};

const PACKAGES: [&str; 3] = ["duckdb", "pyarrow", "pandas"];
const PERSON: &str = "person-4711";

#[tokio::test]
async fn duckdb_and_pyarrow_read_the_folder_as_it_lies() {
    let inlay = Inlay::start().await;
    let acme = inlay.tenant("acme").await;
    for step in 0..5_u64 {
        acme.feed(&events(step, 60), (step + 1) * 60).await;
        inlay.flush("acme").await;
    }
    let folder = inlay.folder().join("lake/acme");
    let own = sums(&acme).await;
    let seen = read(&folder, "nothing like it");
    assert_eq!(seen["duckdb"], own);
    assert_eq!(seen["pyarrow"], own);
    assert_eq!(seen["plans"], json!({"pro": 150, "free": 150}));
    assert_eq!(seen["files"], json!(inlay.live_files("acme").await.len()));

    // Replaced files lie beside the live ones for their readers; nobody else sees them.
    assert!(std::fs::read_dir(&folder).unwrap().count() > inlay.live_files("acme").await.len());
    assert_eq!(read(&folder, PERSON)["gone"], false, "the search finds what is there");
    let asked = acme.post("/v1/privacy/erasures", &json!({"user": PERSON})).await.is(202);
    let erasure: Erasure = asked.json();
    inlay.advance(Duration::from_secs(61));
    eventually("the person is erased", async || {
        let target = format!("/v1/privacy/erasures/{}", erasure.id);
        let now: Erasure = acme.get(&target).await.is(200).json();
        (now.state != ErasureState::Pending).then_some(())
    })
    .await;
    let seen = read(&folder, PERSON);
    assert_eq!(seen["gone"], true);
    let own = sums(&acme).await;
    assert_eq!((&seen["duckdb"], &seen["pyarrow"]), (&own, &own));
}

fn events(step: u64, count: u64) -> Vec<Value> {
    let one = |n: u64| {
        let id = format!("{step}-{n}");
        let mut event = event(&id, ["view", "buy", "leave"][n as usize % 3], &at(step, n));
        event["user"] = json!(if n % 20 == 7 { PERSON.into() } else { format!("u{}", n % 11) });
        event["properties"] =
            json!({"plan": if n.is_multiple_of(2) { "pro" } else { "free" }, "n": n});
        if n % 3 == 1 {
            event["value"] = json!(format!("{}.{:02}", n * 7, n));
            event["currency"] = json!("EUR");
        }
        event
    };
    (0..count).map(one).collect()
}

fn at(step: u64, n: u64) -> String {
    format!("2026-11-{:02}T{:02}:00:00Z", 10 + step, n % 24)
}

/// Events, users and amounts by name, as Inlay answers them.
async fn sums(tenant: &TenantClient) -> Value {
    let answer = tenant.query(&json!({
        "measures": ["events", "users", "value"], "dimensions": ["name"],
        "time": {"from": "2026-11-01", "to": "2026-11-21"}
    }));
    let answer = answer.await.is(200).value();
    let rows = answer["rows"].as_array().expect("an answer has rows");
    let row = |row: &Value| {
        let name = row[0].as_str().expect("a name is text").to_owned();
        let value = six_digits(row[3].as_str().unwrap_or("0"));
        (name, json!([row[1], row[2], value]))
    };
    Value::Object(rows.iter().map(row).collect())
}

/// As a decimal with six digits behind the point is printed.
fn six_digits(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}.{fraction:0<6}")
}

fn read(folder: &Path, gone: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lake/interop.py");
    let output = run(Command::new(python()).arg(script).arg(folder).arg(gone));
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}

/// A Python with the packages, in an environment of its own beside the built suites.
fn python() -> &'static PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let suite = std::env::current_exe().expect("a process knows its own file");
        let target = suite.ancestors().nth(3).expect("suites lie in <target>/<profile>/deps");
        let folder = target.join("interop-python");
        let python = folder.join("bin/python");
        if !python.is_file() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        }
        let wanted = format!("import {}", PACKAGES.join(", "));
        let there = Command::new(&python).args(["-c", &wanted]).output();
        if !there.is_ok_and(|output| output.status.success()) {
            let mut pip = Command::new(&python);
            run(pip.args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
        }
        python
    })
}

fn run(command: &mut Command) -> Output {
    let help = "this test needs Python 3 with venv and pip (Debian: python3-venv), and PyPI or a \
                mirror of it for duckdb, pyarrow and pandas";
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; {help}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed; {help}\n{complaint}");
    output
}
