//! The background work that takes things out: erasures, retention, replaced files, what crashes left.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{Lake, LakeError};
use crate::problem::chain;

/// So often what crashed processes left behind is looked for.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// So often old events are looked for.
const RETENTION_EVERY: SignedDuration = SignedDuration::from_mins(10);

impl Lake {
    /// Looks every second for something to take out, until `cancel`. The handle ends with the work.
    pub fn spawn_keeper(&self, cancel: CancellationToken) -> JoinHandle<()> {
        let lake = self.clone();
        tokio::spawn(async move {
            let (mut swept, mut retained) = (None, None);
            let mut every = tokio::time::interval(Duration::from_secs(1));
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while cancel.run_until_cancelled(every.tick()).await.is_some() {
                let now = lake.inner.clock.now();
                if due(&mut swept, now, SWEEP_EVERY) {
                    told("sweep", lake.sweep().await);
                }
                told("erase people", lake.erase_people().await);
                told("erase tenants", lake.erase_tenants().await);
                if due(&mut retained, now, RETENTION_EVERY) {
                    told("apply retention", lake.apply_retention().await);
                }
                told("remove replaced files", lake.remove_retired().await);
            }
        })
    }
}

fn due(last: &mut Option<Timestamp>, now: Timestamp, every: SignedDuration) -> bool {
    let due = last.is_none_or(|last| now.duration_since(last) >= every);
    if due {
        *last = Some(now);
    }
    due
}

fn told(what: &str, outcome: Result<(), LakeError>) {
    if let Err(error) = outcome {
        tracing::error!(what, cause = chain(&error), "the lake could not be looked after");
    }
}
