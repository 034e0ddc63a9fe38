//! `POST /v1/tenants`

use axum::Json;
use axum::extract::State;
use http::header::LOCATION;
use http::{HeaderName, StatusCode};
use inlay_shared::{FieldError, NewTenant, Tenant};

use super::origins;
use crate::access::{Deployment, ManageTenants};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::ids::TenantId;
use crate::model;
use crate::problem::ApiError;
use crate::store::StoreError;

/// Creates a tenant. It has a dashboard `overview` at once.
pub(crate) async fn create(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Input(new): Input<NewTenant>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Tenant>), ApiError> {
    let mut errors = Vec::new();
    let id = new.id.parse::<TenantId>().map_err(|error| {
        errors.push(FieldError { pointer: "/id".into(), detail: error.to_string() });
    });
    let name = new.name.unwrap_or_else(|| new.id.clone());
    if name.trim().is_empty() || name.chars().count() > 120 {
        errors.push(FieldError { pointer: "/name".into(), detail: "1 to 120 characters".into() });
    }
    let origins = origins::check(&new.origins).map_err(|mut wrong| errors.append(&mut wrong));
    let (Ok(id), Ok(origins), true) = (id, origins, errors.is_empty()) else {
        let detail = "The tenant cannot be made as asked; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_tenant", detail).with_errors(errors));
    };
    let first = [model::overview()];
    let now = inlay.clock.now();
    let made = inlay.store.system(&scope).create_tenant(&id, &name, &origins, &first, now).await;
    match made {
        Ok(tenant) => {
            Ok((StatusCode::CREATED, [(LOCATION, format!("/v1/tenants/{id}"))], Json(tenant)))
        }
        Err(StoreError::Exists) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "tenant_exists",
            "There is a tenant with this id. Take another id, or go on with that tenant.",
        )),
        Err(StoreError::BeingErased) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "tenant_being_erased",
            "A tenant with this id is being erased. Its id is free again when GET \
             /v1/tenants/{tenant}/erasure says `done`.",
        )),
        Err(error) => Err(error.into()),
    }
}
