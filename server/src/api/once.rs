//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a write that is sent again,
//! because its answer was lost on the way, is answered again and not done again.
//!
//! A key belongs to a client, the tenant of its token, and the scopes: nobody is answered what the token
//! at hand could not have asked for. What was answered well is kept for a day;
//! a refusal is not kept, so the same key works once its reason is gone. What is kept is sealed under
//! the key itself, of which only a hash is kept: a token or a secret that is shown once does not lie in
//! the database for who reads it.

use std::sync::Arc;
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
const WRITES: [&str; 6] = [
    "/v1/embed/sessions",
    "/v1/events",
    "/v1/privacy/erasures",
    "/v1/tenants",
    "/v1/tenants/{tenant}/clients",
    "/v1/tenants/{tenant}/public-keys",
];
/// A write whose body is too large to be held: its operation asks [`Once`] itself, when all has come.
const STREAMED: &str = "/v1/imports";
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3_600);
/// A request without an answer for so long died with its process.
const DEAD: Duration = Duration::from_secs(120);
/// Headers of an answer that are kept with it.
const HEADERS: [HeaderName; 3] = [CONTENT_TYPE, CACHE_CONTROL, LOCATION];

/// Does a write with a key once.
pub(super) async fn once(State(inlay): State<Inlay>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let streamed = path == Some(STREAMED);
    let is_write = streamed || path.is_some_and(|path| WRITES.contains(&path));
    if request.method() != Method::POST || !is_write || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    let once = match Once::of(&inlay, &mut request).await {
        Ok(once) => once,
        Err(refused) => return refused.into_response(),
    };
    if streamed {
        request.extensions_mut().insert(once);
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let bytes = match body::read(body, MAX_BODY).await {
        Ok(bytes) => bytes,
        Err(refused) => return refused.into_response(),
    };
    let digest = blake3::hash(&bytes);
    let request = Request::from_parts(parts, Body::from(bytes));
    let work = async move { Ok(next.run(request).await) };
    once.run(inlay, digest, work).await.unwrap_or_else(IntoResponse::into_response)
}

/// A write that is to be done once: who sends it, under which key, and what it asks for.
#[derive(Clone)]
pub(super) struct Once(Arc<Asked>);

struct Asked {
    seal: Seal,
    owner: KeyOwner,
    target: blake3::Hash,
    media_type: blake3::Hash,
}

impl Once {
    async fn of(inlay: &Inlay, request: &mut Request) -> Result<Self, ApiError> {
        let key = key(request.headers())?;
        let caller = access::identify(&inlay.gate, request).await?;
        let rights: Vec<_> = caller.scopes.iter().map(|scope| scope.name()).collect();
        let seal = Seal::new(&key, &format!("{} {}", caller.client, rights.join(" ")));
        let key_hash = seal.key_hash();
        let owner = KeyOwner { tenant: caller.tenant, client: caller.client, key_hash };
        let target = request.uri().path_and_query().map(|target| target.as_str().as_bytes());
        Ok(Self(Arc::new(Asked {
            seal,
            owner,
            target: blake3::hash(target.unwrap_or_default()),
            media_type: blake3::hash(type_of(request.headers())),
        })))
    }

    /// Does the work, unless it was done already: then its answer is given again. `body` is the hash of
    /// what was sent.
    pub(super) async fn run(
        self,
        inlay: Inlay,
        body: blake3::Hash,
        work: impl Future<Output = Result<Response, ApiError>> + Send + 'static,
    ) -> Result<Response, ApiError> {
        // Whoever goes away meanwhile will ask again: the work goes on, and its answer is kept.
        let run = tokio::spawn(async move { self.0.done_once(&inlay, body, work).await });
        run.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}

impl Asked {
    async fn done_once(
        &self,
        inlay: &Inlay,
        body: blake3::Hash,
        work: impl Future<Output = Result<Response, ApiError>>,
    ) -> Result<Response, ApiError> {
        let (store, now) = (inlay.store.system(&inlay.present), inlay.clock.now());
        let fingerprint = self.seal.fingerprint(&[self.target, self.media_type, body]);
        match store.begin_once(&self.owner, &fingerprint, now, now - DEAD, now + KEPT).await? {
            Begun::Now => {}
            Begun::Running => return Err(running()),
            Begun::ForAnother => return Err(for_another()),
            Begun::Answered(kept) => return self.seal.open(kept),
        }
        let response = work.await.unwrap_or_else(IntoResponse::into_response);
        if !response.status().is_success() {
            store.forget_begun(&self.owner).await?;
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|error| ApiError::internal(&error))?;
        let kept = self.seal.close(parts.status, &parts.headers, &body, &inlay.entropy);
        if let Err(error) = store.keep_answer(&self.owner, kept).await {
            // It was done; that a repeated request waits until the note is dead is the lesser evil.
            tracing::error!(cause = chain(&error), "an answer could not be kept");
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }
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

    /// Tells requests apart. Without the key nobody can find out from it what was asked, by guessing.
    fn fingerprint(&self, parts: &[blake3::Hash]) -> String {
        let mut fingerprint = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            fingerprint.update(part.as_bytes());
        }
        fingerprint.finalize().to_hex().to_string()
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
