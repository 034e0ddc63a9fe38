//! Erases whole tenants: every row of every table and every file.
//!
//! When it was asked for there is no such tenant any more. Its events and files go with the next pass;
//! a second pass takes what tokens that were still alive may have brought in between, and only then is
//! it done and the slug free again.

use jiff::SignedDuration;

use super::{Lake, LakeError};
use crate::ids::TenantId;
use crate::problem::chain;
use crate::store::OpenTenantErasure;

/// Longer than any token lives.
const TOKENS_DIE: SignedDuration = SignedDuration::from_mins(16);

impl Lake {
    /// Goes on with every tenant that is being erased. One failure does not stop the others.
    pub(super) async fn erase_tenants(&self) -> Result<(), LakeError> {
        let system = self.maintenance();
        for open in self.inner.store.system(&system).open_tenant_erasures().await? {
            if let Err(error) = self.erase_tenant(&open).await {
                tracing::error!(cause = chain(&error), "erasing a tenant has to wait");
            }
        }
        Ok(())
    }

    async fn erase_tenant(&self, open: &OpenTenantErasure) -> Result<(), LakeError> {
        let system = self.maintenance();
        let (store, now) = (self.inner.store.system(&system), self.inner.clock.now());
        let mut traces = Vec::new();
        if let Some(tenant) = &open.tenant {
            if open.erased_at.is_none() {
                self.delete_everything(tenant).await?;
                store.tenant_is_erased(open, now).await?;
                tracing::info!("erased a tenant");
                return Ok(());
            }
            if now.duration_since(open.requested_at) < TOKENS_DIE {
                return Ok(());
            }
            self.delete_everything(tenant).await?;
            store.forget_slug(open).await?;
            traces.push(tenant.to_string());
        }
        // Without a slug, a process died in the middle of this.
        if store.scrub(traces).await? {
            store.finish_tenant_erasure(open, now).await?;
        }
        Ok(())
    }

    async fn delete_everything(&self, tenant: &TenantId) -> Result<(), LakeError> {
        let _turn = self.turn(tenant).await;
        self.inner.store.tenant(&self.maintenance_of(tenant)).delete_everything().await?;
        for name in self.inner.objects.list(Some(tenant.as_str())).await? {
            self.remove_file(tenant, &name).await?;
        }
        self.inner.objects.remove_folder(tenant.as_str());
        self.forget(tenant);
        Ok(())
    }
}
