//! `GET /v1/dashboards`, `GET` and `PUT /v1/dashboards/{dashboard}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use inlay_shared::{Dashboard, FieldError};

use crate::access::{ReadData, Tenant, WriteDashboards};
use crate::api::body::{Id, Input, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::DashboardName;
use crate::problem::ApiError;
use crate::query;

/// The tenant's dashboards in the order of their names.
pub(crate) async fn list_dashboards(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let dashboards =
        inlay.store.tenant(&scope).dashboards(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/dashboards", dashboards, |dashboard| &dashboard.name))
}

/// One dashboard.
pub(crate) async fn get_dashboard(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Id(name): Id<DashboardName>,
) -> Result<Json<Dashboard>, ApiError> {
    let dashboard = inlay.store.tenant(&scope).dashboard(&name).await?;
    dashboard.map(Json).ok_or_else(|| {
        ApiError::not_found("unknown_dashboard", "The tenant has no dashboard of this name.")
    })
}

/// Writes a dashboard, once every panel is known to have an answer.
pub(crate) async fn put_dashboard(
    Tenant(scope, ..): Tenant<WriteDashboards>,
    State(inlay): State<Inlay>,
    Id(name): Id<DashboardName>,
    Input(dashboard): Input<Dashboard>,
) -> Result<Json<Dashboard>, ApiError> {
    let model = inlay.engine.model(&scope).await?;
    let mut errors = query::check_dashboard(&model, &dashboard);
    if dashboard.name != name.as_str() {
        let detail = "the same name as in the path".into();
        errors.push(FieldError { pointer: "/name".into(), detail });
    }
    if !errors.is_empty() {
        let detail = "The dashboard could not be answered as it is; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_dashboard", detail).with_errors(errors));
    }
    inlay.store.tenant(&scope).put_dashboard(&dashboard, inlay.clock.now()).await?;
    Ok(Json(dashboard))
}
