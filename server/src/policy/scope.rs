//! The proofs that policy gives out with its yes.

use crate::ids::TenantId;

/// Proof that the caller may touch the data of one tenant. Only [`super::Policy`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    tenant: TenantId,
}

impl TenantScope {
    pub(super) fn new(tenant: TenantId) -> Self {
        Self { tenant }
    }

    /// The tenant whose data may be touched.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }
}

/// Proof that the caller acts on the deployment itself: operators and maintenance. It reaches no
/// tenant's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemScope {
    _made_by_policy: (),
}

impl SystemScope {
    pub(super) fn new() -> Self {
        Self { _made_by_policy: () }
    }
}
