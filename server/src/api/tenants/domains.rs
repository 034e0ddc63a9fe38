//! `GET` and `PUT /v1/tenants/{tenant}/domains`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use inlay_shared::{Domains, FieldError};

use super::existing;
use crate::access::{Deployment, ManageTenants, ReadTenants};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::embed;
use crate::ids::TenantId;
use crate::problem::ApiError;
use crate::store::StoreError;

/// Host names a tenant at most.
const MOST: usize = 10;

/// Host names that answer as the tenant's own.
pub(crate) async fn get_domains(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
) -> Result<Json<Domains>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let domains = inlay.store.system(&scope).domains(&tenant).await?;
    Ok(Json(Domains { domains }))
}

/// Replaces the list. A host name belongs to one tenant at most.
pub(crate) async fn put_domains(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(list): Input<Domains>,
) -> Result<Json<Domains>, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let domains = check(&list.domains).map_err(|errors| {
        let detail = "Some are no host names; `errors` names each reason.";
        ApiError::invalid("invalid_domain", detail).with_errors(errors)
    })?;
    match inlay.store.system(&scope).set_domains(&tenant, &domains).await {
        Ok(()) => Ok(Json(Domains { domains })),
        Err(StoreError::Exists) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "domain_taken",
            "Another tenant has one of these host names. Remove it there first.",
        )),
        Err(error) => Err(error.into()),
    }
}

fn check(list: &[String]) -> Result<Vec<String>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut domains = BTreeSet::new();
    if list.len() > MOST {
        let detail = format!("at most {MOST} host names");
        errors.push(FieldError { pointer: "/domains".into(), detail });
    }
    for (index, text) in list.iter().enumerate() {
        match embed::domain(text) {
            Some(domain) => drop(domains.insert(domain)),
            None => errors.push(FieldError {
                pointer: format!("/domains/{index}"),
                detail: "a host name such as insights.acme.example, without scheme or port".into(),
            }),
        }
    }
    if errors.is_empty() { Ok(domains.into_iter().collect()) } else { Err(errors) }
}
