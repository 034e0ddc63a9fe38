//! `POST /v1/query`

use axum::Json;
use axum::extract::State;
use inlay_shared::{Answer, Query};

use crate::access::{ReadData, Tenant};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// Answers a typed question about the token's tenant.
pub(crate) async fn query(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Input(query): Input<Query>,
) -> Result<Json<Answer>, ApiError> {
    Ok(Json(inlay.engine.answer(&scope, &query, &[]).await?))
}
