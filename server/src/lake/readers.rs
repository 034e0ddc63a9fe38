//! Who reads which segment at the moment, so that none is removed under a query.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::ids::SegmentId;

/// Counts the snapshots that hold each segment.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<HashMap<SegmentId, usize>>);

impl Readers {
    pub(super) fn hold(self: &Arc<Self>, segments: Vec<SegmentId>) -> Hold {
        let mut counts = self.0.lock();
        for id in &segments {
            *counts.entry(id.clone()).or_default() += 1;
        }
        drop(counts);
        Hold { readers: self.clone(), segments }
    }

    pub(super) fn is_read(&self, segment: &SegmentId) -> bool {
        self.0.lock().contains_key(segment)
    }
}

/// Keeps segments readable until it is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    readers: Arc<Readers>,
    segments: Vec<SegmentId>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut counts = self.readers.0.lock();
        for id in &self.segments {
            if let Some(count) = counts.get_mut(id) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(id);
                }
            }
        }
    }
}
