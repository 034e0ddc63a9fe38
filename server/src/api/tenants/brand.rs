//! `GET` and `PUT /v1/tenants/{tenant}/brand`

use axum::Json;
use axum::extract::State;
use inlay_shared::Brand;

use super::existing;
use crate::access::{Deployment, ManageTenants, ReadTenants};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::embed;
use crate::ids::TenantId;
use crate::problem::ApiError;

/// How the tenant's own pages look.
pub(crate) async fn get_brand(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<Brand>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let brand = inlay.store.system(&scope).brand(&tenant).await?;
    brand.map(Json).ok_or_else(|| {
        ApiError::not_found("no_brand", "The tenant has no brand yet; set it with PUT.")
    })
}

/// Sets how the tenant's own pages look.
pub(crate) async fn put_brand(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(brand): Input<Brand>,
) -> Result<Json<Brand>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let errors = embed::brand_errors(&brand);
    if !errors.is_empty() {
        let detail = "The brand cannot be shown as it is; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_brand", detail).with_errors(errors));
    }
    inlay.store.system(&scope).set_brand(&tenant, &brand).await?;
    Ok(Json(brand))
}
