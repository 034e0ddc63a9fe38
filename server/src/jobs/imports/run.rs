//! Carries one job out.

use std::fs::File;

use inlay_shared::ImportFailure;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Imports, Mapping, spool};
use crate::aside;
use crate::ingest::IngestError;
use crate::ingest::import::{self, Kind, Portion, ReadError, Reading, Tally};
use crate::policy::{Action, Duty, Principal, TenantScope};
use crate::store::{ImportJob, ImportProgress, StoreError};

/// Rows between two notes of how far it is.
const PORTION: usize = 10_000;
/// Portions that are read ahead.
const AHEAD: usize = 1;

/// Something failed that may pass.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotNow {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl Imports {
    /// Reads the job's file from where it is. True when the job has ended, false when it is to go on
    /// another time.
    pub(super) async fn do_job(
        &self,
        job: &ImportJob,
        stop: &CancellationToken,
    ) -> Result<bool, NotNow> {
        let inner = &*self.0;
        let scope = self.scope(job);
        let store = inner.store.tenant(&scope);
        if !store.begin_import(&job.id, inner.clock.now()).await? {
            return Ok(true);
        }
        let failure = match self.reading(job) {
            Ok(reading) => match self.take_in(job, &scope, reading, stop).await? {
                Outcome::Read => None,
                Outcome::Failed(error) => Some(failure(&error)),
                Outcome::Cancelled => return Ok(true),
                Outcome::Stopped => {
                    // Cancelled, or the process is going down: the row tells which.
                    store.postpone_import(&job.id).await?;
                    let left = store.import(&job.id).await?;
                    return Ok(left.is_none_or(|left| left.finished_at.is_some()));
                }
            },
            Err(error) => Some(failure(&error)),
        };
        store.end_import(&job.id, failure.as_ref(), inner.clock.now()).await?;
        Ok(true)
    }

    /// Puts a job back into the queue.
    pub(super) async fn postpone(&self, job: &ImportJob) -> Result<(), StoreError> {
        let scope = self.scope(job);
        self.0.store.tenant(&scope).postpone_import(&job.id).await?;
        self.0.wake.notify_one();
        Ok(())
    }

    fn scope(&self, job: &ImportJob) -> TenantScope {
        let duty = Principal::Process(Duty::Import);
        let scope = self.0.policy.tenant(&duty, Action::Import, &job.tenant);
        scope.expect("the policies let the process import: tested")
    }

    fn reading(&self, job: &ImportJob) -> Result<Reading, ReadError> {
        let lost = || ReadError::lost("what was asked for cannot be read: import the file again");
        let mapping: Mapping = serde_json::from_str(&job.columns).map_err(|_| lost())?;
        let file = File::open(spool::path(&self.0.folder, &job.id))
            .map_err(|_| ReadError::lost("the file is gone: import it again"))?;
        Ok(Reading {
            file,
            kind: Kind::of_extension(&job.kind).ok_or_else(lost)?,
            columns: mapping.columns()?,
            tenant: Some(job.tenant.clone()),
            skip: job.so_far.rows,
            portion: PORTION,
        })
    }

    async fn take_in(
        &self,
        job: &ImportJob,
        scope: &TenantScope,
        reading: Reading,
        stop: &CancellationToken,
    ) -> Result<Outcome, NotNow> {
        let inner = &*self.0;
        let (send, mut portions) = mpsc::channel::<Portion>(AHEAD);
        let read =
            aside::keep_files(move || reading.run(&|portion| send.blocking_send(portion).is_ok()));
        let mut tally = Tally::default();
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(Outcome::Stopped),
                next = portions.recv() => next,
            };
            let Some(portion) = next else { break };
            let Portion { events, rows, done, of } = portion;
            let work = events.into_values().map(|events| (scope.clone(), events)).collect();
            import::store(&inner.ingest, work, &mut tally).await?;
            let so_far = ImportProgress {
                rows,
                ppm: ppm(done, of),
                accepted: job.so_far.accepted + tally.accepted,
                duplicates: job.so_far.duplicates + tally.duplicates,
                rejected: job.so_far.rejected + tally.rejected(),
            };
            if !inner.store.tenant(scope).advance_import(&job.id, so_far).await? {
                return Ok(Outcome::Cancelled);
            }
        }
        Ok(match read.await {
            Ok(Ok(())) => Outcome::Read,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(_) => Outcome::Failed(ReadError::lost("reading the file failed inside")),
        })
    }
}

enum Outcome {
    Read,
    Failed(ReadError),
    Cancelled,
    Stopped,
}

fn failure(error: &ReadError) -> ImportFailure {
    ImportFailure {
        code: error.code().into(),
        detail: crate::problem::chain(error),
        row: error.row(),
    }
}

fn ppm(done: u64, of: u64) -> u64 {
    let millionths = u128::from(done.min(of)) * 1_000_000 / u128::from(of.max(1));
    u64::try_from(millionths).unwrap_or(0)
}
