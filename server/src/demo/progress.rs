//! How far the history is, told to the terminal and to the portal's pages.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts what has been fed.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    total: AtomicU64,
    sent: AtomicU64,
    complete: AtomicBool,
}

impl Progress {
    /// So many events will be fed.
    pub(crate) fn expect(&self, events: u64) {
        self.total.store(events, Ordering::Relaxed);
    }

    /// So many more were fed.
    pub(crate) fn add(&self, events: u64) {
        self.sent.fetch_add(events, Ordering::Relaxed);
    }

    /// The whole history is there.
    pub(crate) fn complete(&self) {
        self.complete.store(true, Ordering::Relaxed);
    }

    /// Whole percent; 100 only when nothing is missing.
    pub(crate) fn percent(&self) -> u8 {
        if self.complete.load(Ordering::Relaxed) {
            return 100;
        }
        let total = self.total.load(Ordering::Relaxed).max(1);
        let percent = 100 * self.sent.load(Ordering::Relaxed) / total;
        u8::try_from(percent).unwrap_or(99).min(99)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_complete_only_when_said_so() {
        let progress = Progress::default();
        assert_eq!(progress.percent(), 0);
        progress.expect(200);
        progress.add(50);
        assert_eq!(progress.percent(), 25);
        progress.add(400);
        assert_eq!(progress.percent(), 99);
        progress.complete();
        assert_eq!(progress.percent(), 100);
    }
}
