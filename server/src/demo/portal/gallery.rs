//! `GET /gallery`: every chart in every state. Nobody has to sign in for it: its tenant has no people.

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode, Uri};
use inlay_shared::MintRequest;
use serde::Deserialize;
use serde_json::json;

use super::headers::{self, Embed};
use super::{Portal, guard};
use crate::demo::gallery;

/// How the gallery looks.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    theme: Option<String>,
    dir: Option<String>,
    lang: Option<String>,
    width: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "gallery/page.html")]
struct Page {
    states: Vec<&'static gallery::State>,
    others: &'static [gallery::State],
    theme: &'static str,
    dir: &'static str,
    lang: String,
    narrow: bool,
    loader: String,
}

/// All states on one page, but for loading: a page has one loader, and that one needs a slow one.
pub(super) async fn all(State(portal): State<Portal>, Query(wish): Query<Wish>) -> Response {
    let states = gallery::STATES.iter().filter(|state| state.name != "loading").collect();
    page(&portal, states, &wish)
}

/// One state.
pub(super) async fn one(
    State(portal): State<Portal>,
    Path(name): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    match gallery::state(&name) {
        Ok(state) => page(&portal, vec![state], &wish),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn page(portal: &Portal, states: Vec<&'static gallery::State>, wish: &Wish) -> Response {
    let among = |wish: &Option<String>, known: &[&'static str]| {
        let found = known.iter().find(|known| Some(**known) == wish.as_deref());
        *found.unwrap_or(&known[0])
    };
    let lang = wish.lang.as_deref().unwrap_or("en");
    let is_tag = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let analytics = &portal.0.addresses.analytics;
    let slow = states.iter().any(|state| state.name == "loading");
    let page = Page {
        others: &gallery::STATES,
        theme: among(&wish.theme, &["light", "dark"]),
        dir: among(&wish.dir, &["ltr", "rtl"]),
        lang: lang.chars().filter(|letter| is_tag(*letter)).take(20).collect(),
        narrow: wish.width.as_deref() == Some("narrow"),
        loader: if slow { "/v1.js".to_owned() } else { format!("{analytics}/v1.js") },
        states,
    };
    headers::page(StatusCode::OK, Embed::Script, analytics, page.render())
}

/// `POST /gallery/session`
pub(super) async fn session(State(portal): State<Portal>, headers: HeaderMap) -> Response {
    let origin = &portal.0.addresses.portal;
    if !guard::is_own_page(&headers, origin) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let request = MintRequest {
        tenant: gallery::TENANT.into(),
        viewer: "visitor".into(),
        dashboards: gallery::names(),
        capabilities: Vec::new(),
        filters: Vec::new(),
        origin: origin.clone(),
        zone: Some("UTC".into()),
        lang: None,
        ttl: None,
    };
    match portal.0.inlay.mint(&request).await {
        Ok(session) => {
            let answer = json!({"token": session.token, "expires_in": session.expires_in});
            ([(http::header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "no session of the gallery was minted");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `GET /v1.js`, `/assets/…` and `/v1/embed/view`: Inlay on a line that breaks no connection and brings no
/// numbers. A loader asks where it came from, so the page that loads it from here is the one that waits.
pub(super) async fn slow(State(portal): State<Portal>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let token = headers.get(AUTHORIZATION).cloned();
    let Ok(answer) = portal.0.inlay.pass(path, token, &portal.0.addresses.portal).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let status = answer.status();
    let kind = answer.headers().get(CONTENT_TYPE).cloned();
    let Ok(body) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let body = if path.starts_with("/v1/embed/view") {
        let layout = body.iter().position(|byte| *byte == b'\n').map_or(body.len(), |at| at + 1);
        let layout = stream::once(async move { Ok::<Bytes, std::io::Error>(body.slice(..layout)) });
        Body::from_stream(layout.chain(stream::pending()))
    } else {
        Body::from(body)
    };
    let mut response = (status, body).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}
