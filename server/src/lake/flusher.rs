//! The background work of a server: every second, the tenants whose rows waited long enough.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::due::{FlushPolicy, Waits};
use super::{Lake, LakeError};
use crate::ids::TenantId;
use crate::policy::{Action, Duty, Principal, SystemScope, TenantScope};
use crate::problem::chain;

/// Tenants that are flushed at the same time: while one waits for the disk, another one works.
const AT_ONCE: usize = 3;

impl Lake {
    /// Flushes as the policy says until `cancel`. Then it ends with the flushes under way: what is left
    /// is in the raw log, and served from there after the next start. The handle ends with the work.
    pub fn spawn_flusher(&self, policy: FlushPolicy, cancel: CancellationToken) -> JoinHandle<()> {
        let lake = self.clone();
        tokio::spawn(async move {
            let mut waits = Waits::default();
            let mut every = tokio::time::interval(Duration::from_secs(1));
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while cancel.run_until_cancelled(every.tick()).await.is_some() {
                if let Err(error) = lake.round(policy, &mut waits, &cancel).await {
                    tracing::error!(cause = chain(&error), "could not look for pending events");
                }
            }
        })
    }

    /// Flushes the tenants that are due, and merges what the flushes piled up. One tenant's failure does
    /// not stop the others.
    pub(super) async fn round(
        &self,
        policy: FlushPolicy,
        waits: &mut Waits,
        cancel: &CancellationToken,
    ) -> Result<(), LakeError> {
        let system = self.maintenance();
        let backlogs = self.inner.store.system(&system).backlogs().await?;
        let pressing = std::mem::take(&mut *self.inner.pressing.lock());
        let due = waits.due(policy, &backlogs, &pressing, self.inner.clock.now());
        let failed: Vec<TenantId> = stream::iter(due)
            .take_while(|_| std::future::ready(!cancel.is_cancelled()))
            .map(|tenant| async move {
                let error = self.keep(&tenant).await.err()?;
                tracing::error!(%tenant, cause = chain(&error), "could not flush");
                Some(tenant)
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        for tenant in failed {
            waits.postpone(&tenant, self.inner.clock.now());
        }
        Ok(())
    }

    /// The right to look after the deployment.
    pub(super) fn maintenance(&self) -> SystemScope {
        let process = Principal::Process(Duty::Maintain);
        let scope = self.inner.policy.system(&process, Action::Maintain);
        scope.expect("the policy lets maintenance maintain: tested")
    }

    /// The right to look after one tenant's data.
    pub(super) fn maintenance_of(&self, tenant: &TenantId) -> TenantScope {
        let process = Principal::Process(Duty::Maintain);
        let scope = self.inner.policy.tenant(&process, Action::Maintain, tenant);
        scope.expect("the policy lets maintenance maintain: tested")
    }

    async fn keep(&self, tenant: &TenantId) -> Result<(), LakeError> {
        let scope = self.maintenance_of(tenant);
        self.flush(&scope).await?;
        self.merge(&scope).await?;
        self.modernise(&scope).await?;
        Ok(())
    }
}
