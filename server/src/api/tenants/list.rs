//! `GET /v1/tenants`, `GET /v1/tenants/{tenant}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::existing;
use crate::access::{Deployment, ReadTenants};
use crate::api::body::{Id, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::TenantId;
use crate::problem::ApiError;

/// The tenants in the order of their ids.
pub(crate) async fn list(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let tenants = inlay.store.system(&scope).tenants(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/tenants", tenants, |tenant| &tenant.id))
}

/// One tenant.
pub(crate) async fn get(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<inlay_shared::Tenant>, ApiError> {
    existing(&inlay, &scope, &tenant).await.map(Json)
}
