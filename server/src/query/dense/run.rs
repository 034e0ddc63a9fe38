//! Runs a job: splits the row groups over the cores, keeps to the memory that queries may hold, and
//! stops when nobody waits for the answer any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::array::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};

use super::columns::Columns;
use super::job::Job;
use super::job::What;
use super::result::{Order, findings};
use super::segments::{Files, Unit};
use super::worker::{About, Worker};
use crate::lake::Snapshot;
use crate::query::QueryError;
use crate::query::read::Findings;

/// Rows that are worth a thread.
const SHARE: usize = 65_536;

/// Runs jobs. Cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::query) struct Dense {
    pub(in crate::query) files: Files,
    cores: usize,
    share: usize,
}

/// Stops the workers of a query when it is dropped.
#[derive(Debug, Default)]
struct Leash(Arc<AtomicBool>);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Dense {
    /// Over these files, on so many cores.
    pub(in crate::query) const fn new(files: Files, cores: usize) -> Self {
        Self { files, cores, share: SHARE }
    }

    /// The same, but so many rows are worth a thread.
    #[cfg(test)]
    pub(in crate::query) fn in_shares(mut self, rows: usize) -> Self {
        self.share = rows;
        self
    }

    /// The groups of a job with their cells, and the currencies that were seen. `order`: only the first
    /// groups by it, in their order.
    pub(in crate::query) async fn run(
        &self,
        snapshot: &Arc<Snapshot>,
        memory: Arc<dyn MemoryPool>,
        job: Job,
        order: Option<Order>,
    ) -> Result<Findings, QueryError> {
        let leash = Leash::default();
        let job = Arc::new(job);
        let (files, known, planned) = (self.files.clone(), snapshot.clone(), job.clone());
        let units = blocking(move || files.units(&known, &planned)).await?;
        let rolled_up = units.iter().any(Unit::is_rolled_up);
        // An estimate that saves nothing is no good.
        let job = if rolled_up { job } else { Arc::new(job.exactly()) };
        let shares = split(units, self.cores, self.share);
        let workers = shares.into_iter().map(|units| {
            let (job, stop) = (job.clone(), leash.0.clone());
            let account = MemoryConsumer::new("columns").register(&memory);
            // The snapshot is held while its files are read.
            let held = snapshot.clone();
            blocking(move || {
                let worker = work(job, &units, account, &stop);
                drop(held);
                worker
            })
        });
        let workers = futures_util::future::try_join_all(workers).await?;
        let result = blocking(move || Ok(findings(&workers, order.as_ref()))).await;
        drop(leash);
        let estimates = |part: &usize| matches!(job.parts[*part].what, What::Sketch(_));
        let estimated = (0..job.parts.len()).filter(estimates).collect();
        Ok(Findings { rolled_up, estimated, ..result? })
    }
}

/// Goes through one batch alone. Answers how many cells were seen.
pub(in crate::query) fn aggregate(
    job: &Arc<Job>,
    batch: &RecordBatch,
) -> datafusion::common::Result<usize> {
    let mut worker = Worker::new(job.clone());
    let about = About { covered: false, bucket: None };
    worker.take(&Columns::new(batch, &job.columns)?, about)?;
    Ok(worker.cells())
}

/// Goes through some units. The memory is given back with the worker that holds it.
fn work(
    job: Arc<Job>,
    units: &[Unit],
    memory: MemoryReservation,
    stop: &AtomicBool,
) -> datafusion::common::Result<(Worker, MemoryReservation)> {
    let mut worker = Worker::new(job.clone());
    for unit in units {
        if stop.load(Ordering::Relaxed) {
            return Err(DataFusionError::Execution("nobody waits for the answer".to_owned()));
        }
        unit.read(&job, |columns, about| {
            memory.try_resize(worker.bytes() + columns.bytes())?;
            worker.take(columns, about)?;
            memory.try_resize(worker.bytes())
        })?;
    }
    Ok((worker, memory))
}

/// Neighbours stay together, so that two workers share few buckets.
fn split(units: Vec<Unit>, cores: usize, share: usize) -> Vec<Vec<Unit>> {
    let rows: usize = units.iter().map(|unit| unit.rows).sum();
    let count = (rows / share).clamp(1, cores);
    let mut shares: Vec<Vec<Unit>> = vec![Vec::new()];
    let mut taken = 0;
    for unit in units {
        if shares.len() < count && taken + unit.rows / 2 > rows * shares.len() / count {
            shares.push(Vec::new());
        }
        taken += unit.rows;
        shares.last_mut().expect("there is one from the start").push(unit);
    }
    shares
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> datafusion::common::Result<T> + Send + 'static,
) -> Result<T, QueryError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(DataFusionError::External(Box::new(error)).into()),
    }
}
