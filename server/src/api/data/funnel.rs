//! `POST /v1/query/funnel`

use axum::Json;
use axum::extract::State;
use inlay_shared::{FunnelAnswer, FunnelQuery};

use crate::access::{ReadData, Tenant};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// How many of the token's tenant get from each step of a funnel to the next.
pub(crate) async fn funnel(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Input(query): Input<FunnelQuery>,
) -> Result<Json<FunnelAnswer>, ApiError> {
    Ok(Json(inlay.engine.funnel(&scope, &query, &[]).await?))
}
