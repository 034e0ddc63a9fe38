//! Pages and assets: the frame, the tenant's own page, the loader and what it loads.

use http::Method;
use inlay_tests::{Answer, Caller as _, Inlay, ORIGIN};
use serde_json::json;

fn directive<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let policy = answer.header("content-security-policy").expect("every answer has a policy");
    let found =
        policy.split(';').map(str::trim).find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {name} in {policy}"))
}

fn strict(answer: &Answer) {
    for (name, value) in [
        ("default-src", "'none'"),
        ("style-src", "'self'"),
        ("connect-src", "'self'"),
        ("base-uri", "'none'"),
        ("form-action", "'none'"),
        ("object-src", "'none'"),
        ("require-trusted-types-for", "'script'"),
    ] {
        assert_eq!(directive(answer, name), value, "{name}");
    }
    let html = answer.text();
    let (nonce, rest) = directive(answer, "script-src").split_once(' ').expect("a nonce first");
    assert_eq!(rest, "'strict-dynamic' 'wasm-unsafe-eval'");
    let nonce = nonce.strip_prefix("'nonce-").and_then(|text| text.strip_suffix('\''));
    let nonce = nonce.filter(|text| text.len() >= 22).expect("128 bits in Base64");
    let nonce = format!("nonce=\"{nonce}\"");
    assert!(!html.contains("<style") && !html.contains(" style="), "no inline style: {html}");
    for tag in html.split("<script").skip(1) {
        let (attributes, rest) = tag.split_once('>').expect("a tag ends");
        assert!(attributes.contains("src="), "no inline script: {html}");
        assert!(attributes.contains(&nonce), "no script without the nonce: {html}");
        assert!(rest.starts_with("</script>"), "no inline script: {html}");
    }
}

#[tokio::test]
async fn the_frame_page_is_framed_by_the_listed_origins_and_nobody_else() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let page = async || inlay.anonymous().get("/embed/overview?tenant=acme").await.is(200);
    let first = page().await;
    strict(&first);
    let script = |answer: &Answer| directive(answer, "script-src").to_owned();
    assert_ne!(script(&first), script(&page().await), "each answer has a nonce of its own");
    assert_eq!(directive(&first, "frame-ancestors"), ORIGIN);
    let two = json!({"origins": ["https://b.example", "https://a.example"]});
    tenant.configure("origins", &two).await.is(200);
    assert_eq!(directive(&page().await, "frame-ancestors"), "https://a.example https://b.example");
    tenant.configure("origins", &json!({"origins": []})).await.is(200);
    assert_eq!(directive(&page().await, "frame-ancestors"), "'none'");
}

#[tokio::test]
async fn the_frame_page_tells_nothing_of_dashboards() {
    let inlay = Inlay::start().await;
    inlay.tenant("acme").await;
    inlay.anonymous().get("/embed/unknown?tenant=acme").await.is(200);
    inlay.anonymous().get("/embed/overview?tenant=globex").await.refused(404, "unknown_tenant");
    inlay.anonymous().get("/embed/overview?tenant=..").await.refused(404, "unknown_tenant");
}

#[tokio::test]
async fn the_host_name_picks_the_tenant_and_its_brand() {
    let inlay = Inlay::start().await;
    for (id, name) in [("acme", "Acme <b>&\"Co"), ("globex", "Globex")] {
        let tenant = inlay.tenant(id).await;
        let domains = json!({"domains": [format!("insights.{id}.example")]});
        tenant.configure("domains", &domains).await.is(200);
        let brand = json!({"name": name, "accent": "#1f5eff", "accent_dark": "#88aaff"});
        tenant.configure("brand", &brand).await.is(200);
    }
    let page = async |host: &str| inlay.call(Method::GET, "/").header("host", host).await;
    let acme = page("insights.acme.example").await.is(200);
    strict(&acme);
    assert_eq!(directive(&acme, "frame-ancestors"), "'none'");
    assert!(acme.text().contains("Acme &"), "{acme}");
    assert!(!acme.text().contains("<b>"), "a name is text: {acme}");
    assert!(!acme.text().contains("Globex"));
    let globex = page("INSIGHTS.globex.example:8443").await.is(200);
    assert!(globex.text().contains("Globex"));
    for host in [
        "unknown.example",
        "acme.example",
        "insights.acme.example.evil.example",
        "127.0.0.1",
        "localhost:1",
    ] {
        page(host).await.refused(421, "unknown_host");
    }
}

#[tokio::test]
async fn the_loader_is_fresh_and_names_its_pinned_copy() {
    let inlay = Inlay::start().await;
    let loader = inlay.anonymous().get("/v1.js").await.is(200);
    assert_eq!(loader.header("access-control-allow-origin"), Some("*"));
    assert_eq!(loader.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(loader.header("cache-control"), Some("public, max-age=300"));
    let tag = loader.header("etag").expect("a tag");
    inlay.anonymous().get("/v1.js").header("if-none-match", tag).await.is(304);
    let link = loader.header("link").expect("a pinned copy");
    let path = link[1..].split_once('>').expect("a link").0;
    let pinned = inlay.anonymous().get(path).await.is(200);
    assert_eq!(pinned.body, loader.body);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA384, &pinned.body);
    let integrity = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert!(link.contains(&format!("integrity=\"sha384-{integrity}\"")), "{link}");
}

#[tokio::test]
async fn every_asset_is_immutable_in_each_encoding_and_has_its_hash() {
    let inlay = Inlay::start().await;
    let carried = inlay_server::assets::manifest().expect("the binary carries its assets");
    let all =
        [carried.loader, carried.glue, carried.wasm, carried.css, carried.frame, carried.page];
    for asset in all {
        let get = |accept: &str| {
            inlay
                .anonymous()
                .get(&format!("/assets/{}", asset.name))
                .header("accept-encoding", accept)
        };
        let plain = get("identity").await.is(200);
        assert_eq!(plain.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(plain.header("access-control-allow-origin"), Some("*"));
        assert_eq!(plain.header("content-encoding"), None);
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA384, &plain.body);
        let integrity = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
        assert_eq!(asset.integrity, format!("sha384-{integrity}"), "{}", asset.name);
        for (accept, encoding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("zstd", None),
        ] {
            let answer = get(accept).await.is(200);
            assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("Accept-Encoding")));
            if encoding.is_some() {
                assert!(answer.body.len() < plain.body.len(), "{}", asset.name);
            }
        }
    }
    for name in ["unknown.js", "manifest.json", "..%2f..%2fCargo.toml"] {
        inlay.anonymous().get(&format!("/assets/{name}")).await.refused(404, "unknown_asset");
    }
}
