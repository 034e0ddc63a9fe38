//! Removes files that do not count any more.
//!
//! A file is live, or retired, or unknown. A retired one was replaced: queries of this process hold it
//! by a snapshot, those of another process are given [`GRACE`], then it goes. An unknown one was written
//! by a process that died before its commit: it goes when a server starts or at the next hour, but only
//! once it is so old that nobody can be about to commit it. Its age is in its name, by Inlay's own
//! clock; no time of a file system or of a storage counts.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::segment_file::{paths, segment_of};
use super::{Lake, LakeError};
use crate::ids::{SegmentId, TenantId};
use crate::policy::TenantScope;
use crate::problem::chain;

/// Longer than any query runs.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Longer than any flush or merge takes.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

impl Lake {
    /// Removes replaced files after their grace, unless a snapshot of this process holds them. One
    /// tenant's failure does not stop the others.
    ///
    /// # Errors
    /// [`LakeError`] if the control database fails.
    pub async fn remove_retired(&self) -> Result<(), LakeError> {
        let until = self.inner.clock.now() - GRACE;
        let system = self.maintenance();
        let store = self.inner.store.system(&system);
        for tenant in store.tenants_with_retired_segments(until).await? {
            if let Err(error) = self.remove_retired_of(&self.maintenance_of(&tenant)).await {
                tracing::warn!(%tenant, cause = chain(&error), "replaced segments stay for now");
            }
        }
        Ok(())
    }

    async fn remove_retired_of(&self, scope: &TenantScope) -> Result<(), LakeError> {
        let store = self.inner.store.tenant(scope);
        let due = store.retired_segments(self.inner.clock.now() - GRACE).await?;
        let mut removed = Vec::new();
        for id in due.into_iter().filter(|id| !self.inner.readers.is_read(id)) {
            for name in paths(scope.tenant(), &id) {
                self.remove_file(scope.tenant(), &name).await?;
            }
            removed.push(id);
        }
        Ok(store.forget_retired(&removed).await?)
    }

    /// Removes what crashed processes left behind, and sets aside what they had no time to.
    pub(super) async fn sweep(&self) -> Result<(), LakeError> {
        let mut found: BTreeMap<TenantId, Vec<(SegmentId, String)>> = BTreeMap::new();
        for name in self.inner.objects.list(None).await? {
            let tenant = name.split('/').next().and_then(|tenant| tenant.parse().ok());
            if let (Some(tenant), Some(id)) = (tenant, segment_of(&name)) {
                found.entry(tenant).or_default().push((id, name));
            }
        }
        for (tenant, files) in found {
            self.sweep_tenant(&self.maintenance_of(&tenant), files).await?;
        }
        Ok(())
    }

    /// Removes what crashed processes left behind of one tenant. Answers how many files written before
    /// `until` are left that nobody knows: they may be about to be committed.
    pub(super) async fn sweep_of(
        &self,
        scope: &TenantScope,
        until: Timestamp,
    ) -> Result<usize, LakeError> {
        let names = self.inner.objects.list(Some(scope.tenant().as_str())).await?;
        let files = names.into_iter().filter_map(|name| Some((segment_of(&name)?, name)));
        let unknown = self.sweep_tenant(scope, files.collect()).await?;
        Ok(unknown.iter().filter(|id| id.made_at() <= until).count())
    }

    /// Answers which files are left that nobody knows.
    async fn sweep_tenant(
        &self,
        scope: &TenantScope,
        files: Vec<(SegmentId, String)>,
    ) -> Result<Vec<SegmentId>, LakeError> {
        let now = self.inner.clock.now();
        let store = self.inner.store.tenant(scope);
        // Both are read after the folder: a file that was committed between is in one of them.
        let live = store.catalogue().await?.segments;
        let retired: HashSet<SegmentId> = store.retired_segments(now).await?.into_iter().collect();
        let mut unknown = Vec::new();
        for (id, name) in files {
            if retired.contains(&id) {
                self.inner.objects.set_aside(&name);
            } else if live.iter().any(|segment| segment.id == id) {
                // It counts.
            } else if now.duration_since(id.made_at()) > ABANDONED {
                self.remove_file(scope.tenant(), &name).await?;
                tracing::info!(name, "swept an abandoned file");
            } else {
                unknown.push(id);
            }
        }
        Ok(unknown)
    }
}
