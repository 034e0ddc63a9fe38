//! Events from pages: who may send them, what is believed, and what is not kept.

use std::time::Duration;

use http::Method;
use inlay_shared::{List, PublicKey, Receipt};
use inlay_tests::{Answer, Call, Caller as _, Inlay, ORIGIN, Setup, TenantClient};
use serde_json::{Value, json};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

struct Site {
    inlay: Inlay,
    acme: TenantClient,
    key: String,
}

impl Site {
    async fn new() -> Self {
        Self::on(Inlay::start().await).await
    }

    async fn on(inlay: Inlay) -> Self {
        let acme = inlay.tenant("acme").await;
        let key = acme.public_key("site").await;
        Self { inlay, acme, key }
    }

    /// As a page of the declared origin sends them.
    fn send(&self, events: &Value) -> Call {
        self.body(&json!({"key": self.key, "events": events}))
    }

    fn body(&self, body: &Value) -> Call {
        let call = self.inlay.call(Method::POST, "/v1/collect").from_page(ORIGIN);
        call.header("user-agent", BROWSER).body("text/plain;charset=UTF-8", body.to_string())
    }

    async fn rows(&self, measures: Value, dimensions: Value) -> Value {
        let time = json!({"from": "2026-11-01", "to": "2026-12-01"});
        let query = json!({"measures": measures, "dimensions": dimensions, "time": time});
        // With a token of this very moment: some tests let days pass.
        let acme = self.inlay.operator().await.exchange("acme", None).await;
        acme.query(&query).await.is(200).value()["rows"].take()
    }

    async fn bots(&self) -> u64 {
        let keys = self.acme.operator().get("/v1/tenants/acme/public-keys").await.is(200);
        keys.json::<List<PublicKey>>().data[0].bots
    }
}

fn view(id: &str) -> Value {
    json!([{"id": id, "name": "page.viewed", "page": "/"}])
}

fn accepted(answer: &Answer) -> u64 {
    answer.json::<Receipt>().accepted
}

#[tokio::test]
async fn a_page_of_a_declared_origin_is_counted_once() {
    let site = Site::new().await;
    let events = json!([
        {"id": "a", "name": "page.viewed", "page": "/x", "referrer": "search.example"},
        {"id": "b", "name": "signup", "page": "/x", "age_ms": 500, "properties": {"plan": "pro"}},
    ]);
    let answer = site.send(&events).await.is(202);
    assert_eq!(answer.json::<Receipt>(), Receipt { accepted: 2, ..Receipt::default() });
    // The beacon of a page that did not hear the answer.
    let again = site.send(&events).await.is(202).json::<Receipt>();
    assert_eq!((again.accepted, again.duplicates), (0, 2));
    site.acme.sees(2).await;
    assert_eq!(site.rows(json!(["users", "sessions"]), json!([])).await, json!([[1, 1]]));
    let pages = site.rows(json!(["events"]), json!(["page"])).await;
    assert_eq!(pages, json!([["/x", 2]]));
}

#[tokio::test]
async fn other_pages_are_refused_and_may_not_read_why() {
    let site = Site::new().await;
    for origin in ["https://elsewhere.example", "null", "http://portal.example"] {
        let answer = site.send(&view("a")).from_page(origin).await;
        answer.refused(403, "origin_not_declared");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert!(answer.header("vary").is_some_and(|vary| vary.contains("Origin")), "{answer}");
    }
    site.send(&view("a")).without("origin").await.refused(403, "origin_not_declared");
    assert_eq!(site.acme.count(json!([])).await, 0);
}

#[tokio::test]
async fn a_declared_page_may_read_answers_and_refusals() {
    let site = Site::new().await;
    let taken = site.send(&view("a")).await.is(202);
    let refused = site.send(&json!([])).await;
    refused.refused(422, "invalid_body");
    for answer in [taken, refused] {
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
    }
    let preflight = site.inlay.call(Method::OPTIONS, "/v1/collect").from_page(ORIGIN);
    let preflight = preflight.header("access-control-request-method", "POST").await.is(204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some(ORIGIN));
}

#[tokio::test]
async fn a_key_is_one_tenants_until_it_is_revoked() {
    let site = Site::new().await;
    let operator = site.acme.operator();
    let globex = operator.create_tenant("globex", &["https://globex.example"]).await;
    // Another tenant's page with this key, and another tenant's vendor at this key.
    let strange = site.send(&view("a")).from_page("https://globex.example").await;
    strange.refused(403, "origin_not_declared");
    let theirs = format!("/v1/tenants/globex/public-keys/{}", site.key);
    operator.delete(&theirs).await.refused(404, "unknown_public_key");
    site.send(&view("a")).await.is(202);
    assert_eq!(globex.count(json!([])).await, 0);

    let own = format!("/v1/tenants/acme/public-keys/{}", site.key);
    operator.delete(&own).await.is(204);
    operator.delete(&own).await.refused(404, "unknown_public_key");
    site.send(&view("b")).await.refused(404, "unknown_public_key");
    site.body(&json!({"key": "acme", "events": view("c")}))
        .await
        .refused(404, "unknown_public_key");
    assert_eq!(site.acme.count(json!([])).await, 1);
}

#[tokio::test]
async fn a_page_cannot_say_who_looks_and_when() {
    let site = Site::new().await;
    let events = json!([
        {"id": "a", "name": "n", "user": "somebody"},
        {"id": "b", "name": "n"},
        {"id": "c", "name": "n", "time": "2026-11-19T10:00:00Z"},
        {"id": "d", "name": "n", "properties": {"deep": {}}},
        {"id": "e", "name": "n"},
    ]);
    let receipt = site.send(&events).await.is(202).json::<Receipt>();
    assert_eq!(receipt.accepted, 2);
    let codes: Vec<_> = receipt.rejected.iter().map(|no| (no.index, no.code.as_str())).collect();
    assert_eq!(codes, [(0, "unknown_field"), (2, "unknown_field"), (3, "nested_property")]);
    // Nor take the id of an event that the backend will send.
    let own = inlay_tests::event("b", "n", "2026-11-19T10:00:00Z");
    let receipt = site.acme.send_events(&[own]).await.is(202).json::<Receipt>();
    assert_eq!(receipt.accepted, 1);
}

#[tokio::test]
async fn the_envelope_is_strict() {
    let site = Site::new().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({"key": site.key, "events": view("a")});
        body[name] = value;
        site.body(&body)
    };
    with("surprise", json!(1)).await.refused(422, "unknown_field");
    with("automated", json!(null)).await.refused(422, "invalid_body");
    with("events", json!({})).await.refused(422, "invalid_body");
    with("events", json!(vec![json!({}); 101])).await.refused(422, "invalid_body");
    with("events", json!("a".repeat(64 * 1024))).await.refused(413, "body_too_large");
    assert_eq!(site.acme.count(json!([])).await, 0);
}

#[tokio::test]
async fn bots_are_counted_and_not_stored() {
    let site = Site::new().await;
    let crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let headless = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
        HeadlessChrome/142.0.0.0 Safari/537.36";
    for user_agent in [crawler, headless, ""] {
        let answer = site.send(&view("a")).header("user-agent", user_agent).await.is(202);
        assert_eq!(accepted(&answer), 0, "{user_agent}");
    }
    let driven = json!({"key": site.key, "automated": true, "events": view("a")});
    assert_eq!(accepted(&site.body(&driven).await.is(202)), 0);
    assert_eq!(site.bots().await, 4);
    assert_eq!(site.acme.count(json!([])).await, 0);
    assert_eq!(accepted(&site.send(&view("a")).await.is(202)), 1, "its id is not taken");
    // Written down, not only remembered.
    let beside = Setup::default().beside(&site.inlay).start().await;
    let keys = beside.operator().await.get("/v1/tenants/acme/public-keys").await.is(200);
    assert_eq!(keys.json::<List<PublicKey>>().data[0].bots, 4);
}

#[tokio::test]
async fn who_asks_not_to_be_counted_is_not() {
    let site = Site::new().await;
    for name in ["dnt", "sec-gpc"] {
        assert_eq!(accepted(&site.send(&view("a")).header(name, "1").await.is(202)), 0);
        assert_eq!(accepted(&site.send(&view(name)).header(name, "0").await.is(202)), 1);
    }
    assert_eq!(site.bots().await, 0);
    assert_eq!(site.acme.count(json!([])).await, 2);
}

#[tokio::test]
async fn a_visitor_is_one_browser_for_one_day() {
    let site = Site::new().await;
    let other = BROWSER.replace("145", "144");
    site.send(&view("a")).await.is(202);
    site.send(&view("b")).await.is(202);
    site.send(&view("c")).header("user-agent", &other).await.is(202);
    assert_eq!(site.rows(json!(["users", "sessions"]), json!([])).await, json!([[2, 2]]));
    site.inlay.advance(Duration::from_secs(31 * 60));
    site.send(&view("d")).await.is(202);
    assert_eq!(site.rows(json!(["users", "sessions"]), json!([])).await, json!([[2, 3]]));
    site.inlay.advance(Duration::from_secs(86_400));
    site.send(&view("e")).await.is(202);
    assert_eq!(site.rows(json!(["users", "sessions"]), json!([])).await, json!([[3, 4]]));
}

#[tokio::test]
async fn only_a_trusted_proxy_tells_apart_who_is_behind_it() {
    for (trusted, visitors) in [(&["127.0.0.0/8"][..], 2), (&[], 1)] {
        let inlay = Setup::default().behind(trusted).start().await;
        let site = Site::on(inlay).await;
        for (id, client) in [("a", "198.51.100.1"), ("b", "198.51.100.2")] {
            site.send(&view(id)).header("x-forwarded-for", client).await.is(202);
        }
        let rows = site.rows(json!(["users"]), json!([])).await;
        assert_eq!(rows, json!([[visitors]]), "{trusted:?}");
    }
}

#[tokio::test]
async fn a_visitor_that_floods_is_told_to_wait() {
    let site = Site::new().await;
    for n in 0..200 {
        site.send(&view(&format!("a-{n}"))).await.is(202);
    }
    let refused = site.send(&view("more")).await;
    refused.refused(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"collect\";q=20;w=1"));
    assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN));
    let other = BROWSER.replace("145", "144");
    site.send(&view("other")).header("user-agent", &other).await.is(202);
    site.inlay.advance(Duration::from_secs(1));
    site.send(&view("more")).await.is(202);
}

#[tokio::test]
async fn a_tenant_can_have_many_keys_and_see_them() {
    let site = Site::new().await;
    site.acme.public_key("second").await;
    let operator = site.acme.operator();
    let first = operator.get("/v1/tenants/acme/public-keys?limit=1").await.is(200);
    let next = first.header("link").expect("there is more").to_owned();
    let next = next.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
    let second = operator.get(&next).await.is(200);
    let names = |answer: &Answer| {
        let keys = answer.json::<List<PublicKey>>().data;
        keys.into_iter().map(|key| key.name).collect::<Vec<_>>()
    };
    let mut all = [names(&first), names(&second)].concat();
    all.sort();
    assert_eq!(all, ["second", "site"]);
    assert_eq!(second.header("link"), None);
}

#[tokio::test]
async fn the_tracker_is_cached_and_can_be_pinned() {
    let inlay = Inlay::start().await;
    let get = || inlay.call(Method::GET, "/t.js");
    let answer = get().await.is(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
    let tag = answer.header("etag").expect("a tag").to_owned();
    get().header("if-none-match", &tag).await.is(304);
    let packed = get().header("accept-encoding", "br").header("if-none-match", &tag).await.is(200);
    assert_eq!(packed.header("content-encoding"), Some("br"));
    assert!(packed.body.len() <= 2_048, "{} bytes", packed.body.len());
    let link = answer.header("link").expect("a pinned copy").to_owned();
    let path = link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
    let pinned = inlay.call(Method::GET, &path).await.is(200);
    assert_eq!(pinned.body, answer.body);
    let forever = "public, max-age=31536000, immutable";
    assert_eq!(pinned.header("cache-control"), Some(forever));
}
