//! `DELETE /v1/tenants/{tenant}`, `GET /v1/tenants/{tenant}/erasure`

use axum::Json;
use axum::extract::State;
use http::header::LOCATION;
use http::{HeaderName, StatusCode};
use inlay_shared::TenantErasure;

use crate::access::{Deployment, ManageTenants, ReadTenants};
use crate::api::body::Id;
use crate::api::state::Inlay;
use crate::ids::TenantId;
use crate::problem::ApiError;

/// Erases the tenant with everything that it has. From this answer on there is no such tenant.
pub(crate) async fn delete_tenant(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<TenantErasure>), ApiError> {
    let store = inlay.store.system(&scope);
    let begun = store.begin_tenant_erasure(&tenant, inlay.clock.now()).await?;
    let Some(erasure) = begun else {
        return Err(ApiError::not_found("unknown_tenant", "There is no such tenant."));
    };
    inlay.gate.refuse_tenant(tenant.clone());
    let location = format!("/v1/tenants/{tenant}/erasure");
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(erasure)))
}

/// How far the erasure of a tenant has come.
pub(crate) async fn get_tenant_erasure(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<TenantErasure>, ApiError> {
    let found = inlay.store.system(&scope).tenant_erasure(&tenant).await?;
    found
        .map(Json)
        .ok_or_else(|| ApiError::not_found("unknown_erasure", "No tenant with this id was erased."))
}
