//! Memory that queries hold, accounted twice: to their tenant and to the process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryLimit, MemoryPool, MemoryReservation};

/// An account with a limit. What is taken from it is taken from its parent too, or not at all.
#[derive(Debug)]
pub(super) struct Purse {
    limit: usize,
    used: AtomicUsize,
    parent: Option<Arc<Self>>,
}

impl Purse {
    /// An account of its own, in bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0), parent: None }
    }

    /// An account whose bytes are the parent's too.
    pub(super) fn within(parent: &Arc<Self>, limit: usize) -> Self {
        Self { parent: Some(parent.clone()), ..Self::new(limit) }
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        if self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).is_err() {
            return false;
        }
        let taken = self.parent.as_ref().is_none_or(|parent| parent.take(bytes));
        if !taken {
            self.used.fetch_sub(bytes, Ordering::AcqRel);
        }
        taken
    }

    fn add(&self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::AcqRel);
        if let Some(parent) = &self.parent {
            parent.add(bytes);
        }
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
        if let Some(parent) = &self.parent {
            parent.give_back(bytes);
        }
    }
}

impl fmt::Display for Purse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes", self.reserved(), self.limit)
    }
}

impl MemoryPool for Purse {
    fn name(&self) -> &str {
        "queries of one tenant"
    }

    fn grow(&self, _reservation: &MemoryReservation, additional: usize) {
        self.add(additional);
    }

    fn shrink(&self, _reservation: &MemoryReservation, shrink: usize) {
        self.give_back(shrink);
    }

    fn try_grow(&self, _reservation: &MemoryReservation, additional: usize) -> Result<()> {
        if self.take(additional) {
            return Ok(());
        }
        let what = format!("{additional} bytes do not fit: {self} are in use");
        Err(DataFusionError::ResourcesExhausted(what))
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::execution::memory_pool::MemoryConsumer;

    use super::*;

    #[test]
    fn a_tenant_meets_its_own_limit_and_that_of_all() {
        let all = Arc::new(Purse::new(150));
        let acme: Arc<dyn MemoryPool> = Arc::new(Purse::within(&all, 100));
        let globex: Arc<dyn MemoryPool> = Arc::new(Purse::within(&all, 100));
        let one = MemoryConsumer::new("one").register(&acme);
        let two = MemoryConsumer::new("two").register(&globex);
        one.try_grow(90).unwrap();
        assert!(one.try_grow(11).is_err(), "more than one tenant may hold");
        assert!(two.try_grow(61).is_err(), "more than all may hold");
        assert_eq!((acme.reserved(), globex.reserved(), all.reserved()), (90, 0, 90));
        two.try_grow(60).unwrap();
        drop(one);
        assert_eq!((acme.reserved(), all.reserved()), (0, 60));
        two.try_grow(40).unwrap();
        drop(two);
        assert_eq!(all.reserved(), 0);
    }
}
