//! `GET /embed/{dashboard}`

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use inlay_shared::Brand;
use serde::Deserialize;

use super::loader::missing;
use crate::api::body::{Id, Params};
use crate::api::state::Inlay;
use crate::assets;
use crate::embed::{Kind, Nonce, Page, PageAssets};
use crate::ids::{DashboardName, TenantId};
use crate::origin::Origin;
use crate::problem::ApiError;

/// Parameters of the frame page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameParams {
    tenant: String,
}

/// The page for an iframe. Whether the dashboard exists is not told here: the token decides.
pub(crate) async fn frame_page(
    State(inlay): State<Inlay>,
    Id(dashboard): Id<DashboardName>,
    Params(params): Params<FrameParams>,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("unknown_tenant", "There is no such tenant.");
    let tenant: TenantId = params.tenant.parse().map_err(|_| unknown())?;
    let store = inlay.store.system(&inlay.present);
    if store.tenant(&tenant).await?.is_none() {
        return Err(unknown());
    }
    let origins = origins(&inlay, &tenant).await?;
    let brand = store.brand(&tenant).await?;
    let nonce = Nonce::new(&inlay.entropy);
    let mut response = render(&dashboard, &origins, brand.as_ref(), false, &nonce)?;
    response.extensions_mut().insert(Kind::Frame(origins, nonce));
    Ok(response)
}

/// The origins that may embed this tenant's dashboards, typed.
pub(super) async fn origins(inlay: &Inlay, tenant: &TenantId) -> Result<Vec<Origin>, ApiError> {
    let listed = inlay.store.system(&inlay.present).origins(tenant).await?;
    Ok(listed.iter().filter_map(|origin| origin.parse().ok()).collect())
}

/// The page as HTML.
pub(super) fn render(
    dashboard: &DashboardName,
    origins: &[Origin],
    brand: Option<&Brand>,
    standalone: bool,
    nonce: &Nonce,
) -> Result<Response, ApiError> {
    let manifest = assets::manifest().ok_or_else(missing)?;
    let address = |name: &str| format!("/assets/{name}");
    let assets = PageAssets {
        frame: address(manifest.frame.name),
        style: address(manifest.page.name),
        loader: address(manifest.loader.name),
    };
    let page = Page::new(dashboard, origins, brand, assets, standalone, nonce.clone());
    let html = page.render().map_err(|error| ApiError::internal(&error))?;
    Ok(Html(html).into_response())
}
