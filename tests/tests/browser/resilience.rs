//! Networks, servers, clocks and versions at their worst: the dashboard says what is going on, keeps what the
//! viewer picked, and recovers by itself.

use std::time::Duration;

use inlay_tests::{Chrome, Inlay, Setup, eventually, numbered};
use serde_json::{Value, json};

use crate::SHOWN;
use crate::host::Host;
use crate::life::{PICK_7_DAYS, shows};
use crate::live::asked;
use crate::proxy::{Mood, Proxy};

const EMBED: &str = "<inlay-dashboard dashboard=overview session=/session></inlay-dashboard>";
/// Whatever port it listens on: sessions of one process are good in the next.
const NAME: &str = "https://analytics.example";
const REFRESH: &str = "document.querySelector('inlay-dashboard').refresh()";

/// A page that reaches its server through a network that a test controls.
struct Far {
    inlay: Inlay,
    proxy: Proxy,
    host: Host,
    chrome: Chrome,
}

impl Far {
    async fn new(head: &str) -> Self {
        let inlay = Setup::default().known_as(NAME).start().await;
        let proxy = Proxy::before(inlay.door().url()).await;
        let host = Host::behind(&inlay, &proxy.url(), head, EMBED).await;
        host.tenant().feed(&numbered("a", 7), 7).await;
        let chrome = Chrome::start().await;
        Self { inlay, proxy, host, chrome }
    }

    async fn opened(head: &str) -> Self {
        let far = Self::new(head).await;
        far.chrome.open(&far.host.listed()).await;
        shows(&far.chrome, "7", "30d").await;
        far
    }
}

async fn is_said(chrome: &Chrome, words: &str) {
    eventually(&format!("“{words}” is said"), async || {
        let script = "return document.querySelector('inlay-dashboard').shadowRoot.textContent";
        chrome.run(script).await.as_str()?.contains(words).then_some(())
    })
    .await;
}

async fn is_well(chrome: &Chrome, events: &str, range: &str) {
    eventually(&format!("{events} events of {range} without a trouble"), async || {
        let shown = chrome.run(SHOWN).await;
        let figure: String = shown["figures"]["Events"].as_str().map(crate::digits)?;
        (figure == events && shown["range"] == range && shown["troubled"] == false).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_a_network_the_numbers_stay_and_they_go_on_when_it_is_back() {
    let Far { proxy, host, chrome, .. } = Far::opened("").await;
    chrome.press(PICK_7_DAYS, " ").await;
    is_well(&chrome, "7", "7d").await;
    proxy.set(Mood::Cut);
    chrome.run(REFRESH).await;
    is_said(&chrome, "Analytics cannot be reached").await;
    let shown: Value = shows(&chrome, "7", "7d").await;
    assert_eq!(shown["troubled"], true, "{shown}");
    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    proxy.set(Mood::Pass);
    is_well(&chrome, "10", "7d").await;
}

#[tokio::test]
async fn a_slow_network_shows_the_shape_first_and_then_the_numbers() {
    let Far { proxy, host, chrome, .. } = Far::new("").await;
    proxy.set(Mood::Slow);
    chrome.open(&host.listed()).await;
    is_well(&chrome, "7", "30d").await;
}

#[tokio::test]
async fn a_server_that_restarts_is_found_again() {
    let Far { inlay, proxy, host, chrome } = Far::opened("").await;
    chrome.press(PICK_7_DAYS, " ").await;
    is_well(&chrome, "7", "7d").await;
    proxy.set(Mood::Cut);
    chrome.run(REFRESH).await;
    is_said(&chrome, "Analytics cannot be reached").await;
    // Another process on the same folder, at the same address.
    let next = Setup::default().known_as(NAME).beside(&inlay).start().await;
    proxy.lead_to(next.door().url());
    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    proxy.set(Mood::Pass);
    is_well(&chrome, "10", "7d").await;
}

#[tokio::test]
async fn two_minutes_without_sessions_are_survived() {
    let Far { inlay, host, chrome, .. } = Far::opened("").await;
    chrome.press(PICK_7_DAYS, " ").await;
    is_well(&chrome, "7", "7d").await;
    host.answer_sessions_with(503);
    // The token is over for the server, and no other can be had.
    inlay.advance(Duration::from_secs(120));
    chrome.run(REFRESH).await;
    is_said(&chrome, "The session could not be renewed").await;
    let shown: Value = chrome.run(SHOWN).await;
    assert_eq!((&shown["troubled"], &shown["range"]), (&json!(true), &json!("7d")), "{shown}");
    assert_eq!(shown["figures"]["Events"], "7", "{shown}");
    host.tenant().feed(&numbered("b", 3), 10).await;
    host.answer_sessions_with(200);
    is_well(&chrome, "10", "7d").await;
}

#[tokio::test]
async fn a_clock_that_is_ten_minutes_wrong_changes_nothing() {
    for minutes in [-10, 10] {
        let skew = format!(
            "<script>{{ const Real = Date, off = {minutes} * 60000; Date = class extends Real {{\
               constructor(...given) {{ given.length ? super(...given) : super(Real.now() + off); }}\
               static now() {{ return Real.now() + off; }} }}; }}</script>"
        );
        let Far { inlay, host, chrome, .. } = Far::opened(&skew).await;
        is_well(&chrome, "7", "30d").await;
        assert_eq!(host.minted(), 1, "one session is enough");
        inlay.advance(Duration::from_secs(120));
        host.tenant().feed(&numbered("b", 3), 10).await;
        chrome.run(REFRESH).await;
        is_well(&chrome, "10", "30d").await;
        let heard = chrome.run("return heard.filter(([type]) => type === 'error')").await;
        assert_eq!(heard, json!([]), "{minutes} minutes");
    }
}

#[tokio::test]
async fn files_that_are_gone_are_said_and_found_again() {
    let Far { proxy, host, chrome, .. } = Far::new("").await;
    proxy.set(Mood::NoFiles);
    chrome.open(&host.listed()).await;
    is_said(&chrome, "This could not be loaded").await;
    let heard = chrome.run("return heard.find(([type]) => type === 'error')[1]").await;
    assert_eq!((&heard["code"], &heard["retryable"]), (&json!("widget_unavailable"), &json!(true)));
    proxy.set(Mood::Pass);
    is_well(&chrome, "7", "30d").await;
}

#[tokio::test]
async fn an_open_dashboard_outlives_the_files_of_its_version() {
    let Far { proxy, host, chrome, .. } = Far::opened("").await;
    proxy.set(Mood::NoFiles);
    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    chrome.run(REFRESH).await;
    is_well(&chrome, "10", "30d").await;
    // Words of another language are a file that is gone: the page hears it, the numbers go on.
    chrome.run("document.querySelector('inlay-dashboard').lang = 'fr'").await;
    eventually("the page is told", async || {
        let heard = chrome.run("return heard.map(([, detail]) => detail.code)").await;
        heard.as_array()?.contains(&json!("language_unavailable")).then_some(())
    })
    .await;
    is_well(&chrome, "10", "30d").await;
}

/// A clock that a test moves on.
const CLOCK: &str = "<script>window.off = 0; { const Real = Date; Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
    static now() { return Real.now() + off; } }; }</script>";

#[tokio::test]
async fn a_machine_that_slept_is_current_within_seconds() {
    // Some browsers tell the page; where none does, the clock has jumped.
    for wake in [
        "window.off = 600_000",
        "document.dispatchEvent(new Event('resume'))",
        "window.dispatchEvent(new Event('online'))",
    ] {
        let Far { proxy, host, chrome, .. } = Far::opened(CLOCK).await;
        // The stream has said how things stand.
        asked(&chrome, 2).await;
        proxy.set(Mood::Asleep);
        host.tenant().send_events(&numbered("b", 3)).await.is(202);
        eventually("the news is lost", async || proxy.swallowed().then_some(())).await;
        shows(&chrome, "7", "30d").await;
        chrome.run(wake).await;
        // Sooner than a minute of silence would tell.
        is_well(&chrome, "10", "30d").await;
        let heard = chrome.run("return heard.filter(([type]) => type === 'error')").await;
        assert_eq!(heard, json!([]), "{wake}");
    }
}
