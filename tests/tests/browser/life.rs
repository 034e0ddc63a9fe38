//! A dashboard over time: its token ends, its element goes and comes.

use std::time::Duration;

use inlay_tests::{Caller as _, Chrome, Inlay, eventually, numbered};
use serde_json::{Value, json};

use crate::host::Host;
use crate::{SHOWN, digits};

const EMBED: &str = "<inlay-dashboard dashboard=overview session=/session></inlay-dashboard>";
pub(crate) const PICK_7_DAYS: &str = "return document.querySelector('inlay-dashboard').shadowRoot\
    .querySelector('[part=ranges] input[value=\"7d\"]')";

/// Waits until so many events are shown over this range, and gives all that is shown.
pub(crate) async fn shows(chrome: &Chrome, events: &str, range: &str) -> Value {
    let what = format!("{events} events of {range} are shown");
    eventually(&what, async || {
        let shown = chrome.run(SHOWN).await;
        let is_so = shown["figures"]["Events"].as_str().map(digits).as_deref() == Some(events)
            && shown["range"] == range;
        is_so.then_some(shown)
    })
    .await
}

/// A page with a dashboard that shows its seven events of the last thirty days.
pub(crate) struct Opened {
    pub(crate) inlay: Inlay,
    pub(crate) host: Host,
    pub(crate) chrome: Chrome,
}

impl Opened {
    pub(crate) async fn new() -> Self {
        Self::on(Inlay::start().await, 3_600).await
    }

    /// On this server, with a dashboard that says to ask again after so many seconds.
    pub(crate) async fn on(inlay: Inlay, refresh_seconds: u32) -> Self {
        let host = Host::serve(&inlay, EMBED).await;
        let mut dashboard = host.tenant().get("/v1/dashboards/overview").await.is(200).value();
        dashboard["refresh_seconds"] = json!(refresh_seconds);
        host.tenant().put("/v1/dashboards/overview", &dashboard).await.is(200);
        host.tenant().feed(&numbered("a", 7), 7).await;
        let chrome = Chrome::start().await;
        chrome.open(&host.listed()).await;
        shows(&chrome, "7", "30d").await;
        Self { inlay, host, chrome }
    }
}

#[tokio::test]
async fn a_renewed_token_keeps_what_the_viewer_picked() {
    let Opened { inlay, host, chrome } = Opened::new().await;
    // The keyboard alone is enough to pick a range.
    chrome.press(PICK_7_DAYS, " ").await;
    shows(&chrome, "7", "7d").await;
    let minted = host.minted();

    // For the server the token is over; the page learns it from a refusal.
    inlay.advance(Duration::from_secs(120));
    host.tenant().feed(&numbered("b", 3), 10).await;
    chrome.run("document.querySelector('inlay-dashboard').refresh()").await;
    let shown = shows(&chrome, "10", "7d").await;
    assert_eq!(shown["troubled"], false, "{shown}");
    // The numbers of a view that was on its way may be new too: the renewal is what counts.
    eventually("the token is renewed", async || (host.minted() == minted + 1).then_some(())).await;
    let heard = chrome.run("return heard.filter(([type]) => type === 'error')").await;
    assert_eq!(heard, json!([]));
}

#[tokio::test]
async fn who_is_signed_out_is_told_so_and_keeps_the_numbers() {
    let Opened { inlay, host, chrome } = Opened::new().await;

    host.answer_sessions_with(401);
    inlay.advance(Duration::from_secs(120));
    chrome.run("document.querySelector('inlay-dashboard').refresh()").await;
    eventually("the page hears that the session ended", async || {
        let heard = chrome.run("return heard").await;
        let told = heard.as_array()?.iter().find(|event| event[0] == "error")?;
        let end = told[1]["code"] == "session_expired" && told[1]["retryable"] == false;
        (end && told[1]["message"].is_string()).then_some(())
    })
    .await;
    let shown = shows(&chrome, "7", "30d").await;
    assert_eq!(shown["troubled"], true, "{shown}");

    host.answer_sessions_with(200);
    chrome.run("document.querySelector('inlay-dashboard').refresh()").await;
    eventually("the numbers are current again", async || {
        (chrome.run(SHOWN).await["troubled"] == false).then_some(())
    })
    .await;
}
