//! Who may append events from a page: the bearer of a tenant's public key, on an origin that the tenant
//! declared. The key stands in the page for everybody to read, so it opens nothing else.

use super::extract::refuse;
use super::gate::Gate;
use crate::ids::PublicKeyId;
use crate::policy::{Action, Principal, TenantScope};
use crate::problem::ApiError;

impl Gate {
    /// The scope to append with, for a page of `origin` that carries `key`.
    ///
    /// # Errors
    /// 404 for a key that there is not, or no longer; 403 for an origin that its tenant did not declare.
    pub async fn collector(
        &self,
        key: &PublicKeyId,
        origin: Option<&str>,
    ) -> Result<TenantScope, ApiError> {
        let failed = |error| ApiError::internal(&error);
        let tenant = self.store().tenant_of_public_key(key).await.map_err(failed)?;
        let tenant = tenant.ok_or_else(unknown_key)?;
        let declared = self.store().origins(&tenant).await.map_err(failed)?;
        if !origin.is_some_and(|origin| declared.iter().any(|one| one == origin)) {
            return Err(ApiError::forbidden(
                "origin_not_declared",
                "Events are taken from pages of declared origins only. Add the page's origin to the \
                 tenant's list: PUT /v1/tenants/{tenant}/origins.",
            ));
        }
        let who = Principal::PublicKey { key: key.clone(), tenant: tenant.clone() };
        let scope = self.policy().tenant(&who, Action::Collect, &tenant);
        scope.map_err(|denied| refuse(denied, "unknown_public_key", "public key"))
    }
}

/// There is no such key, or it was taken back.
pub fn unknown_key() -> ApiError {
    ApiError::not_found(
        "unknown_public_key",
        "There is no such public key; it may have been revoked. Make one: POST \
         /v1/tenants/{tenant}/public-keys.",
    )
}
