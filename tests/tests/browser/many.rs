//! Several dashboards on one page.

use inlay_tests::{Caller as _, Chrome, Inlay, Lack, eventually, numbered};
use serde_json::{Value, json};

use crate::host::Host;
use crate::proxy::Proxy;
use crate::{SHOWN, digits};

const PAGE: &str = "<script type=module src='{base}/v1.js' crossorigin></script>\
    <inlay-dashboard dashboard=overview session=/session></inlay-dashboard>\
    <inlay-dashboard dashboard=second session=/session></inlay-dashboard>";

/// What the page's first or second dashboard shows.
async fn shown(chrome: &Chrome, place: usize) -> Value {
    let one = format!("document.querySelectorAll('inlay-dashboard')[{place}]");
    chrome.run(&SHOWN.replace("document.querySelector('inlay-dashboard')", &one)).await
}

async fn shows(chrome: &Chrome, place: usize, events: &str) {
    eventually(&format!("dashboard {place} shows {events}"), async || {
        let figure = shown(chrome, place).await["figures"]["Events"].as_str().map(digits);
        (figure.as_deref() == Some(events)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn dashboards_of_one_session_share_the_widget_the_session_and_the_stream() {
    let inlay = Inlay::start().await;
    let proxy = Proxy::before(inlay.door().url()).await;
    let grant = json!({"dashboards": ["overview", "second"]});
    let host = Host::new(&inlay, "north", &proxy.url(), PAGE, grant, Vec::new()).await;
    let tenant = host.tenant();
    let mut dashboard = tenant.get("/v1/dashboards/overview").await.is(200).value();
    dashboard["refresh_seconds"] = json!(3_600);
    tenant.put("/v1/dashboards/overview", &dashboard).await.is(200);
    dashboard["name"] = json!("second");
    tenant.put("/v1/dashboards/second", &dashboard).await.is(200);
    tenant.feed(&numbered("a", 7), 7).await;
    let streams = async |wanted: &str| {
        eventually(&format!("{wanted} streams are open"), async || {
            let text = tenant.operator().get("/metrics").await.is(200).text();
            let count = text.lines().find_map(|line| line.strip_prefix("inlay_live_streams "));
            (count == Some(wanted)).then_some(())
        })
        .await;
    };

    let chrome = Chrome::start().await;
    chrome.open(&host.listed()).await;
    for place in [0, 1] {
        shows(&chrome, place, "7").await;
    }
    streams("1").await;
    tenant.send_events(&numbered("b", 3)).await.is(202);
    for place in [0, 1] {
        shows(&chrome, place, "10").await;
    }
    assert_eq!(proxy.asked("GET /v1/embed/live"), 1, "one stream");
    assert_eq!(proxy.asked("GET /assets/inlay-"), 2, "the module and its script, each once");
    assert_eq!(host.minted(), 1, "one session");

    // Who opened the stream goes, and the other hears on.
    let pause =
        "document.querySelector('inlay-dashboard').shadowRoot.querySelector('[part=live]').click()";
    chrome.run(pause).await;
    tenant.send_events(&numbered("c", 3)).await.is(202);
    shows(&chrome, 1, "13").await;
    shows(&chrome, 0, "10").await;
    streams("1").await;
    // The last one closes it, and the next one opens it again.
    chrome.run("document.querySelectorAll('inlay-dashboard')[1].remove()").await;
    if chrome.engine().can(Lack::Hangup) {
        streams("0").await;
    }
    chrome.run(pause).await;
    shows(&chrome, 0, "13").await;
    tenant.send_events(&numbered("d", 3)).await.is(202);
    shows(&chrome, 0, "16").await;
    assert_eq!(proxy.asked("GET /v1/embed/live"), 2);
    assert_eq!(chrome.complaints().await, [""; 0]);
}
