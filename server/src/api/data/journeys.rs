//! `POST /v1/query/funnel` and `POST /v1/query/retention`

use axum::Json;
use axum::extract::State;
use inlay_shared::{FunnelAnswer, FunnelQuery, RetentionAnswer, RetentionQuery};

use crate::access::{ReadData, Tenant};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// How many of the token's tenant get from each step to the next.
pub(crate) async fn funnel(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Input(query): Input<FunnelQuery>,
) -> Result<Json<FunnelAnswer>, ApiError> {
    Ok(Json(inlay.engine.funnel(&scope, &query, &[]).await?))
}

/// How many of the token's tenant come back.
pub(crate) async fn retention(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Input(query): Input<RetentionQuery>,
) -> Result<Json<RetentionAnswer>, ApiError> {
    Ok(Json(inlay.engine.retention(&scope, &query, &[]).await?))
}
