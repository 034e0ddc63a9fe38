//! `DELETE /v1/imports/{import}`

use axum::extract::State;
use http::StatusCode;

use super::unknown;
use crate::access::{Ingest, Tenant};
use crate::api::body::Id;
use crate::api::state::Inlay;
use crate::ids::ImportId;
use crate::problem::ApiError;

/// Ends an import that has not ended. What was taken in before stays.
pub(crate) async fn cancel(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Id(import): Id<ImportId>,
) -> Result<StatusCode, ApiError> {
    let known = inlay.imports.cancel(&scope, &import).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}
