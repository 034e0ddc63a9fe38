//! What Lighthouse says of the demo's page with the script tag.

use inlay_tests::{Demo, Engine, node, npm_folder};
use serde_json::Value;

/// The best of so many: the score is made of times.
const TRIES: usize = 3;

#[tokio::test]
async fn lighthouse_finds_nothing_against_the_page_that_embeds_by_a_script_tag() {
    if Engine::named() != Engine::Chromium {
        return;
    }
    let demo = Demo::start(5_000);
    let report = report(&demo).await;
    for category in ["accessibility", "best-practices"] {
        let score = report["categories"][category]["score"].as_f64();
        assert_eq!(score, Some(1.0), "{category}: {:?}", failing(&report, category));
    }
}

/// Lighthouse takes the times of this machine, slowed down, for those of a phone: what other tests do
/// meanwhile would count as the page's own.
#[tokio::test]
#[ignore = "it measures time: run it alone, on a machine at rest"]
async fn lighthouse_finds_that_page_fast() {
    let demo = Demo::start(5_000);
    let mut slow = Vec::new();
    for _ in 0..TRIES {
        let report = report(&demo).await;
        let score = report["categories"]["performance"]["score"].as_f64().expect("a score");
        if score >= 0.95 {
            return;
        }
        slow.push((score, failing(&report, "performance")));
    }
    panic!("{slow:?}");
}

async fn report(demo: &Demo) -> Value {
    let url = &*format!("{}/analytics", demo.portal());
    let headers = &*format!("{{\"Cookie\":\"{}\"}}", demo.cookie("mara.lindqvist").await);
    let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    let path = file.path().display().to_string();
    let arguments = [
        "node_modules/lighthouse/cli/index.js",
        url,
        "--quiet",
        "--output=json",
        &format!("--output-path={path}"),
        "--only-categories=performance,accessibility,best-practices",
        "--throttling-method=simulate",
        // The stream of news keeps the network from ever being quiet.
        "--max-wait-for-load=6000",
        "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-dev-shm-usage",
        "--extra-headers",
        headers,
    ];
    let (ok, said) = node(&npm_folder(), "node", &arguments);
    assert!(ok, "{said}");
    let text = std::fs::read_to_string(&path).expect("it wrote a report");
    serde_json::from_str(&text).expect("a report is JSON")
}

/// The audits that weigh something and are not perfect, with what they say.
fn failing(report: &Value, category: &str) -> Vec<String> {
    let audits = report["categories"][category]["auditRefs"].as_array().cloned();
    let mut failing = Vec::new();
    for audit in audits.unwrap_or_default() {
        let weighs = audit["weight"].as_f64() > Some(0.0);
        let id = audit["id"].as_str().expect("an audit has an id");
        let told = &report["audits"][id];
        if weighs && told["score"].as_f64().is_some_and(|score| score < 1.0) {
            failing.push(format!("{id} {} {}", told["score"], told["displayValue"]));
        }
    }
    failing
}
