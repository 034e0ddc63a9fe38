//! Forged tokens. Each is refused with 401 and a problem, and nothing of it comes back.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use inlay_tests::{
    Answer, Call, Caller as _, Forged, Inlay, Jose, ORIGIN, Setup, TenantClient, Viewer,
};
use serde_json::{Value, json};

/// An access token and an embed token that are good, to be spoiled.
struct Good {
    inlay: Inlay,
    tenant: TenantClient,
    viewer: Viewer,
}

impl Good {
    async fn new() -> Self {
        let inlay = Inlay::start().await;
        let tenant = inlay.tenant("acme").await;
        let viewer = tenant.viewer(json!({})).await;
        Self { inlay, tenant, viewer }
    }

    /// Spoils both tokens and shows them where the good ones are taken.
    async fn refuses(&self, why: &str, spoil: impl Fn(&str) -> String) {
        let access = spoil(self.tenant.token());
        refused(why, &access, &at_data(&self.inlay, &access).await);
        let embed = spoil(&self.viewer.session().token);
        refused(why, &embed, &at_view(&self.inlay, &embed).await);
    }
}

fn at_data(inlay: &Inlay, token: &str) -> Call {
    inlay.call(Method::GET, "/v1/dashboards").bearer(token)
}

fn at_view(inlay: &Inlay, token: &str) -> Call {
    inlay.call(Method::GET, "/v1/embed/view?dashboard=overview").bearer(token).from_page(ORIGIN)
}

#[track_caller]
fn refused(why: &str, token: &str, answer: &Answer) {
    assert_eq!(answer.status, 401, "{why}: {answer}");
    let code = answer.value()["code"].clone();
    assert!(code == "token_invalid" || code == "token_missing", "{why}: {answer}");
    for part in token.split('.').filter(|part| part.len() > 8) {
        let mut said = answer.text();
        for value in answer.headers.values() {
            said.push_str(value.to_str().unwrap_or_default());
        }
        assert!(!said.contains(part.trim()), "{why}: the answer repeats the token");
    }
}

#[tokio::test]
async fn the_tokens_are_good_before_they_are_spoiled() {
    let good = Good::new().await;
    at_data(&good.inlay, good.tenant.token()).await.is(200);
    at_view(&good.inlay, &good.viewer.session().token).await.is(200);
}

#[tokio::test]
async fn no_algorithm() {
    let good = Good::new().await;
    for none in ["none", "None", "NONE", "nOnE", ""] {
        good.refuses(none, |token| Jose::take_apart(token).with_header("alg", none).unsigned())
            .await;
        good.refuses(none, |token| {
            Jose::take_apart(token).with_header("alg", none).with_old_signature()
        })
        .await;
    }
    good.refuses("no alg", |token| Jose::take_apart(token).without_header("alg").unsigned()).await;
    good.refuses("no signature", |token| Jose::take_apart(token).unsigned()).await;
}

#[tokio::test]
async fn hmac_with_the_public_key_as_its_secret() {
    let good = Good::new().await;
    let jwks = good.inlay.anonymous().get("/.well-known/jwks.json").await.is(200).value();
    let key = &jwks["keys"][0];
    let decode = |name: &str| {
        let text = key[name].as_str().expect("a coordinate");
        URL_SAFE_NO_PAD.decode(text).expect("coordinates are base64url")
    };
    let mut point = vec![4];
    point.extend(decode("x"));
    point.extend(decode("y"));
    // The same key as SPKI (RFC 5480), raw and as PEM.
    let mut der =
        vec![0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    der.extend([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00]);
    der.extend(&point);
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let (first, second) = base64.split_at(64);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n");
    let secrets = [point.clone(), der, pem.into_bytes(), key.to_string().into_bytes(), Vec::new()];
    for secret in secrets {
        for alg in ["HS256", "ES256"] {
            good.refuses(alg, |token| {
                Jose::take_apart(token).with_header("alg", alg).with_hmac(&secret)
            })
            .await;
        }
    }
}

#[tokio::test]
async fn an_unknown_key() {
    let good = Good::new().await;
    let own = Forged::key();
    for kid in ["unknown", "", "../../etc/passwd", "' OR 1=1 --", "\u{0}", &"k".repeat(5_000)] {
        good.refuses(kid, |token| Jose::take_apart(token).with_header("kid", kid).signed_by(&own))
            .await;
    }
    good.refuses("no kid", |token| Jose::take_apart(token).without_header("kid").signed_by(&own))
        .await;
    good.refuses("no kid", |token| {
        Jose::take_apart(token).without_header("kid").with_old_signature()
    })
    .await;
    for kid in [json!(7), json!(null), json!(["a"]), json!({"a": 1})] {
        good.refuses("odd kid", |token| {
            Jose::take_apart(token).with_header("kid", kid.clone()).signed_by(&own)
        })
        .await;
    }
}

#[tokio::test]
async fn the_right_key_id_with_another_key() {
    let good = Good::new().await;
    let own = Forged::key();
    good.refuses("own key", |token| Jose::take_apart(token).signed_by(&own)).await;
}

#[tokio::test]
async fn a_key_brought_along() {
    let good = Good::new().await;
    let own = Forged::key();
    let brought = |token: &str, name: &str, value: Value| {
        Jose::take_apart(token).with_header(name, value).signed_by(&own)
    };
    let jwk = |token: &str| {
        let kid = Jose::take_apart(token).header["kid"].as_str().unwrap_or_default().to_owned();
        own.jwk(&kid)
    };
    good.refuses("jwk", |token| brought(token, "jwk", jwk(token))).await;
    for name in ["jku", "x5u"] {
        good.refuses(name, |token| brought(token, name, json!("https://evil.example/keys"))).await;
        good.refuses(name, |token| {
            Jose::take_apart(token).with_header(name, "https://evil.example/k").with_old_signature()
        })
        .await;
    }
    good.refuses("x5c", |token| brought(token, "x5c", json!(["AAAA"]))).await;
    good.refuses("crit", |token| brought(token, "crit", json!(["exp"]))).await;
}

#[tokio::test]
async fn changed_claims() {
    let good = Good::new().await;
    for (claim, value) in [
        ("tid", json!("globex")),
        ("exp", json!(4_000_000_000_u64)),
        ("sub", json!("somebody")),
        ("scope", json!("tenants:write")),
        ("dashboards", json!(["overview", "private"])),
        ("capabilities", json!(["filter", "rows"])),
        ("filters", json!([{"dimension": "country", "op": "not_in", "values": []}])),
    ] {
        good.refuses(claim, |token| {
            Jose::take_apart(token).with_claim(claim, value.clone()).with_old_signature()
        })
        .await;
    }
}

#[tokio::test]
async fn another_type() {
    let good = Good::new().await;
    for typ in ["JWT", "jwt", "", "at+jwt", "inlay-embed+jwt", "dpop+jwt"] {
        good.refuses(typ, |token| {
            Jose::take_apart(token).with_header("typ", typ).with_old_signature_if_changed(token)
        })
        .await;
    }
}

/// A token whose type was set to what it is already would be good: that case is spoiled otherwise.
trait Spoil {
    fn with_old_signature_if_changed(&self, token: &str) -> String;
}

impl Spoil for Jose {
    fn with_old_signature_if_changed(&self, token: &str) -> String {
        if self.header == Jose::take_apart(token).header {
            self.unsigned()
        } else {
            self.with_old_signature()
        }
    }
}

#[tokio::test]
async fn each_kind_in_the_place_of_the_other() {
    let good = Good::new().await;
    let embed = &good.viewer.session().token;
    refused("embed token at data", embed, &at_data(&good.inlay, embed).await);
    let access = good.tenant.token();
    refused("access token at a view", access, &at_view(&good.inlay, access).await);
    let operator = good.tenant.operator().token();
    refused("operator's token at a view", operator, &at_view(&good.inlay, operator).await);
}

#[tokio::test]
async fn garbage() {
    let good = Good::new().await;
    let garbage = [
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "...",
        "..",
        "e30.e30.e30",
        "eyJhbGciOiJFUzI1NiJ9..",
        "null",
        "undefined",
        "{}",
        "Bearer",
        "%00",
        "ÿ",
        "🦀",
        "-----BEGIN PUBLIC KEY-----",
    ];
    for text in garbage {
        let access = good.inlay.call(Method::GET, "/v1/dashboards");
        let value = http::HeaderValue::from_bytes(format!("Bearer {text}").as_bytes());
        let value = value.expect("bytes over 0x7f may stand in a header");
        let answer = access.header_value("authorization", value.clone()).await;
        refused(text, text, &answer);
        let view = at_view(&good.inlay, "x").header_value("authorization", value).await;
        refused(text, text, &view);
    }
    for length in [1_000, 8_000, 30_000] {
        good.refuses("very long", |token| format!("{token}{}", "A".repeat(length))).await;
    }
}

#[tokio::test]
async fn cut_off_or_padded() {
    let good = Good::new().await;
    for less in [1, 2, 10, 43, 86, 87, 200] {
        good.refuses("cut off", |token| token[..token.len() - less].to_owned()).await;
    }
    good.refuses("cut off in front", |token| token[1..].to_owned()).await;
    good.refuses("a part missing", |token| token.rsplit_once('.').expect("parts").0.to_owned())
        .await;
    for (what, before, after) in [
        ("space in front", " ", ""),
        ("tab in front", "\t", ""),
        ("dot behind", "", "."),
        ("padding behind", "", "="),
        ("comma and another", "", ", Bearer x"),
        ("quotes", "\"", "\""),
    ] {
        good.refuses(what, |token| format!("{before}{token}{after}")).await;
    }
    good.refuses("space inside", |token| token.replacen('.', " .", 1)).await;
}

/// The last character of a signature carries bits that mean nothing; a reader that ignores them takes
/// several spellings of one token.
#[tokio::test]
async fn another_spelling_of_the_signature() {
    let good = Good::new().await;
    good.refuses("padding bits", |token| {
        let (rest, last) = token.split_at(token.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = alphabet.find(last).expect("base64url");
        format!("{rest}{}", &alphabet[at ^ 1..=at ^ 1])
    })
    .await;
}

#[tokio::test]
async fn of_another_deployment_on_the_same_keys() {
    let good = Good::new().await;
    // Same folder, same keys, another name: issuer and audience differ, the signature is real.
    let elsewhere = Setup::default().beside(&good.inlay).known_as("https://elsewhere.example");
    let elsewhere = elsewhere.start().await;
    let tenant = elsewhere.operator().await.exchange("acme", None).await;
    let viewer = tenant.viewer(json!({})).await;
    at_data(&elsewhere, tenant.token()).await.is(200);
    refused("issuer", tenant.token(), &at_data(&good.inlay, tenant.token()).await);
    let token = &viewer.session().token;
    refused("issuer", token, &at_view(&good.inlay, token).await);
}

#[tokio::test]
async fn not_valid_yet() {
    let good = Good::new().await;
    let url = good.inlay.door().url().to_owned();
    let ahead = Setup::default().beside(&good.inlay).known_as(&url).ahead(Duration::from_secs(60));
    let ahead = ahead.start().await;
    let tenant = ahead.operator().await.exchange("acme", None).await;
    let viewer = tenant.viewer(json!({})).await;
    refused("not yet", tenant.token(), &at_data(&good.inlay, tenant.token()).await);
    let token = &viewer.session().token;
    refused("not yet", token, &at_view(&good.inlay, token).await);
    good.inlay.advance(Duration::from_secs(60));
    at_data(&good.inlay, tenant.token()).await.is(200);
    at_view(&good.inlay, token).await.is(200);
}

#[tokio::test]
async fn a_second_after_its_end() {
    let good = Good::new().await;
    let short = good.tenant.viewer(json!({"ttl": 10})).await;
    good.inlay.advance(Duration::from_secs(9));
    short.view("").await.is(200);
    good.inlay.advance(Duration::from_secs(1));
    short.view("").await.refused(401, "token_expired");
    good.inlay.advance(Duration::from_secs(890));
    at_data(&good.inlay, good.tenant.token()).await.refused(401, "token_expired");
}

#[tokio::test]
async fn the_challenge_tells_whether_a_new_token_would_help() {
    let good = Good::new().await;
    let none = good.inlay.call(Method::GET, "/v1/dashboards").await.is(401);
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    let bad = at_data(&good.inlay, "x.y.z").await.is(401);
    assert_eq!(bad.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}
