//! News in an open dashboard.

use inlay_server::config::Config;
use inlay_tests::{Caller as _, Chrome, Inlay, Lack, Setup, eventually, numbered};
use serde_json::{Value, json};

use crate::life::{Opened, PICK_7_DAYS, shows};

/// How often the page asked for the view.
const VIEWS: &str = "return performance.getEntriesByType('resource')
    .filter((entry) => entry.name.includes('/v1/embed/view')).length";
const FOCUSED: &str =
    "return document.querySelector('inlay-dashboard').shadowRoot.activeElement?.value ?? null";

/// Waits until the page has so many answers to that.
pub(crate) async fn asked(chrome: &Chrome, times: u64) {
    eventually(&format!("the view is asked for {times} times"), async || {
        (chrome.run(VIEWS).await == json!(times)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_event_appears_without_a_click_and_without_asking_in_vain() {
    // The dashboard says to ask again after an hour.
    let Opened { host, chrome, .. } = Opened::on(Inlay::start().await, 3_600).await;
    // The stream says how things stand, in case something happened before it was open.
    asked(&chrome, 2).await;
    chrome.press(PICK_7_DAYS, " ").await;
    shows(&chrome, "7", "7d").await;
    asked(&chrome, 3).await;
    assert_eq!(chrome.run(FOCUSED).await, "7d");

    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    let shown = shows(&chrome, "10", "7d").await;
    assert_eq!(shown["troubled"], false, "{shown}");
    // One view for one news. The browser counts it when its last line is here.
    asked(&chrome, 4).await;
    assert_eq!(chrome.run(FOCUSED).await, "7d", "the focus is where it was");
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_paused_dashboard_hears_nothing_until_it_goes_on() {
    let Opened { host, chrome, .. } = Opened::on(Inlay::start().await, 3_600).await;
    asked(&chrome, 2).await;
    let streams = async || {
        let text = host.tenant().operator().get("/metrics").await.is(200).text();
        text.lines().find_map(|line| line.strip_prefix("inlay_live_streams ")).map(str::to_owned)
    };
    assert_eq!(streams().await.as_deref(), Some("1"));
    let pause = "const root = document.querySelector('inlay-dashboard').shadowRoot;
        root.querySelector('[part=live]').click()";
    chrome.run(pause).await;
    if chrome.engine().can(Lack::Hangup) {
        eventually("the stream is closed", async || {
            (streams().await.as_deref() == Some("0")).then_some(())
        })
        .await;
    }
    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    shows(&chrome, "7", "30d").await;
    chrome.run(pause).await;
    shows(&chrome, "10", "30d").await;
}

#[tokio::test]
async fn without_streams_the_view_is_asked_for_in_time() {
    let none = |config: &mut Config| config.live.tenant_streams = 0;
    let inlay = Setup::default().settings(none).start().await;
    let Opened { host, chrome, .. } = Opened::on(inlay, REFRESH).await;
    host.tenant().send_events(&numbered("b", 3)).await.is(202);
    let shown: Value = shows(&chrome, "10", "30d").await;
    assert_eq!(shown["troubled"], false, "{shown}");
}

/// The shortest that a dashboard may say.
const REFRESH: u32 = 2;
