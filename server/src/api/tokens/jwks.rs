//! `GET /.well-known/jwks.json`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;

use crate::access::Gate;

/// The public keys that verify Inlay's tokens (RFC 7517).
pub(crate) async fn jwks(State(gate): State<Gate>) -> Response {
    let mut response = Json(gate.tokens().keys().public()).into_response();
    let fresh = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(CACHE_CONTROL, fresh);
    response
}
