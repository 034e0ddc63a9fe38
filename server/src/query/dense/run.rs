//! Runs a job: splits the row groups over the cores, keeps to the memory that queries may hold, and
//! stops when nobody waits for the answer any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use datafusion::arrow::array::RecordBatch;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};

use super::columns::Columns;
use super::job::Job;
use super::job::What;
use super::result::{Order, findings};
use super::segments::{Files, Unit};
use super::worker::{About, Worker};
use crate::lake::Snapshot;
use crate::query::QueryError;
use crate::query::limits::Allowance;
use crate::query::read::Findings;
use crate::turns::Pace;

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
        allowance: &Allowance,
        job: Job,
        order: Option<Order>,
    ) -> std::result::Result<Findings, QueryError> {
        let leash = Leash::default();
        let work = Work {
            job: Arc::new(job),
            files: self.files.clone(),
            // The snapshot is held while its files are read.
            snapshot: snapshot.clone(),
            memory: allowance.memory(),
            pace: allowance.pace().clone(),
            stop: leash.0.clone(),
        };
        let (cores, share) = (work.pace.workers(self.cores), self.share);
        // One call for all of it: on a busy machine each change of threads is a wait.
        let pace = work.pace.clone();
        let done = pace.spawn(move || work.run(cores, share, order.as_ref()));
        let result = done.await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        drop(leash);
        Ok(result?)
    }
}

/// All that the threads of one query share.
#[derive(Clone)]
struct Work {
    job: Arc<Job>,
    files: Files,
    snapshot: Arc<Snapshot>,
    memory: Arc<dyn MemoryPool>,
    pace: Pace,
    stop: Arc<AtomicBool>,
}

impl Work {
    /// Does all of it: on this thread, and on others if there is enough for them.
    fn run(mut self, cores: usize, share: usize, order: Option<&Order>) -> Result<Findings> {
        let units = self.files.units(&self.snapshot, &self.job)?;
        let rolled_up = units.iter().any(Unit::is_rolled_up);
        if !rolled_up {
            // An estimate that saves nothing is no good.
            self.job = Arc::new(self.job.exactly());
        }
        let mut shares = split(units, cores, share).into_iter();
        let own = shares.next().unwrap_or_default();
        let others: Vec<_> = shares
            .map(|units| {
                let (work, (send, receive)) = (self.clone(), mpsc::sync_channel(1));
                let pace = work.pace.clone();
                // Who does not wait for it any more does not miss it.
                pace.spawn(move || drop(send.send(work.go_through(&units))));
                receive
            })
            .collect();
        let mut workers = vec![self.go_through(&own)?];
        for other in others {
            // Without an answer it panicked.
            let lost = |error| DataFusionError::External(Box::new(error));
            workers.push(other.recv().map_err(lost)??);
        }
        let found = findings(&workers, order);
        let estimates = |part: &usize| matches!(self.job.parts[*part].what, What::Sketch(_));
        let estimated = (0..self.job.parts.len()).filter(estimates).collect();
        Ok(Findings { rolled_up, estimated, ..found })
    }

    /// Goes through some units. The memory is given back with the worker that holds it.
    fn go_through(&self, units: &[Unit]) -> Result<(Worker, MemoryReservation)> {
        let memory = MemoryConsumer::new("columns").register(&self.memory);
        let mut worker = Worker::new(self.job.clone());
        for unit in units {
            self.pace.give_way();
            if self.stop.load(Ordering::Relaxed) {
                return Err(DataFusionError::Execution("nobody waits for the answer".to_owned()));
            }
            unit.read(&self.job, |columns, about| {
                memory.try_resize(worker.bytes() + columns.bytes())?;
                worker.take(columns, about)?;
                memory.try_resize(worker.bytes())
            })?;
        }
        Ok((worker, memory))
    }
}

/// Goes through one batch alone. Answers how many cells were seen.
pub(in crate::query) fn aggregate(job: &Arc<Job>, batch: &RecordBatch) -> Result<usize> {
    let mut worker = Worker::new(job.clone());
    let about = About { covered: false, bucket: None };
    worker.take(&Columns::new(batch, &job.columns)?, about)?;
    Ok(worker.cells())
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
