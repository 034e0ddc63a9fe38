//! Health and contract.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::api::state::Inlay;
use crate::contract;
use crate::problem::{ApiError, chain};
use crate::store::StoreError;

/// `GET /livez`: the process answers.
pub(super) async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: the control database answers and takes writes.
pub(super) async fn ready(State(inlay): State<Inlay>) -> Result<Json<Value>, ApiError> {
    let asked = inlay.store.system(&inlay.present).tenants(None, 1).await;
    let unready = |code, detail| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
    if let Err(error) = asked {
        tracing::error!(cause = chain(&error), "not ready");
        let detail = "The control database does not answer. Look at the server's log.";
        return Err(unready("not_ready", detail));
    }
    match inlay.store.system(&inlay.present).writable().await {
        Ok(()) => Ok(Json(json!({"status": "ok"}))),
        Err(StoreError::Full) => Err(unready(
            "storage_full",
            "The disk of the data folder is full: queries are answered, nothing is taken in. Make \
             room; the server goes on by itself.",
        )),
        Err(_) => Err(unready(
            "storage_unwritable",
            "The data folder cannot be written: queries are answered, nothing is taken in. Look at \
             the disk and how it is mounted; the server goes on by itself.",
        )),
    }
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
