//! How a dashboard starts: late where the page says so, and what is said when it cannot.

use inlay_tests::{Chrome, Inlay, eventually, numbered};
use serde_json::json;

use crate::host::Host;
use crate::life::shows;
use crate::proxy::Proxy;

const FAR: &str = "<div style='height:5000px'>Much else</div>\
    <inlay-dashboard dashboard=overview session=/session loading=lazy></inlay-dashboard>";

#[tokio::test]
async fn a_lazy_dashboard_fetches_nothing_until_it_is_near() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    for begin in ["element.scrollIntoView()", "element.removeAttribute('loading')"] {
        let proxy = Proxy::before(inlay.door().url()).await;
        let tenant = if begin.contains("scroll") { "near" } else { "eager" };
        let page = format!("<script type=module src='{{base}}/v1.js' crossorigin></script>{FAR}");
        let host = Host::new(&inlay, tenant, &proxy.url(), &page, json!({}), Vec::new()).await;
        host.tenant().feed(&numbered("a", 7), 7).await;
        chrome.open(&host.listed()).await;
        eventually("it is asleep", async || {
            let script = "return !!document.querySelector('inlay-dashboard').shadowRoot?.querySelector('[role=status]')";
            (chrome.run(script).await == true).then_some(())
        })
        .await;
        // The page's own observer is told in the same frame as the loader's, after it.
        chrome
            .run(
                "new IntersectionObserver(() => { window.looked = true; })\
            .observe(document.querySelector('inlay-dashboard'))",
            )
            .await;
        eventually("somebody looked", async || {
            (chrome.run("return window.looked").await == true).then_some(())
        })
        .await;
        assert_eq!(
            (proxy.asked("GET /v1.js"), proxy.asked("")),
            (1, 1),
            "the loader, and nothing else"
        );
        assert_eq!(host.minted(), 0, "no session");
        // What is chosen meanwhile is not lost.
        chrome.run("document.querySelector('inlay-dashboard').setRange('7d')").await;
        chrome
            .run(&format!("const element = document.querySelector('inlay-dashboard'); {begin}"))
            .await;
        shows(&chrome, "7", "7d").await;
        assert_eq!(chrome.complaints().await, [""; 0]);
    }
}

/// Everything is allowed but WebAssembly.
const NO_WASM: &str =
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'self' {base}\">";

/// What the page reads and hears in place of a dashboard.
const FAILURE: &str = "
    const box = document.querySelector('inlay-dashboard').shadowRoot?.querySelector('[role=alert]');
    const text = (slot) => (slot.assignedNodes()[0] ?? slot).textContent;
    return box && [...box.querySelectorAll('slot')].map(text);
";

async fn fails_with(chrome: &Chrome, words: [&str; 2]) {
    eventually(&format!("{words:?} is said"), async || {
        (chrome.run(FAILURE).await == json!(words)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_cannot_start_says_so_in_the_language_or_the_words_of_the_page() {
    let inlay = Inlay::start().await;
    let chrome = Chrome::start().await;
    let own = "<p slot=failed>Zahlen gibt es im Bericht.</p><span slot=retry>Nochmal</span>";
    for (tenant, attributes, kids, words) in [
        ("german", "lang=de", "", ["Das konnte nicht geladen werden", "Erneut versuchen"]),
        ("klingon", "lang=tlh", "", ["This could not be loaded", "Try again"]),
        ("own", "lang=de", own, ["Zahlen gibt es im Bericht.", "Nochmal"]),
    ] {
        let page = format!(
            "{NO_WASM}<script type=module src='{{base}}/v1.js' crossorigin></script>\
             <inlay-dashboard dashboard=overview session=/session {attributes}>{kids}</inlay-dashboard>"
        );
        let base = inlay.door().url();
        let host = Host::new(&inlay, tenant, base, &page, json!({}), Vec::new()).await;
        chrome.open(&host.listed()).await;
        fails_with(&chrome, words).await;
        let heard = chrome.run("return heard.find(([type]) => type === 'error')[1].code").await;
        assert_eq!(heard, "widget_unavailable", "{tenant}");
    }
    // A frame whose page is signed out.
    let page = "<script type=module src='{base}/v1.js' crossorigin></script>\
        <inlay-dashboard dashboard=overview session=/session mode=frame lang=fr></inlay-dashboard>";
    let host =
        Host::new(&inlay, "signed-out", inlay.door().url(), page, json!({}), Vec::new()).await;
    host.answer_sessions_with(401);
    chrome.open(&host.listed()).await;
    fails_with(&chrome, ["Votre session est terminée", "Réessayer"]).await;
}
