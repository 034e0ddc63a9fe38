//! `POST /v1/embed/rows`

use axum::Json;
use axum::extract::State;
use inlay_shared::{Capability, EmbedRowsQuery, RowsPage};

use super::prepare::{Asked, prepare_for};
use crate::access::EmbedCaller;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// The events behind a panel: those that the panel, the viewer and the token let through, all of
/// them. The panel decides which columns there are.
pub(crate) async fn rows(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Input(query): Input<EmbedRowsQuery>,
) -> Result<Json<RowsPage>, ApiError> {
    let asked = Asked {
        dashboard: query.dashboard,
        range: query.range,
        from: query.from,
        to: query.to,
        zone: query.zone,
        filters: query.filters,
        marks: query.marks,
        ..Asked::default()
    };
    // Who may drill may narrow the rows to the mark from which the way led here.
    let prepared = prepare_for(&inlay, &caller, asked, Capability::Drill).await?;
    prepared.need(&caller, Capability::Rows)?;
    let panel = prepared.panel(&query.panel)?;
    Ok(Json(prepared.rows(&inlay, panel, query.limit, query.cursor).await?))
}
