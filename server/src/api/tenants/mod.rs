//! The customers of the vendor.

mod brand;
mod clients;
mod create;
mod domains;
mod list;
mod origins;
mod public_keys;

use inlay_shared::Tenant;

pub(super) use brand::{get_brand, put_brand};
pub(super) use clients::create_client;
pub(super) use create::create;
pub(super) use domains::{get_domains, put_domains};
pub(super) use list::{get, list};
pub(super) use origins::{get_origins, put_origins};
pub(super) use public_keys::{create_public_key, list_public_keys, revoke_public_key};

use super::state::Inlay;
use crate::ids::TenantId;
use crate::policy::SystemScope;
use crate::problem::ApiError;

/// The tenant, or 404.
pub(super) async fn existing(
    inlay: &Inlay,
    scope: &SystemScope,
    tenant: &TenantId,
) -> Result<Tenant, ApiError> {
    let found = inlay.store.system(scope).tenant(tenant).await?;
    found.ok_or_else(|| ApiError::not_found("unknown_tenant", "There is no such tenant."))
}
