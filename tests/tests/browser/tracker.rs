//! The tracker on a site's pages, under a policy that allows no more than what the documentation asks
//! for.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use inlay_shared::{List, PublicKey};
use inlay_tests::{Caller as _, Chrome, Inlay, TenantClient, eventually};
use serde_json::{Value, json};

/// A site with a marked button and a link to elsewhere. It has the same page under every path.
struct Site {
    acme: TenantClient,
    port: u16,
}

struct Page {
    html: String,
    policy: String,
}

impl Site {
    async fn serve(inlay: &Inlay) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let origin = format!("http://site.localhost:{port}");
        let acme = inlay.operator().await.create_tenant("acme", &[&origin]).await;
        let key = acme.public_key("site").await;
        let base = inlay.door().url();
        let html = format!(
            "<!doctype html><title>Site</title><link rel=icon href='data:,'>\
             <script defer src='{base}/t.js' data-key='{key}'></script>\
             <script defer src='{base}/t.js' data-key='{key}'></script>\
             <script src=/page.js></script>\
             <a id=out href='https://elsewhere.example/a?secret=1'>Elsewhere</a>\
             <a id=in href='/in'>Here</a>\
             <button id=up data-inlay-event=signup data-inlay-plan=pro>Sign up</button>"
        );
        let policy = format!(
            "default-src 'none'; script-src 'self' {base}; connect-src {base}; img-src data:; \
             base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let router = Router::new()
            .route("/page.js", axum::routing::get(script))
            .fallback(page)
            .with_state(Arc::new(Page { html, policy }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { acme, port }
    }

    fn declared(&self, path: &str) -> String {
        format!("http://site.localhost:{}{path}", self.port)
    }

    fn undeclared(&self) -> String {
        format!("http://stranger.localhost:{}/", self.port)
    }

    /// Counts of events by a dimension.
    async fn by(&self, dimension: &str) -> BTreeMap<String, u64> {
        let time = json!({"from": "2026-11-01", "to": "2026-12-01"});
        let query = json!({"measures": ["events"], "dimensions": [dimension], "time": time});
        let rows = self.acme.query(&query).await.is(200).value()["rows"].take();
        let rows = rows.as_array().cloned().unwrap_or_default();
        let count = |row: &Value| (row[0].as_str().unwrap_or("").to_owned(), row[1].as_u64());
        rows.iter().map(count).map(|(name, count)| (name, count.unwrap_or(0))).collect()
    }

    async fn has(&self, name: &str, count: u64) {
        eventually(&format!("{count} × {name}"), async || {
            (self.by("name").await.get(name) == Some(&count)).then_some(())
        })
        .await;
    }
}

async fn page(State(page): State<Arc<Page>>) -> Response {
    let mut response = Html(page.html.clone()).into_response();
    let policy = page.policy.parse().expect("a policy is ASCII");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Links lead nowhere, so that the page stays to be asked.
async fn script() -> Response {
    let script = "addEventListener('click', (event) => event.preventDefault());";
    ([(header::CONTENT_TYPE, "text/javascript")], script).into_response()
}

#[tokio::test]
async fn a_declared_site_is_counted() {
    let inlay = Inlay::start().await;
    let site = Site::serve(&inlay).await;
    let Some(chrome) = Chrome::of_a_person().await else { return };

    chrome.open(&site.declared("/one?utm_source=letter&private=1")).await;
    site.has("page.viewed", 1).await;
    chrome.run("history.pushState({}, '', '/two'); history.pushState({}, '', '/two#part')").await;
    site.has("page.viewed", 2).await;
    chrome.run("history.go(-2)").await;
    site.has("page.viewed", 3).await;

    chrome.press("return document.querySelector('#up')", "\n").await;
    chrome.press("return document.querySelector('#out')", "\n").await;
    chrome.press("return document.querySelector('#in')", "\n").await;
    chrome.run("inlay.track('report.shared', { by: 'mail', pages: 3 })").await;
    site.has("report.shared", 1).await;
    site.has("signup", 1).await;
    site.has("link.clicked", 1).await;

    eventually("the page was in sight for a while", async || {
        (chrome.run("return performance.now() > 2500").await == json!(true)).then_some(())
    })
    .await;
    let before = site.by("name").await.get("page.left").copied().unwrap_or(0);
    // The last event waits in the page when the page goes.
    chrome.run("inlay.track('last')").await;
    assert_eq!(chrome.complaints().await, [""; 0]);
    chrome.open("about:blank").await;
    site.has("last", 1).await;
    site.has("page.left", before + 1).await;
    assert_eq!(chrome.complaints().await, [""; 0]);

    let pages = site.by("page").await;
    assert_eq!(pages.keys().collect::<Vec<_>>(), ["/one", "/two"], "{pages:?}");
    assert_eq!((site.by("user").await.len(), site.by("session").await.len()), (1, 1));
}

#[tokio::test]
async fn the_site_keeps_nothing_in_the_browser() {
    let inlay = Inlay::start().await;
    let site = Site::serve(&inlay).await;
    let Some(chrome) = Chrome::of_a_person().await else { return };
    chrome.open(&site.declared("/")).await;
    site.has("page.viewed", 1).await;
    let kept = "return [document.cookie, localStorage.length, sessionStorage.length]";
    assert_eq!(chrome.run(kept).await, json!(["", 0, 0]));
}

#[tokio::test]
async fn a_site_that_is_not_declared_counts_nothing() {
    let inlay = Inlay::start().await;
    let site = Site::serve(&inlay).await;
    let Some(chrome) = Chrome::of_a_person().await else { return };
    chrome.open(&site.undeclared()).await;
    eventually("the page tried", async || {
        let complaints = chrome.complaints().await;
        complaints.iter().any(|complaint| complaint.contains("/v1/collect")).then_some(())
    })
    .await;
    chrome.open("about:blank").await;
    assert_eq!(site.acme.count(json!([])).await, 0);
}

#[tokio::test]
async fn who_objects_is_not_counted_and_nothing_is_sent() {
    let inlay = Inlay::start().await;
    let site = Site::serve(&inlay).await;
    let Some(chrome) = Chrome::of_a_person_who_objects().await else { return };
    chrome.open(&site.declared("/")).await;
    assert_eq!(chrome.run("return navigator.doNotTrack").await, json!("1"));
    chrome.run("inlay.track('signup')").await;
    chrome.press("return document.querySelector('#up')", "\n").await;
    eventually("there was time to send", async || {
        (chrome.run("return performance.now() > 2500").await == json!(true)).then_some(())
    })
    .await;
    let sent = "return performance.getEntriesByType('resource').map(({ name }) => name)\
        .filter((name) => name.includes('/v1/collect'))";
    assert_eq!(chrome.run(sent).await, json!([]));
    assert_eq!(site.acme.count(json!([])).await, 0);
    assert_eq!(chrome.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_driven_browser_is_a_bot() {
    let inlay = Inlay::start().await;
    let site = Site::serve(&inlay).await;
    let chrome = Chrome::start().await;
    chrome.open(&site.declared("/")).await;
    eventually("it is counted", async || {
        let keys = site.acme.operator().get("/v1/tenants/acme/public-keys").await.is(200);
        (keys.json::<List<PublicKey>>().data[0].bots > 0).then_some(())
    })
    .await;
    assert_eq!(site.acme.count(json!([])).await, 0);
}
