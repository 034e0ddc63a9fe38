//! `POST /v1/query/retention`

use axum::Json;
use axum::extract::State;
use inlay_shared::{RetentionAnswer, RetentionQuery};

use crate::access::{ReadData, Tenant};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// How many of the token's tenant come back, by when they came first.
pub(crate) async fn retention(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Input(query): Input<RetentionQuery>,
) -> Result<Json<RetentionAnswer>, ApiError> {
    Ok(Json(inlay.engine.retention(&scope, &query, &[]).await?))
}
