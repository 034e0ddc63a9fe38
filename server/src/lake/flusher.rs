//! The background work of a server: every second, the tenants with new events.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{Lake, LakeError};
use crate::ids::TenantId;
use crate::policy::{Action, Duty, Principal, SystemScope, TenantScope};
use crate::problem::chain;

/// Tenants that are flushed at the same time: while one waits for the disk, another one works.
const AT_ONCE: usize = 3;
/// So often, in seconds, what crashed processes left behind is looked for.
const SWEEP_EVERY: u32 = 3_600;

impl Lake {
    /// Flushes every second until `cancel`, then once more. The handle ends with the work.
    pub fn spawn_flusher(&self, cancel: CancellationToken) -> JoinHandle<()> {
        let lake = self.clone();
        tokio::spawn(async move {
            let mut seconds = 0;
            let mut every = tokio::time::interval(Duration::from_secs(1));
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                if seconds % SWEEP_EVERY == 0
                    && let Err(error) = lake.sweep().await
                {
                    tracing::warn!(cause = chain(&error), "could not sweep the lake");
                }
                seconds += 1;
                let last = tokio::select! {
                    () = cancel.cancelled() => true,
                    _ = every.tick() => false,
                };
                if let Err(error) = lake.tick().await {
                    tracing::error!(cause = chain(&error), "could not look for pending events");
                }
                if last {
                    return;
                }
            }
        })
    }

    /// Flushes every tenant that has pending events, merges what the flushes piled up, and removes
    /// files that nobody reads any more. One tenant's failure does not stop the others.
    async fn tick(&self) -> Result<(), LakeError> {
        let system = self.maintenance();
        let tenants = self.inner.store.system(&system).tenants_with_pending_events().await?;
        stream::iter(tenants)
            .for_each_concurrent(AT_ONCE, |tenant| async move {
                if let Err(error) = self.keep(&tenant).await {
                    tracing::error!(%tenant, cause = chain(&error), "could not flush");
                }
            })
            .await;
        self.remove_retired().await
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
