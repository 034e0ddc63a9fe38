//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a write that is sent again,
//! because its answer was lost on the way, is answered again and not done again.
//!
//! A key belongs to a client, the tenant of its token, and the scopes: nobody is answered what the token
//! at hand could not have asked for. What was answered well is kept for a day;
//! a refusal is not kept, so the same key works once its reason is gone. What is kept is sealed under
//! the key itself, of which only a hash is kept: a token or a secret that is shown once does not lie in
//! the database for who reads it.

use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::body;
use super::state::Inlay;
use crate::access;
use crate::entropy::Entropy;
use crate::ingest::MAX_BODY;
use crate::problem::{ApiError, chain};
use crate::store::{Begun, KeptAnswer, KeyOwner};

/// Writes that make something anew each time. The others are idempotent by themselves.
const WRITES: [&str; 4] =
    ["/v1/embed/sessions", "/v1/events", "/v1/tenants", "/v1/tenants/{tenant}/clients"];
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3_600);
/// A request without an answer for so long died with its process.
const DEAD: Duration = Duration::from_secs(120);
/// Headers of an answer that are kept with it.
const HEADERS: [HeaderName; 3] = [CONTENT_TYPE, CACHE_CONTROL, LOCATION];

/// Does a write with a key once.
pub(super) async fn once(State(inlay): State<Inlay>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_write = request.method() == Method::POST && path.is_some_and(|p| WRITES.contains(&p));
    if !is_write || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    // Whoever goes away meanwhile will ask again: the work goes on, and its answer is kept.
    let work = tokio::spawn(async move { done_once(&inlay, request, next).await });
    match work.await {
        Ok(answer) => answer.unwrap_or_else(IntoResponse::into_response),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

async fn done_once(inlay: &Inlay, mut request: Request, next: Next) -> Result<Response, ApiError> {
    let key = key(request.headers())?;
    let caller = access::identify(&inlay.gate, &mut request)?;
    let (parts, body) = request.into_parts();
    let bytes = body::read(body, MAX_BODY).await?;
    let rights: Vec<_> = caller.scopes.iter().map(|scope| scope.name()).collect();
    let seal = Seal::new(&key, &format!("{} {}", caller.client, rights.join(" ")));
    let owner =
        KeyOwner { tenant: caller.tenant, client: caller.client, key_hash: seal.key_hash() };
    let mut fingerprint = blake3::Hasher::new();
    for part in [parts.uri.path().as_bytes(), type_of(&parts.headers), &bytes] {
        fingerprint.update(blake3::hash(part).as_bytes());
    }
    let fingerprint = fingerprint.finalize().to_hex().to_string();
    let store = inlay.store.system(&inlay.present);
    let now = inlay.clock.now();
    match store.begin_once(&owner, &fingerprint, now, now - DEAD, now + KEPT).await? {
        Begun::Now => {}
        Begun::Running => return Err(running()),
        Begun::ForAnother => return Err(for_another()),
        Begun::Answered(kept) => return seal.open(kept),
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if !response.status().is_success() {
        store.forget_begun(&owner).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| ApiError::internal(&error))?;
    let kept = seal.close(parts.status, &parts.headers, &body, &inlay.entropy);
    if let Err(error) = store.keep_answer(&owner, kept).await {
        // It was done; that a repeated request waits until the note is dead is the lesser evil.
        tracing::error!(cause = chain(&error), "an answer could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn type_of(headers: &HeaderMap) -> &[u8] {
    headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default()
}

/// A string of RFC 9651: visible ASCII and blanks between quotes.
fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut values = headers.get_all(KEY).iter();
    let text = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default().trim(),
        _ => "",
    };
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
    let is_plain = key.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
    if key.is_empty() || key.len() > 255 || !is_plain {
        return Err(ApiError::bad_request(
            "invalid_idempotency_key",
            "Send one Idempotency-Key, a string of 1 to 255 visible characters between quotes, best a \
             UUID: Idempotency-Key: \"8e03978e-40d5-43dd-bc93-6894a57f9324\".",
        ));
    }
    Ok(key.to_owned())
}

fn running() -> ApiError {
    ApiError::new(
        StatusCode::CONFLICT,
        "idempotency_key_in_use",
        "The first request with this Idempotency-Key still runs. Send the request again in a second.",
    )
}

fn for_another() -> ApiError {
    ApiError::invalid(
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Give each request a key of its own.",
    )
}

/// What a kept answer says besides its body.
#[derive(Serialize, Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

/// Seals answers under a key, as one caller sends it.
struct Seal([u8; 32], String);

impl Seal {
    fn new(key: &str, caller: &str) -> Self {
        let material = format!("{caller} {key}");
        let hash =
            blake3::derive_key("inlay 2026-11 idempotency: hash of a key", material.as_bytes());
        let seal = blake3::derive_key("inlay 2026-11 idempotency: seal", material.as_bytes());
        Self(seal, blake3::Hash::from_bytes(hash).to_hex().to_string())
    }

    fn key_hash(&self) -> String {
        self.1.clone()
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, &self.0).expect("a key of 32 bytes");
        LessSafeKey::new(key)
    }

    fn close(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        entropy: &Entropy,
    ) -> KeptAnswer {
        let header = |name: &HeaderName| {
            Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned()))
        };
        let headers = HEADERS.iter().filter_map(header).collect();
        let head = serde_json::to_string(&Head { status: status.as_u16(), headers });
        let head = head.expect("numbers and strings can be written");
        let nonce = entropy.bytes::<NONCE_LEN>();
        let mut sealed = body.to_vec();
        self.cipher()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(head.as_bytes()),
                &mut sealed,
            )
            .expect("a body is far below the cipher's limit");
        sealed.extend_from_slice(&nonce);
        KeptAnswer { head, sealed }
    }

    fn open(&self, kept: KeptAnswer) -> Result<Response, ApiError> {
        let broken = || ApiError::internal(&BrokenSeal);
        let KeptAnswer { head, mut sealed } = kept;
        let split = sealed.len().checked_sub(NONCE_LEN).ok_or_else(broken)?;
        let nonce: [u8; NONCE_LEN] = sealed[split..].try_into().map_err(|_| broken())?;
        sealed.truncate(split);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.cipher().open_in_place(nonce, Aad::from(head.as_bytes()), &mut sealed);
        let body = opened.map_err(|_| broken())?.to_vec();
        let head: Head = serde_json::from_str(&head).map_err(|_| broken())?;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(head.status).map_err(|_| broken())?;
        for (name, value) in head.headers {
            let name: HeaderName = name.parse().map_err(|_| broken())?;
            response.headers_mut().insert(name, value.parse().map_err(|_| broken())?);
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }
}

/// A kept answer is not what was kept.
#[derive(Debug, thiserror::Error)]
#[error("a kept answer cannot be opened")]
struct BrokenSeal;
