//! `GET` and `PUT /v1/tenants/{tenant}/origins`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use inlay_shared::{FieldError, Origins};

use super::existing;
use crate::access::{Deployment, ManageTenants, ReadTenants};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::ids::TenantId;
use crate::origin::Origin;
use crate::problem::ApiError;

/// Origins a tenant at most.
const MOST: usize = 50;

/// Origins that may embed the tenant's dashboards.
pub(crate) async fn get_origins(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<Origins>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let origins = inlay.store.system(&scope).origins(&tenant).await?;
    Ok(Json(Origins { origins }))
}

/// Replaces the list. It rules at once, also for tokens that were minted before.
pub(crate) async fn put_origins(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(list): Input<Origins>,
) -> Result<Json<Origins>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let origins = check(&list.origins).map_err(|errors| {
        let detail = "Some are no origins that may embed; `errors` names each reason.";
        ApiError::invalid("invalid_origin", detail).with_errors(errors)
    })?;
    inlay.store.system(&scope).set_origins(&tenant, &origins).await?;
    Ok(Json(Origins { origins }))
}

/// The list in normal form, in order, each once.
///
/// # Errors
/// What is wrong with which entry.
pub(super) fn check(list: &[String]) -> Result<Vec<String>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut origins = BTreeSet::new();
    if list.len() > MOST {
        let detail = format!("at most {MOST} origins");
        errors.push(FieldError { pointer: "/origins".into(), detail });
    }
    for (index, text) in list.iter().enumerate() {
        match text.parse::<Origin>() {
            Ok(origin) => drop(origins.insert(origin.to_string())),
            Err(error) => {
                let pointer = format!("/origins/{index}");
                errors.push(FieldError { pointer, detail: error.to_string() });
            }
        }
    }
    if errors.is_empty() { Ok(origins.into_iter().collect()) } else { Err(errors) }
}
