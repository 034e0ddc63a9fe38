//! The customers of the vendor.

mod brand;
mod clients;
mod create;
mod domains;
mod list;
mod origins;

use inlay_shared::Tenant;

pub use brand::{get_brand, put_brand};
pub use clients::create_client;
pub use create::create;
pub use domains::{get_domains, put_domains};
pub use list::{get, list};
pub use origins::{get_origins, put_origins};

use super::state::Inlay;
use crate::ids::TenantId;
use crate::policy::SystemScope;
use crate::problem::ApiError;

/// The tenant, or 404.
async fn existing(
    inlay: &Inlay,
    scope: &SystemScope,
    tenant: &TenantId,
) -> Result<Tenant, ApiError> {
    let found = inlay.store.system(scope).tenant(tenant).await?;
    found.ok_or_else(|| ApiError::not_found("unknown_tenant", "There is no such tenant."))
}
