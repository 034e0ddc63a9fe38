//! `GET /`

use axum::extract::State;
use axum::response::Response;
use http::header::HOST;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::frame_page::{origins, render};
use crate::api::body::Params;
use crate::api::state::Inlay;
use crate::embed::{self, Kind, Nonce};
use crate::ids::DashboardName;
use crate::problem::ApiError;

/// Parameters of the tenant's own page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnPageParams {
    dashboard: Option<String>,
}

/// The tenant's own page (white label): the host name picks the tenant and its brand.
pub(crate) async fn own_page(
    State(inlay): State<Inlay>,
    Params(params): Params<OwnPageParams>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let dashboard = params.dashboard.as_deref().unwrap_or("overview");
    let dashboard: DashboardName = dashboard.parse().map_err(|_| {
        ApiError::invalid("invalid_parameter", "dashboard is the name of a dashboard.")
    })?;
    let store = inlay.store.system(&inlay.present);
    let tenant = match host(&headers) {
        Some(host) => store.tenant_of_domain(&host).await?,
        None => None,
    };
    let tenant = tenant.ok_or_else(|| {
        ApiError::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            "No tenant has this host name. The API is under /v1, its contract at /openapi.json.",
        )
    })?;
    let brand = store.brand(&tenant).await?;
    let origins = origins(&inlay, &tenant).await?;
    let nonce = Nonce::new(&inlay.entropy);
    let mut response = render(&dashboard, &origins, brand.as_ref(), true, &nonce)?;
    response.extensions_mut().insert(Kind::OwnPage(nonce));
    Ok(response)
}

/// The host name of the request, without its port.
fn host(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(HOST)?.to_str().ok()?;
    let name = text.rsplit_once(':').map_or(text, |(name, _)| name);
    embed::domain(name)
}
