//! What one tenant's queries may use: time, memory, rows, and how many run and wait at once.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use datafusion::execution::memory_pool::MemoryPool;
use parking_lot::Mutex;

use super::QueryError;
use super::memory::Purse;
use crate::clock::Clock;
use crate::config;
use crate::ids::TenantId;
use crate::turns::{Bounds, Load, Pace, Slot, Turns};

/// Keeps the limits. One an engine; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    time: Duration,
    rows: usize,
    tenant_memory: usize,
    turns: Turns,
    memory: Arc<Purse>,
    purses: Arc<Mutex<HashMap<TenantId, Weak<Purse>>>>,
}

/// What a query may use while it runs. Dropping it makes room for the next one.
#[derive(Debug)]
pub(super) struct Allowance {
    time: Duration,
    rows: usize,
    purse: Arc<Purse>,
    slot: Slot,
}

impl Limits {
    /// The limits that the operator set.
    pub(super) fn new(settings: &config::Query, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let slots = settings.slots.unwrap_or(cores).max(1);
        let bounds = Bounds {
            slots,
            tenant_running: settings.tenant_running.unwrap_or(slots).max(1),
            tenant_waiting: settings.tenant_waiting,
        };
        let weights = settings.weights.iter().filter_map(|(tenant, weight)| {
            // A name that no tenant can have weighs nothing.
            Some((tenant.parse().ok()?, *weight))
        });
        Self {
            time: Duration::from_secs(settings.seconds),
            rows: settings.rows,
            tenant_memory: settings.tenant_memory_bytes,
            turns: Turns::new(bounds, weights.collect(), clock),
            memory: Arc::new(Purse::new(settings.memory_bytes)),
            purses: Arc::default(),
        }
    }

    /// How much work there is.
    pub(super) fn load(&self) -> Load {
        self.turns.load()
    }

    /// Waits for the tenant's turn, no longer than a query may take. Dropping the future leaves the
    /// line.
    ///
    /// # Errors
    /// [`QueryError::TooMany`] if the line is full, or moves too slowly.
    pub(super) async fn admit(&self, tenant: &TenantId) -> Result<Allowance, QueryError> {
        let waiting = tokio::time::timeout(self.time, self.turns.admit(tenant));
        let slot = match waiting.await {
            Ok(admitted) => admitted.map_err(|_| QueryError::TooMany)?,
            Err(_) => {
                self.turns.gave_up();
                return Err(QueryError::TooMany);
            }
        };
        Ok(Allowance { time: self.time, rows: self.rows, purse: self.purse(tenant), slot })
    }

    /// The account of the tenant's queries, which lives while one of them does.
    fn purse(&self, tenant: &TenantId) -> Arc<Purse> {
        let mut purses = self.purses.lock();
        if let Some(purse) = purses.get(tenant).and_then(Weak::upgrade) {
            return purse;
        }
        purses.retain(|_, purse| purse.strong_count() > 0);
        let purse = Arc::new(Purse::within(&self.memory, self.tenant_memory));
        purses.insert(tenant.clone(), Arc::downgrade(&purse));
        purse
    }
}

impl Allowance {
    /// Most rows of the answer.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The account that the query's memory is taken from.
    pub(super) fn memory(&self) -> Arc<dyn MemoryPool> {
        self.purse.clone()
    }

    /// How its workers go about it.
    pub(super) fn pace(&self) -> &Pace {
        self.slot.pace()
    }

    /// Does the work within the time that it may take. Dropping the future stops it.
    ///
    /// # Errors
    /// [`QueryError::Timeout`] if it takes longer, or what the work itself fails with.
    pub(super) async fn spend<T>(
        &self,
        work: impl Future<Output = Result<T, QueryError>>,
    ) -> Result<T, QueryError> {
        let seconds = self.time.as_secs();
        tokio::time::timeout(self.time, work).await.map_err(|_| QueryError::Timeout { seconds })?
    }
}
