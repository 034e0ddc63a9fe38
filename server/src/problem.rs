//! The one error edge: whatever goes wrong leaves the server as problem details (RFC 9457) with a
//! stable code and what to do about it. Nothing of the inside leaves with it: the chain of causes goes
//! to the log, once, here.

use std::borrow::Cow;
use std::num::NonZeroU32;

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use inlay_shared::{FieldError, Problem};

use crate::ids::RequestId;

/// An error answer in the making. The request id is added on the way out.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    challenge: Option<HeaderValue>,
    /// Seconds, where it helps to come again.
    retry_after: Option<NonZeroU32>,
}

impl ApiError {
    /// An answer with this status, code and advice.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            challenge: None,
            retry_after: None,
        }
    }

    /// 400: the request cannot be read.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: who is calling is not known. `reason` goes into the challenge (RFC 6750 section 3).
    pub fn unauthorized(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let challenge = if code == "token_missing" {
            HeaderValue::from_static("Bearer")
        } else {
            HeaderValue::from_static("Bearer error=\"invalid_token\"")
        };
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, code, detail) }
    }

    /// 403: the caller is known, and may not.
    pub fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: there is no such thing, or none that the caller may know of.
    pub fn not_found(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 422: the request reads well and asks for what cannot be.
    pub fn invalid(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: too much for now. `seconds` is when to come again (RFC 9110 section 10.2.3).
    pub fn too_many(
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
        seconds: u32,
    ) -> Self {
        let refused = Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail);
        Self { retry_after: NonZeroU32::new(seconds), ..refused }
    }

    /// 500. The cause is logged with its chain, and not told.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(cause = chain(cause), "a request failed inside");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Inlay failed inside. Try again; if it stays so, tell the operator the request id.",
        )
    }

    /// The same, naming the fields that are wrong.
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// As the wire shows it, for answers that carry a problem inside.
    pub fn problem(&self, request: &RequestId) -> Problem {
        Problem {
            kind: "about:blank".into(),
            title: self.status.canonical_reason().unwrap_or("Error").into(),
            status: self.status.as_u16(),
            code: self.code.to_string(),
            detail: self.detail.to_string(),
            request_id: request.to_string(),
            errors: self.errors.clone(),
        }
    }

    /// The answer itself.
    pub fn response(&self, request: &RequestId) -> Response {
        let mut response = (self.status, Json(self.problem(request))).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = &self.challenge {
            headers.insert(WWW_AUTHENTICATE, challenge.clone());
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.get().into());
        }
        response
    }
}

/// Leaves the body to the outermost layer, which knows the request id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

/// An error and its causes on one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
