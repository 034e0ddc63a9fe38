//! `GET /v1/embed/export`

use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;
use inlay_shared::{Capability, CompareChoice, Grain};
use serde::Deserialize;

use super::prepare::{Asked, list, prepare};
use crate::access::EmbedCaller;
use crate::api::accept::csv;
use crate::api::body::Params;
use crate::api::state::Inlay;
use crate::problem::ApiError;
use crate::query::formats::Names;

/// Parameters of an export.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportParams {
    dashboard: String,
    panel: String,
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    compare: Option<CompareChoice>,
    grain: Option<Grain>,
    zone: Option<String>,
    filters: Option<String>,
    marks: Option<String>,
}

/// A panel's numbers as a CSV file for people: labels in the header, a byte order mark before it.
pub(crate) async fn export(
    caller: EmbedCaller,
    State(inlay): State<Inlay>,
    Params(params): Params<ExportParams>,
) -> Result<Response, ApiError> {
    let asked = Asked {
        dashboard: params.dashboard,
        range: params.range,
        from: params.from,
        to: params.to,
        compare: params.compare,
        grain: params.grain,
        zone: params.zone,
        filters: list(params.filters)?,
        marks: list(params.marks)?,
    };
    let prepared = prepare(&inlay, &caller, asked).await?;
    prepared.need(&caller, Capability::ExportCsv)?;
    let panel = prepared.panel(&params.panel)?;
    let answer = prepared.answer(&inlay, panel).await?.answer;
    let mut response = csv(answer.into(), Names::Labels);
    let name = format!("attachment; filename=\"{}-{}.csv\"", prepared.dashboard.name, panel.id);
    let name = HeaderValue::try_from(name).expect("names of dashboards and panels are ASCII");
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(response)
}
