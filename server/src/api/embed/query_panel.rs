//! `POST /v1/embed/query`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ETAG;
use http::{HeaderMap, StatusCode};
use inlay_shared::EmbedQuery;

use super::prepare::{Asked, prepare};
use super::tags::{self, Known};
use crate::access::EmbedCaller;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// One panel again, with the viewer's own range and filters. Panels of the token's dashboards can be
/// asked, never a query of the browser's own making. Numbers that the caller has are not sent again.
pub(crate) async fn query_panel(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    headers: HeaderMap,
    Input(query): Input<EmbedQuery>,
) -> Result<Response, ApiError> {
    let asked = Asked {
        dashboard: query.dashboard,
        range: query.range,
        from: query.from,
        to: query.to,
        compare: query.compare,
        grain: query.grain,
        zone: query.zone,
        filters: query.filters,
        marks: query.marks,
    };
    let prepared = prepare(&inlay, &caller, asked).await?;
    let panel = prepared.panel(&query.panel)?;
    let answer = prepared.answer(&inlay, panel).await?;
    let tag = tags::header(&answer.etag);
    let mut response = if Known::of(&headers).has(&answer.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(answer).into_response()
    };
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}
