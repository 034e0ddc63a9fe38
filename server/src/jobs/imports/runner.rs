//! Takes jobs from the queue: the oldest first, one a tenant, a few at once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{Imports, spool};
use crate::ids::{ImportId, TenantId};
use crate::problem::chain;
use crate::store::{ImportJob, StoreError};

/// Jobs at once, over all tenants: reading takes a core, and queries want one too.
const AT_ONCE: usize = 2;
/// When to look again after something failed that may pass.
const LATER: Duration = Duration::from_secs(5);
/// How often to look for files that nobody wants.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// Jobs whose files are looked for at the start.
const ALL: u64 = 1_000_000;

impl Imports {
    /// Puts jobs that were running when the last process ended back into the queue, and removes files
    /// that no job wants. Before anybody can send one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let inner = &*self.0;
        let system = inner.store.system(&inner.duty);
        system.requeue_imports().await?;
        self.sweep().await
    }

    /// Removes files that no job wants: of uploads and jobs that a crash cut off, and of tenants that
    /// were erased.
    async fn sweep(&self) -> Result<(), StoreError> {
        let inner = &*self.0;
        // What comes and what runs is looked at first: a file goes from one to the next, never back.
        let coming = inner.uploads.lock().clone();
        let mut wanted: HashSet<ImportId> = inner.running.lock().keys().cloned().collect();
        let system = inner.store.system(&inner.duty);
        for (id, tenant) in coming {
            // The sender may go on for hours: its file loses its name, and is no import in the end.
            if system.tenant(&tenant).await?.is_some() {
                wanted.insert(id);
            }
        }
        let waiting = system.waiting_imports(&[], ALL).await?;
        wanted.extend(waiting.into_iter().map(|job| job.id));
        wanted.extend(inner.running.lock().keys().cloned());
        if let Err(error) = spool::sweep(&inner.folder, &wanted) {
            tracing::warn!(%error, "the folder of imports was not swept");
        }
        Ok(())
    }

    /// Carries jobs out until `stop`. Then they wait in the queue, where they are.
    pub async fn run(self, stop: CancellationToken) {
        let mut jobs = JoinSet::new();
        let mut tenants: HashMap<Id, TenantId> = HashMap::new();
        let mut sweeps = tokio::time::interval(SWEEP_EVERY);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let failed = match self.start(&mut jobs, &mut tenants, &stop).await {
                Ok(()) => false,
                Err(error) => {
                    tracing::warn!(cause = chain(&error), "imports cannot be read");
                    true
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(LATER), if failed => {}
                _ = sweeps.tick() => {
                    if let Err(error) = self.sweep().await {
                        tracing::warn!(cause = chain(&error), "the folder of imports was not swept");
                    }
                }
                Some(ended) = jobs.join_next_with_id() => {
                    let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    tenants.remove(&id);
                }
            }
        }
        while jobs.join_next().await.is_some() {}
    }

    /// Starts as many jobs as may run.
    async fn start(
        &self,
        jobs: &mut JoinSet<()>,
        tenants: &mut HashMap<Id, TenantId>,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let inner = &*self.0;
        while jobs.len() < AT_ONCE {
            let busy: Vec<TenantId> = tenants.values().cloned().collect();
            let system = inner.store.system(&inner.duty);
            let Some(job) = system.waiting_imports(&busy, 1).await?.pop() else { return Ok(()) };
            let tenant = job.tenant.clone();
            let running = jobs.spawn(self.clone().carry_out(job, stop.child_token()));
            tenants.insert(running.id(), tenant);
        }
        Ok(())
    }

    /// One job, from the queue to its end.
    async fn carry_out(self, job: ImportJob, stop: CancellationToken) {
        let inner = &*self.0;
        inner.running.lock().insert(job.id.clone(), stop.clone());
        let outcome = self.do_job(&job, &stop).await;
        inner.running.lock().remove(&job.id);
        match outcome {
            Ok(ended) => {
                if ended {
                    spool::remove(&inner.folder, &job.id);
                }
            }
            // The database, or the disk below it: the file is as good as before, so the job waits.
            Err(error) => {
                tracing::warn!(import = %job.id, cause = chain(&error), "an import has to wait");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(LATER) => {}
                }
                if let Err(error) = self.postpone(&job).await {
                    tracing::warn!(import = %job.id, cause = chain(&error), "it waits for a restart");
                }
            }
        }
    }
}
