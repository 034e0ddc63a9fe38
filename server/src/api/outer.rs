//! The outermost layer: request ids, security headers, and problems as the wire shows them.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, StatusCode};
use tracing::Instrument;

use super::state::Inlay;
use crate::embed::{Kind, secure};
use crate::ids::RequestId;
use crate::problem::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A request that takes longer than this is answered with a problem instead.
const LONGEST: Duration = Duration::from_secs(60);

/// A file takes as long as it takes; its operation notices a sender that says nothing any more.
const LONGEST_UPLOAD: Duration = Duration::from_secs(6 * 3600);

fn longest(request: &Request) -> Duration {
    let uploads = request.method() == http::Method::POST && request.uri().path() == "/v1/imports";
    if uploads { LONGEST_UPLOAD } else { LONGEST }
}

/// Wraps every request. Whatever went wrong inside leaves as a problem with the request's id, and
/// every answer leaves with the security headers of its kind.
pub async fn finish(State(inlay): State<Inlay>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new(inlay.clock.now(), &inlay.entropy);
    let stopwatch = inlay.clock.stopwatch();
    let span = tracing::info_span!(
        "request", %id, method = %request.method(), path = request.uri().path()
    );
    request.extensions_mut().insert(id.clone());
    let longest = longest(&request);
    async {
        let mut response = guarded(next.run(request), longest).await;
        if let Some(error) = refusal(&mut response) {
            let answer = error.response(&id);
            let (parts, body) = answer.into_parts();
            *response.body_mut() = body;
            *response.status_mut() = parts.status;
            response.headers_mut().remove(http::header::CONTENT_LENGTH);
            response.headers_mut().extend(parts.headers);
        }
        let kind = response.extensions_mut().remove::<Kind>().unwrap_or(Kind::Api);
        secure(response.headers_mut(), &kind);
        let value = HeaderValue::from_str(id.as_str()).expect("a TypeID is ASCII");
        response.headers_mut().insert(REQUEST_ID, value);
        let status = response.status().as_u16();
        tracing::info!(status, elapsed_ms = stopwatch.elapsed_ms(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// The answer, or a problem in its place where it takes too long or panics: a bug of one operation
/// must not look like a broken connection.
async fn guarded(answer: impl Future<Output = Response>, longest: Duration) -> Response {
    let caught = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(longest, caught).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => ApiError::internal(&Panicked).into_response(),
        Err(_) => too_slow().into_response(),
    }
}

/// A handler panicked. The panic itself has told the log where.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

/// The error that a handler left, or the one that stands for what axum answered by itself.
fn refusal(response: &mut Response) -> Option<ApiError> {
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return Some(error);
    }
    let bare = !response.headers().contains_key(http::header::CONTENT_TYPE)
        || response.headers()[http::header::CONTENT_TYPE].as_bytes().starts_with(b"text/plain");
    match response.status() {
        status if !bare || !(status.is_client_error() || status.is_server_error()) => None,
        StatusCode::METHOD_NOT_ALLOWED => Some(ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path takes other methods; the header Allow names them.",
        )),
        status => Some(ApiError::new(
            status,
            "bad_request",
            "The request does not have the form that /openapi.json describes.",
        )),
    }
}

fn too_slow() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "timeout",
        "The request took longer than 60 seconds and was stopped. Ask for less, or try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_problem() {
        let mut response = guarded(async { panic!("on purpose") }, LONGEST).await;
        let error = refusal(&mut response).expect("a problem");
        let id = "req_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        assert_eq!(error.problem(&id).status, 500);
        assert_eq!(error.problem(&id).code, "internal");
    }
}
