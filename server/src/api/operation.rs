//! Health and contract.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::api::state::Inlay;
use crate::contract;
use crate::problem::ApiError;

/// `GET /livez`: the process answers.
pub(super) async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: the control database answers.
pub(super) async fn ready(State(inlay): State<Inlay>) -> Result<Json<Value>, ApiError> {
    let asked = inlay.store.system(&inlay.present).tenants(None, 1).await;
    asked.map(|_| Json(json!({"status": "ok"}))).map_err(|error| {
        tracing::error!(cause = crate::problem::chain(&error), "not ready");
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_ready",
            "The control database does not answer. Look at the server's log.",
        )
    })
}

/// `GET /openapi.json`: the contract that this build was made from.
pub(super) async fn contract() -> Response {
    let mut response = contract::OPENAPI.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Anything else.
pub(super) async fn no_such_path() -> ApiError {
    ApiError::not_found("not_found", "There is nothing under this path. See /openapi.json.")
}
