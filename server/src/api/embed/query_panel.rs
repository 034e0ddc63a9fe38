//! `POST /v1/embed/query`

use axum::Json;
use axum::extract::State;
use inlay_shared::{EmbedQuery, PanelAnswer};

use super::view::{Asked, prepare};
use crate::access::EmbedCaller;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// One panel again, with the viewer's own range and filters. Panels of the token's dashboards can be
/// asked, never a query of the browser's own making.
pub(crate) async fn query_panel(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Input(query): Input<EmbedQuery>,
) -> Result<Json<PanelAnswer>, ApiError> {
    let asked = Asked {
        dashboard: query.dashboard,
        range: query.range,
        zone: query.zone,
        filters: query.filters,
    };
    let prepared = prepare(&inlay, &caller, asked).await?;
    let panel = prepared.panel(&query.panel)?;
    Ok(Json(prepared.answer(&inlay, panel).await?))
}
