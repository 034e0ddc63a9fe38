//! `POST` and `GET /v1/tenants/{tenant}/public-keys`, `DELETE …/{key}`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use inlay_shared::{FieldError, NewPublicKey, PublicKey};

use super::existing;
use crate::access::{Deployment, ManageTenants, ReadTenants, unknown_key};
use crate::api::body::{Id, Input, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::{PublicKeyId, TenantId};
use crate::problem::ApiError;

/// Keys of a tenant at most.
const MOST: u64 = 200;

/// Makes a key. It is no secret and may be read again.
pub(crate) async fn create_public_key(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(new): Input<NewPublicKey>,
) -> Result<(StatusCode, Json<PublicKey>), ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    if new.name.trim().is_empty() || new.name.chars().count() > 80 {
        let error = FieldError { pointer: "/name".into(), detail: "1 to 80 characters".into() };
        let refused = ApiError::invalid("invalid_public_key", "The key needs a name.");
        return Err(refused.with_errors(vec![error]));
    }
    let store = inlay.store.system(&scope);
    if store.public_keys(&tenant, None, MOST).await?.len() as u64 >= MOST {
        let detail = format!("A tenant has {MOST} public keys at most. Revoke one first.");
        return Err(ApiError::new(StatusCode::CONFLICT, "too_many_public_keys", detail));
    }
    let now = inlay.clock.now();
    let key = PublicKeyId::new(now, &inlay.entropy);
    let made = store.add_public_key(&tenant, &key, &new.name, now).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// The tenant's keys, with what bots did with them.
pub(crate) async fn list_public_keys(
    Deployment(scope, ..): Deployment<ReadTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    existing(&inlay, &scope, &tenant).await?;
    inlay.collect.settle().await?;
    let store = inlay.store.system(&scope);
    let keys = store.public_keys(&tenant, page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer(&format!("/v1/tenants/{tenant}/public-keys"), keys, |key| &key.key))
}

/// Takes a key back. Pages that carry it are refused from now on.
pub(crate) async fn revoke_public_key(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Path((tenant, key)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let none = || ApiError::not_found("unknown_tenant", "There is no such tenant.");
    let tenant: TenantId = tenant.parse().map_err(|_| none())?;
    existing(&inlay, &scope, &tenant).await?;
    let key: PublicKeyId = key.parse().map_err(|_| unknown_key())?;
    if inlay.store.system(&scope).remove_public_key(&tenant, &key).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(unknown_key())
}
