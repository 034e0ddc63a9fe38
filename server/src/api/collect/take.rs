//! `POST /v1/collect`

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, ORIGIN, USER_AGENT, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use inlay_shared::{Collected, FieldError, Receipt};

use crate::access::{ClientAddress, unknown_key};
use crate::api::body;
use crate::api::state::Inlay;
use crate::ingest::{CollectError, MAX_PAGE_EVENTS, Sender};
use crate::problem::ApiError;

/// What a dying page may send is 64 KB, so a tracker sends no more at a time.
const MAX_BODY: usize = 64 * 1024;
/// A user agent is cut here; real ones are shorter.
const MAX_USER_AGENT: usize = 512;
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Takes in what a page's tracker sends. Pages of declared origins may read the answer, and no others.
pub(crate) async fn take(
    State(inlay): State<Inlay>,
    address: ClientAddress,
    request: Request,
) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut declared = false;
    let answer = receive(&inlay, address, request, &mut declared).await;
    let mut response = match answer {
        Ok(receipt) => (StatusCode::ACCEPTED, Json(receipt)).into_response(),
        Err(Refused::Plainly(error)) => error.into_response(),
        Err(Refused::TooMany { seconds, per_second }) => too_many(seconds, per_second),
    };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    // A beacon asks without CORS, and its answer must not look like a failure in the page's console.
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    if let (true, Some(origin)) = (declared, origin) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

enum Refused {
    Plainly(ApiError),
    TooMany { seconds: u32, per_second: u32 },
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Plainly(error)
    }
}

impl From<CollectError> for Refused {
    fn from(error: CollectError) -> Self {
        match error {
            CollectError::TooMany { seconds, per_second } => Self::TooMany { seconds, per_second },
            CollectError::Ingest(error) => Self::Plainly(error.into()),
            CollectError::Store(error) => Self::Plainly(error.into()),
        }
    }
}

/// `declared` becomes true once it is known that the page's origin may read the answer.
async fn receive(
    inlay: &Inlay,
    address: ClientAddress,
    request: Request,
    declared: &mut bool,
) -> Result<Receipt, Refused> {
    // A browser sends plain text to another origin without asking first, which a dying page cannot.
    if !matches!(body::media_type(&request).as_deref(), Some("text/plain" | "application/json")) {
        return Err(body::unsupported("text/plain or application/json").into());
    }
    let (parts, content) = request.into_parts();
    let bytes = body::read(content, MAX_BODY).await?;
    let sent: Collected = body::parse(&bytes)?;
    let key = sent.key.parse().map_err(|_| unknown_key())?;
    let origin = parts.headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let scope = inlay.gate.collector(&key, origin).await?;
    *declared = true;
    if !(1..=MAX_PAGE_EVENTS).contains(&sent.events.len()) {
        let detail = format!("1 to {MAX_PAGE_EVENTS} events");
        let error = FieldError { pointer: "/events".into(), detail };
        let refused = ApiError::invalid("invalid_body", "The number of events does not fit.");
        return Err(refused.with_errors(vec![error]).into());
    }
    let sender = Sender {
        address: address.reveal(),
        user_agent: user_agent(&parts.headers),
        opted_out: ["dnt", "sec-gpc"].iter().any(|name| says_one(&parts.headers, name)),
    };
    Ok(inlay.collect.accept(&scope, &key, sent, &sender).await?)
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(MAX_USER_AGENT).collect()
}

fn says_one(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| value.as_bytes() == b"1")
}

fn too_many(seconds: u32, per_second: u32) -> Response {
    let detail = format!("Too many requests came from this page. Wait {seconds} s.");
    let mut response = ApiError::too_many("too_many_requests", detail, seconds).into_response();
    let policy = format!("\"collect\";q={per_second};w=1");
    let limit = format!("\"collect\";r=0;t={seconds}");
    for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, limit)] {
        let value = HeaderValue::try_from(value).expect("numbers and ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}
