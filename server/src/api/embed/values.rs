//! `POST /v1/embed/values`

use axum::Json;
use axum::extract::State;
use inlay_shared::{Capability, EmbedValuesQuery, ValuesAnswer};

use super::prepare::{Asked, prepare};
use crate::access::EmbedCaller;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// The values that a filter of the dashboard may be set to: those of a dimension that its layout
/// offers, never of another, within the viewer's filters and the token's.
pub(crate) async fn values(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Input(query): Input<EmbedValuesQuery>,
) -> Result<Json<ValuesAnswer>, ApiError> {
    let EmbedValuesQuery { dashboard, range, from, to, zone, filters, .. } = query;
    let asked = Asked { dashboard, range, from, to, zone, filters, ..Asked::default() };
    let prepared = prepare(&inlay, &caller, asked).await?;
    prepared.need(&caller, Capability::Filter)?;
    let dimension = prepared.offered(&query.dimension)?;
    let search = query.search.as_deref();
    Ok(Json(prepared.values(&inlay, dimension, search, query.limit).await?))
}
