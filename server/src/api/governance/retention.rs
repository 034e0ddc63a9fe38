//! `GET` and `PUT /v1/tenants/{tenant}/retention`

use axum::Json;
use axum::extract::State;
use inlay_shared::{FieldError, Retention};

use crate::access::{Deployment, ManageTenants, ReadTenants};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::api::tenants::existing;
use crate::ids::TenantId;
use crate::problem::ApiError;

/// A hundred years.
const MOST_DAYS: u32 = 36_500;

/// How long the tenant's events are kept.
pub(crate) async fn get_retention(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<Retention>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let days = inlay.store.system(&scope).retention(&tenant).await?;
    Ok(Json(Retention { days }))
}

/// Sets how long the tenant's events are kept. What is older goes within ten minutes, for good.
pub(crate) async fn put_retention(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(retention): Input<Retention>,
) -> Result<Json<Retention>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    if retention.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        let detail = format!("1 to {MOST_DAYS}, or null for ever");
        let wrong = FieldError { pointer: "/days".into(), detail };
        let detail = "Events cannot be kept for so many days; `errors` names the reason.";
        return Err(ApiError::invalid("invalid_retention", detail).with_errors(vec![wrong]));
    }
    inlay.store.system(&scope).set_retention(&tenant, retention.days).await?;
    Ok(Json(retention))
}
