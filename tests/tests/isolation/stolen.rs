//! Tokens that are nearly good: signed with the deployment's own key, or with their own signature in
//! another form, and one thing wrong. So each test hangs on that one thing, at every door that takes a
//! token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use inlay_tests::{Answer, Call, Forged, Inlay, Jose, ORIGIN};
use serde_json::{Value, json};

/// A door: its name, how it is knocked at with a token, and a token that opens it.
struct Door {
    name: &'static str,
    knock: fn(&Inlay, &str) -> Call,
    good: String,
    /// The exchange answers as OAuth does: 400 `invalid_grant`.
    oauth: bool,
}

struct World {
    inlay: Inlay,
    stolen: Forged,
    doors: Vec<Door>,
}

impl World {
    async fn new() -> Self {
        let inlay = Inlay::start().await;
        let tenant = inlay.tenant("acme").await;
        let operator = tenant.operator().token().to_owned();
        let viewer = tenant.viewer(json!({})).await.session().token.clone();
        let access = tenant.token().to_owned();
        let door =
            |name, good: &String, knock| Door { name, good: good.clone(), knock, oauth: false };
        let mut doors = vec![
            door("operator", &operator, |inlay, token| {
                inlay.call(Method::GET, "/v1/tenants").bearer(token)
            }),
            door("mint", &operator, |inlay, token| {
                let grant = json!({
                    "tenant": "acme", "viewer": "u", "dashboards": ["overview"], "origin": ORIGIN
                });
                inlay.call(Method::POST, "/v1/embed/sessions").bearer(token).json(&grant)
            }),
            door("tenant", &access, |inlay, token| {
                inlay.call(Method::GET, "/v1/dashboards").bearer(token)
            }),
            door("write done once", &access, |inlay, token| {
                let events = json!([{"id": "e", "name": "n", "time": "2026-11-20T10:00:00Z"}]);
                let call = inlay.call(Method::POST, "/v1/events").json(&events);
                call.bearer(token).header("idempotency-key", "\"once\"")
            }),
            door("view", &viewer, |inlay, token| {
                let call = inlay.call(Method::GET, "/v1/embed/view?dashboard=overview");
                call.bearer(token).from_page(ORIGIN)
            }),
            door("live", &viewer, |inlay, token| {
                let call = inlay.call(Method::GET, "/v1/embed/live?dashboard=overview");
                call.bearer(token).from_page(ORIGIN)
            }),
        ];
        doors.push(Door { name: "exchange", good: operator, oauth: true, knock: exchange });
        let stolen = Forged::stolen_from(inlay.folder());
        Self { inlay, stolen, doors }
    }

    /// Spoils the good token of each door and knocks with it.
    async fn refuses(&self, why: &str, spoil: impl Fn(&Jose) -> String) {
        for door in &self.doors {
            let token = spoil(&Jose::take_apart(&door.good));
            let answer = (door.knock)(&self.inlay, &token).await;
            let code = if door.oauth { (400, "error") } else { (401, "code") };
            assert_eq!(answer.status, code.0, "{why} at {}: {answer}", door.name);
            let said = answer.value()[code.1].clone();
            let fits = ["token_invalid", "token_expired", "invalid_grant"]
                .iter()
                .any(|code| said == *code);
            assert!(fits, "{why} at {}: {answer}", door.name);
        }
    }

    async fn opens(&self, why: &str, token: impl Fn(&Jose) -> String) {
        for door in &self.doors {
            let answer: Answer =
                (door.knock)(&self.inlay, &token(&Jose::take_apart(&door.good))).await;
            assert!((200..300).contains(&answer.status), "{why} at {}: {answer}", door.name);
        }
    }

    fn sign(&self, jose: &Jose) -> String {
        jose.signed_by(&self.stolen)
    }
}

fn exchange(inlay: &Inlay, token: &str) -> Call {
    inlay.anonymous().token(
        inlay.operator_client(),
        &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("audience", "tenant:acme"),
        ],
    )
}

#[tokio::test]
async fn a_header_that_is_not_ours() {
    let world = World::new().await;
    world.opens("signed anew, nothing changed", |jose| world.sign(jose)).await;
    let own = Forged::key();
    let url = json!("https://evil.example/keys");
    let cases: Vec<(&str, Value)> = vec![
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("nOnE")),
        ("alg", json!("HS256")),
        ("alg", json!("es256")),
        ("alg", json!("ES384")),
        ("alg", json!("RS256")),
        ("alg", json!(["ES256"])),
        ("typ", json!("JWT")),
        ("typ", json!("")),
        ("typ", json!(null)),
        ("kid", json!("")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!(1)),
        ("jku", url.clone()),
        ("x5u", url),
        ("jwk", own.jwk("own")),
        ("x5c", json!(["AAAA"])),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("surprise", json!("x".repeat(8_000))),
    ];
    for (name, value) in cases {
        let why = format!("{name}: {value:.40}");
        let spoil = |jose: &Jose| world.sign(&jose.clone().with_header(name, value.clone()));
        world.refuses(&why, spoil).await;
    }
    for name in ["alg", "typ", "kid"] {
        world.refuses(name, |jose| world.sign(&jose.clone().without_header(name))).await;
    }
}

/// Readers do not agree on which of two members counts: a token with two of a name has no meaning.
#[tokio::test]
async fn a_member_that_stands_there_twice() {
    let world = World::new().await;
    let twice = |object: &Value, name: &str, other: &str| {
        let text = object.to_string();
        [
            format!("{{\"{name}\":{other},{}", &text[1..]),
            format!("{},\"{name}\":{other}}}", &text[..text.len() - 1]),
        ]
    };
    for (name, other) in [("alg", "\"none\""), ("kid", "\"own\""), ("typ", "\"JWT\"")] {
        for place in 0..2 {
            world
                .refuses(name, |jose| {
                    let header = &twice(&jose.header, name, other)[place];
                    Jose::texts_signed_by(header, &jose.claims.to_string(), &world.stolen)
                })
                .await;
        }
    }
    for name in ["exp", "iat", "iss", "aud", "sub", "jti"] {
        for place in 0..2 {
            world
                .refuses(name, |jose| {
                    let same = jose.claims[name].to_string();
                    let claims = &twice(&jose.claims, name, &same)[place];
                    Jose::texts_signed_by(&jose.header.to_string(), claims, &world.stolen)
                })
                .await;
        }
    }
}

#[tokio::test]
async fn claims_that_are_not_ours() {
    let world = World::new().await;
    let (past, future) = (json!(1_000), json!(4_000_000_000_u64));
    let cases: Vec<(&str, Value)> = vec![
        ("exp", past),
        ("exp", json!("4000000000")),
        ("exp", json!(4_000_000_000.5)),
        ("exp", json!(-1)),
        ("exp", json!(true)),
        ("exp", json!(null)),
        ("iat", json!("1000")),
        ("iat", json!(1_000.5)),
        ("nbf", future),
        ("nbf", json!("1000")),
        ("nbf", json!(1_000.5)),
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!(["http://inlay"])),
        ("iss", json!(null)),
        ("aud", json!("https://elsewhere.example")),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("sub", json!(7)),
        ("jti", json!(7)),
    ];
    for (name, value) in cases {
        let why = format!("{name}: {value}");
        world.refuses(&why, |jose| world.sign(&jose.clone().with_claim(name, value.clone()))).await;
    }
    for name in ["exp", "iat", "iss", "aud", "sub", "jti"] {
        world
            .refuses(&format!("no {name}"), |jose| {
                let mut jose = jose.clone();
                jose.claims.as_object_mut().expect("claims are an object").remove(name);
                world.sign(&jose)
            })
            .await;
    }
    for claims in ["", "{}", "[]", "null", "\"text\"", "{\"exp\":", "\u{0}"] {
        world
            .refuses(&format!("claims: {claims}"), |jose| {
                Jose::texts_signed_by(&jose.header.to_string(), claims, &world.stolen)
            })
            .await;
    }
}

/// `n − s`, with `n` the order of P-256.
fn complement(s: [u8; 32]) -> [u8; 32] {
    let mut left = [0; 32];
    let mut borrow = 0;
    for place in (0..32).rev() {
        let difference = i32::from(ORDER[place]) - i32::from(s[place]) - borrow;
        borrow = i32::from(difference < 0);
        left[place] = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    left
}

const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// ASN.1 DER, as other protocols write ECDSA signatures.
fn der(r: [u8; 32], s: [u8; 32]) -> Vec<u8> {
    let integer = |bytes: [u8; 32]| {
        let mut text = vec![0x02, 33, 0x00];
        text.extend(bytes);
        text
    };
    let body = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(body.len()).expect("short")], body].concat()
}

#[tokio::test]
async fn a_signature_in_another_form() {
    let world = World::new().await;
    type Change = fn([u8; 32], [u8; 32]) -> Vec<u8>;
    world
        .opens("the signature that it has", |jose| {
            let (r, s) = jose.halves();
            jose.with_signature(&[r, s].concat())
        })
        .await;
    let cases: [(&str, Change); 14] = [
        ("nothing", |_, _| Vec::new()),
        ("r alone", |r, _| r.to_vec()),
        ("a byte less", |r, s| [r, s].concat()[..63].to_vec()),
        ("a byte more", |r, s| [&[r, s].concat()[..], &[0]].concat()),
        ("r and s the other way round", |r, s| [s, r].concat()),
        ("DER", |r, s| der(r, s)),
        ("r = 0", |_, s| [[0; 32], s].concat()),
        ("s = 0", |r, _| [r, [0; 32]].concat()),
        ("both 0", |_, _| vec![0; 64]),
        ("r = n", |_, s| [ORDER, s].concat()),
        ("s = n", |r, _| [r, ORDER].concat()),
        ("r beyond n", |_, s| [[0xff; 32], s].concat()),
        ("s beyond n", |r, _| [r, [0xff; 32]].concat()),
        ("n - s, which is as good", |r, s| [r, complement(s)].concat()),
    ];
    for (why, change) in cases {
        world
            .refuses(why, |jose| {
                let (r, s) = jose.halves();
                jose.with_signature(&change(r, s))
            })
            .await;
    }
    let parts = |jose: &Jose| {
        let (r, s) = jose.halves();
        let token = jose.with_signature(&[r, s].concat());
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts
    };
    for place in 0..3 {
        for (why, spoil) in [
            ("padding", (|part| format!("{part}=")) as fn(&str) -> String),
            ("more padding", |part| format!("{part}==")),
            ("a space in it", |part| format!("{} {}", &part[..4], &part[4..])),
            ("a tab in it", |part| format!("{}\t{}", &part[..4], &part[4..])),
            ("a percent sign", |part| format!("{part}%3D")),
        ] {
            let why = format!("{why} in part {place}");
            world
                .refuses(&why, |jose| {
                    let mut parts = parts(jose);
                    parts[place] = spoil(&parts[place]);
                    parts.join(".")
                })
                .await;
        }
    }
    world
        .refuses("base64 of the other kind", |jose| {
            let (r, s) = jose.halves();
            let token = jose.with_signature(&[]);
            format!("{token}{}", STANDARD.encode([r, s].concat()))
        })
        .await;
}
