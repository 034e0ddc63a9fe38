//! A table of refused calls. Every operation of the router stands in it, with what each wrong caller
//! gets; an operation without a row fails, and so does a cell that is answered differently.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use inlay_server::api;
use inlay_shared::Scope;
use inlay_tests::{
    Answer, Caller as _, Inlay, Need, ORIGIN, Sample, Security, TenantClient, Viewer, contract,
    samples,
};
use serde_json::json;

/// Operations that answer without a token. The list may only shrink: whoever makes it longer says
/// here why nobody needs to be known.
const PUBLIC: [&str; 12] = [
    // Found by clients before they have a token.
    "getAuthorizationServerMetadata",
    "getContract",
    "getJwks",
    // Code and pages without data and without a token.
    "getAsset",
    "getFramePage",
    "getLoader",
    "getOwnPage",
    "getTracker",
    // Visitors of a site are nobody, and must be counted without becoming somebody. A page shows a
    // public key, and can only append with it.
    "collect",
    // Shows a secret of its own instead of a token.
    "issueToken",
    // Asked by whoever supervises the process.
    "live",
    "ready",
];

/// What a wrong caller gets: a status and a code.
type Refusal = (u16, &'static str);

const NO_TOKEN: Refusal = (401, "token_missing");
const EXPIRED: Refusal = (401, "token_expired");
const OTHER_KIND: Refusal = (401, "token_invalid");
const NO_SCOPE: Refusal = (403, "missing_scope");
const NEEDS_TENANT: Refusal = (403, "tenant_token_needed");
const NEEDS_OPERATOR: Refusal = (403, "operator_token_needed");
const WRONG_ORIGIN: Refusal = (403, "origin_mismatch");

struct World {
    inlay: Inlay,
    acme: TenantClient,
    viewer: Viewer,
    globex: TenantClient,
    samples: Vec<Sample>,
}

impl World {
    async fn new() -> Self {
        let inlay = Inlay::start().await;
        let acme = inlay.tenant("acme").await;
        let globex = inlay.tenant("globex").await;
        let viewer = acme.viewer(json!({"capabilities": ["filter", "rows", "export:csv"]})).await;
        let samples = samples(&acme, "other").await;
        Self { inlay, acme, viewer, globex, samples }
    }

    /// Every operation that wants a token, as `acme` would call it.
    fn guarded(&self) -> Vec<Sample> {
        let wants =
            |sample: &&Sample| !matches!(sample.need, Need::Nothing | Need::Secret | Need::Page);
        self.samples.iter().filter(wants).cloned().collect()
    }
}

#[track_caller]
fn expect(sample: &Sample, cell: &str, answer: &Answer, (status, code): Refusal) {
    assert_eq!(answer.status, status, "{} × {cell}: {answer}", sample.id);
    assert_eq!(answer.value()["code"], code, "{} × {cell}: {answer}", sample.id);
}

#[tokio::test]
async fn every_routed_operation_has_a_row() {
    let world = World::new().await;
    let rows: BTreeSet<_> = world
        .samples
        .iter()
        .map(|sample| (sample.operation().method.clone(), sample.operation().path.clone()))
        .collect();
    let routed: BTreeSet<_> = api::operations(world.inlay.running().inlay())
        .into_iter()
        .map(|operation| (operation.method, operation.path.to_owned()))
        .collect();
    assert_eq!(rows, routed);
}

#[test]
fn the_list_of_public_operations_does_not_grow() {
    let public: BTreeSet<_> = contract()
        .operations()
        .iter()
        .filter(|operation| matches!(operation.security, Security::Public | Security::Client))
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(public, BTreeSet::from(PUBLIC));
}

#[tokio::test]
async fn without_a_token() {
    let world = World::new().await;
    for sample in world.guarded() {
        let call = || sample.call(world.inlay.door());
        expect(&sample, "no token", &call().await, NO_TOKEN);
        let odd = [
            "",
            "Bearer",
            "Bearer ",
            world.acme.token(),
            &format!("Basic {}", world.acme.token()),
            &format!("DPoP {}", world.acme.token()),
        ];
        for value in odd {
            let answer = call().header("authorization", value).await;
            expect(&sample, "no bearer token", &answer, NO_TOKEN);
        }
    }
}

#[tokio::test]
async fn with_two_tokens() {
    let world = World::new().await;
    for sample in world.guarded() {
        let call = sample.by_right(&world.acme, &world.viewer);
        let answer = call.another("authorization", &format!("Bearer {}", world.acme.token())).await;
        expect(&sample, "two tokens", &answer, NO_TOKEN);
    }
}

#[tokio::test]
async fn with_a_token_anywhere_but_in_the_header() {
    let world = World::new().await;
    for sample in world.guarded() {
        let token = match sample.need {
            Need::Embed => &world.viewer.session().token,
            Need::Deployment(_) => world.acme.operator().token(),
            _ => world.acme.token(),
        };
        let mark = if sample.target.contains('?') { '&' } else { '?' };
        for name in ["access_token", "token"] {
            let target = format!("{}{mark}{name}={token}", sample.target);
            let answer = Sample { target, ..sample.clone() }.call(world.inlay.door()).await;
            expect(&sample, "token in the query string", &answer, NO_TOKEN);
        }
        let answer =
            sample.call(world.inlay.door()).header("cookie", &format!("token={token}")).await;
        expect(&sample, "token in a cookie", &answer, NO_TOKEN);
    }
}

#[tokio::test]
async fn with_an_expired_token() {
    let world = World::new().await;
    world.inlay.advance(Duration::from_secs(900));
    for sample in world.guarded() {
        let answer = sample.by_right(&world.acme, &world.viewer).await;
        expect(&sample, "expired", &answer, EXPIRED);
    }
}

#[tokio::test]
async fn with_a_token_of_another_kind() {
    let world = World::new().await;
    for sample in world.guarded() {
        let others = if sample.need == Need::Embed {
            [world.acme.token(), world.acme.operator().token()]
        } else {
            [&*world.viewer.session().token; 2]
        };
        for token in others {
            let call = sample.call(world.inlay.door()).from_page(ORIGIN).bearer(token);
            expect(&sample, "another kind of token", &call.await, OTHER_KIND);
        }
    }
}

#[tokio::test]
async fn with_a_token_that_lacks_the_scope() {
    let world = World::new().await;
    for sample in world.guarded() {
        let call = || sample.call(world.inlay.door());
        let weak = match sample.need {
            Need::Tenant(scope) => world.acme.without(scope).await.dress(call()),
            Need::Mint => world.acme.without(Scope::SessionsWrite).await.dress(call()),
            Need::Deployment(scope) => world.acme.operator().without(scope).await.dress(call()),
            _ => continue,
        };
        expect(&sample, "missing scope", &weak.await, NO_SCOPE);
        if sample.need == Need::Mint {
            let operator = world.acme.operator().without(Scope::SessionsWrite).await;
            expect(&sample, "missing scope", &operator.dress(call()).await, NO_SCOPE);
        }
    }
}

#[tokio::test]
async fn with_a_token_of_the_wrong_side() {
    let world = World::new().await;
    for sample in world.guarded() {
        let call = || sample.call(world.inlay.door());
        match sample.need {
            Need::Tenant(_) => {
                let answer = world.acme.operator().dress(call()).await;
                expect(&sample, "operator at a tenant's data", &answer, NEEDS_TENANT);
            }
            Need::Deployment(_) => {
                let answer = world.acme.dress(call()).await;
                expect(&sample, "tenant at the deployment", &answer, NEEDS_OPERATOR);
            }
            _ => {}
        }
    }
}

/// Operations that name a tenant refuse another tenant's token. The others act on the token's own
/// tenant, whatever is asked: that they leave the first one alone is tested in `tenants`.
#[tokio::test]
async fn with_the_token_of_another_tenant() {
    let world = World::new().await;
    let own = json!({
        "dashboards": ["overview"], "capabilities": ["filter", "rows", "export:csv"]
    });
    let stranger = world.globex.viewer(own).await;
    world.acme.put("/v1/dashboards/private", &inlay_tests::dashboard("private")).await.is(200);
    for sample in world.guarded() {
        let call = || sample.call(world.inlay.door());
        match sample.id {
            "mintSession" => {
                expect(
                    &sample,
                    "other tenant",
                    &world.globex.dress(call()).await,
                    (404, "unknown_tenant"),
                );
            }
            "getErasure" => {
                let answer = world.globex.dress(call()).await;
                expect(&sample, "other tenant", &answer, (404, "unknown_erasure"));
            }
            "getDeadLetter" | "replayDeadLetter" => {
                let letter = world.acme.dead_letter().await;
                let target = sample.target.replace("dead_01h455vb4pex5vsknk084sn02q", &letter);
                let own = Sample { target, ..sample.clone() };
                let answer = world.globex.dress(own.call(world.inlay.door())).await;
                expect(&sample, "other tenant", &answer, (404, "unknown_dead_letter"));
                world.acme.get(&format!("/v1/dead-letters/{letter}")).await.is(200);
            }
            "getDashboard" => {
                let answer = world.globex.get("/v1/dashboards/private").await;
                expect(&sample, "other tenant", &answer, (404, "unknown_dashboard"));
            }
            "getImport" | "cancelImport" => {
                let answer = world.globex.dress(call()).await;
                expect(&sample, "other tenant", &answer, (404, "unknown_import"));
            }
            "viewDashboard" | "queryPanel" | "rowsOfPanel" | "valuesOfDimension"
            | "exportPanel" | "listenLive" => {
                let target = sample.target.replace("overview", "private");
                let body = sample.body.clone().map(|mut body| {
                    body["dashboard"] = json!("private");
                    body
                });
                let private = Sample { target, body, ..sample.clone() };
                let answer = stranger.dress(private.call(world.inlay.door())).await;
                expect(&sample, "other tenant", &answer, (404, "unknown_dashboard"));
            }
            _ if matches!(sample.need, Need::Deployment(_)) => {
                let answer = world.globex.dress(call()).await;
                expect(&sample, "other tenant", &answer, NEEDS_OPERATOR);
            }
            _ => {
                let answer = world.globex.dress(call()).await;
                assert!((200..300).contains(&answer.status), "{}: {answer}", sample.id);
            }
        }
    }
}

#[tokio::test]
async fn with_a_dashboard_that_the_token_does_not_name() {
    let world = World::new().await;
    world.acme.put("/v1/dashboards/private", &inlay_tests::dashboard("private")).await.is(200);
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        for dashboard in ["private", "unknown", "..", "OVERVIEW", "overview%2F", ""] {
            let target = sample.target.replace("overview", dashboard);
            let body = sample.body.clone().map(|mut body| {
                body["dashboard"] = json!(dashboard);
                body
            });
            let other = Sample { target, body, ..sample.clone() };
            let answer = other.by_right(&world.acme, &world.viewer).await;
            expect(&sample, dashboard, &answer, (404, "unknown_dashboard"));
        }
    }
}

#[tokio::test]
async fn from_a_page_of_another_origin() {
    let world = World::new().await;
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        let call = || sample.call(world.inlay.door()).bearer(&world.viewer.session().token);
        expect(&sample, "no origin", &call().await, WRONG_ORIGIN);
        for origin in [
            "null",
            "https://elsewhere.example",
            "http://portal.example",
            "https://portal.example:444",
            "https://portal.example/",
            "https://PORTAL.example",
            "https://portal.example.evil.example",
            "https://sub.portal.example",
            world.inlay.door().url(),
        ] {
            let answer = call().from_page(origin).await;
            expect(&sample, origin, &answer, WRONG_ORIGIN);
            // The header that our own pages use does not help another page.
            if origin != world.inlay.door().url() {
                let answer = call().from_page(origin).header("inlay-embedder", ORIGIN).await;
                expect(&sample, origin, &answer, WRONG_ORIGIN);
            }
        }
        let crossing =
            call().header("inlay-embedder", ORIGIN).header("sec-fetch-site", "cross-site");
        expect(&sample, "embedder across sites", &crossing.await, WRONG_ORIGIN);
    }
}

#[tokio::test]
async fn our_own_pages_name_the_origin_that_embeds_them() {
    let world = World::new().await;
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        let call = || sample.call(world.inlay.door()).bearer(&world.viewer.session().token);
        let same = || call().header("sec-fetch-site", "same-origin");
        same().header("inlay-embedder", ORIGIN).await.is(200);
        let own = || same().from_page(world.inlay.door().url());
        own().header("inlay-embedder", ORIGIN).await.is(200);
        for embedder in ["https://elsewhere.example", "null", ""] {
            let answer = own().header("inlay-embedder", embedder).await;
            expect(&sample, embedder, &answer, WRONG_ORIGIN);
        }
    }
}

#[tokio::test]
async fn after_the_session_was_ended() {
    let world = World::new().await;
    let id = &world.viewer.session().id;
    world.acme.delete(&format!("/v1/embed/sessions/{id}")).await.is(204);
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        let answer = sample.by_right(&world.acme, &world.viewer).await;
        expect(&sample, "revoked", &answer, (401, "session_revoked"));
    }
}

#[tokio::test]
async fn after_the_origin_left_the_list() {
    let world = World::new().await;
    let others = json!({"origins": ["https://new.example"]});
    world.acme.configure("origins", &others).await.is(200);
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        let answer = sample.by_right(&world.acme, &world.viewer).await;
        expect(&sample, "origin no longer listed", &answer, WRONG_ORIGIN);
    }
}

#[tokio::test]
async fn without_the_capability() {
    let world = World::new().await;
    let bare = world.acme.viewer(json!({"capabilities": ["filter", "drill"]})).await;
    for sample in world.guarded() {
        if ["rowsOfPanel", "exportPanel"].contains(&sample.id) {
            let answer = sample.by_right(&world.acme, &bare).await;
            expect(&sample, "no capability", &answer, (403, "missing_capability"));
        }
    }
    let looking = world.acme.viewer(json!({"capabilities": ["rows", "export:csv"]})).await;
    for sample in world.guarded().into_iter().filter(|sample| sample.need == Need::Embed) {
        let filter = json!([{"dimension": "country", "op": "in", "values": ["DE"]}]);
        let asked = match sample.id {
            "viewDashboard" | "exportPanel" => {
                let text = filter.to_string();
                let encoded: String =
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
                let marks = json!([{"panel": "pages", "filters": filter}]).to_string();
                let marks: String =
                    url::form_urlencoded::byte_serialize(marks.as_bytes()).collect();
                let all = [
                    "range=7d".to_owned(),
                    "from=2026-11-01&to=2026-11-02".to_owned(),
                    "compare=none".to_owned(),
                    "grain=hour".to_owned(),
                    format!("filters={encoded}"),
                    format!("marks={marks}"),
                ];
                all.map(|more| Sample {
                    target: format!("{}&{more}", sample.target),
                    ..sample.clone()
                })
                .to_vec()
            }
            // It shows nothing, so there is nothing to pick.
            "listenLive" => continue,
            // What it shows is for those alone who may pick.
            "valuesOfDimension" => vec![sample.clone()],
            _ => [("range", json!("7d")), ("filters", filter)]
                .map(|(name, value)| {
                    let mut body = sample.body.clone().expect("it takes a body");
                    body[name] = value;
                    Sample { body: Some(body), ..sample.clone() }
                })
                .to_vec(),
        };
        for asked in asked {
            let answer = asked.by_right(&world.acme, &looking).await;
            expect(&sample, "no capability", &answer, (403, "missing_capability"));
        }
    }
}

/// A method that an operation does not have says nothing about what is under the path.
#[tokio::test]
async fn with_another_method() {
    let world = World::new().await;
    for sample in world.guarded() {
        let call = world.inlay.call(Method::PATCH, &sample.target);
        let answer = world.acme.dress(call).await;
        expect(&sample, "PATCH", &answer, (405, "method_not_allowed"));
        assert!(answer.header("allow").is_some(), "{answer}");
    }
}
