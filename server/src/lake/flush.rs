//! Moves a tenant's new events from the raw log into a segment, and puts small segments together.

use datafusion::arrow::array::RecordBatch;

use crate::aside;
use crate::ids::{DeadLetterId, SegmentId};
use crate::policy::TenantScope;
use crate::problem::chain;
use crate::store::{Flush, NOT_NORMALISED, NewDeadLetter, Pending, Segment};

use super::batch::{Normalised, normalise};
use super::{Lake, LakeError, merge, segment_file};
use crate::model::Properties;

/// Most events of one step.
const STEP_ROWS: u64 = 131_072;
/// About so many bytes of events end a step early.
const STEP_BYTES: usize = 96 * 1024 * 1024;
/// So often a step is tried against other processes.
const TRIES: usize = 5;

impl Lake {
    /// Takes the events in that one tenant has pending now, step by step. Those that come meanwhile
    /// are left to the next flush: under a steady stream there would be no end.
    pub(super) async fn flush(&self, scope: &TenantScope) -> Result<(), LakeError> {
        let _turn = self.turn(scope.tenant()).await;
        let mut tries = 0;
        loop {
            let store = self.inner.store.tenant(scope);
            let pending = store.pending(STEP_ROWS, STEP_BYTES).await?;
            if pending.through == pending.flushed {
                return Ok(());
            }
            let more = pending.more;
            if self.step(scope, pending).await? {
                if !more {
                    return Ok(());
                }
                tries = 0;
            } else {
                tries += 1;
                if tries == TRIES {
                    return Err(LakeError::Contended);
                }
            }
        }
    }

    /// One step. `false`: another process made it, or touched the same segments.
    async fn step(&self, scope: &TenantScope, pending: Pending) -> Result<bool, LakeError> {
        let store = self.inner.store.tenant(scope);
        let catalogue = store.catalogue().await?;
        let (from, through) = (pending.flushed, pending.through);
        let new_rows = i64::try_from(pending.events.len()).expect("a step is small");
        let replace = merge::absorb(&catalogue.segments, new_rows);
        let properties = self.declared(scope).await?;
        let (lake, owner, old) = (self.clone(), scope.clone(), replace.clone());
        let write = aside::keep_files(move || lake.write(&owner, &pending, &old, &properties));
        let (segment, dead) = write.await.map_err(|_| LakeError::Interrupted)??;
        // Without a new segment nothing is replaced: what was taken along is still where it was.
        let replace = if segment.is_some() { replace } else { Vec::new() };
        let flush = Flush { from, through, add: segment.as_ref(), replace: &replace, dead: &dead };
        let done = store.commit_flush(&flush, self.inner.clock.now()).await?;
        self.settle(scope, segment, &replace, done).await;
        Ok(done)
    }

    /// Normalises, reads along what is replaced, and writes the file.
    fn write(
        &self,
        scope: &TenantScope,
        pending: &Pending,
        replace: &[SegmentId],
        properties: &Properties,
    ) -> Result<(Option<Segment>, Vec<NewDeadLetter>), LakeError> {
        let now = self.inner.clock.now();
        let Normalised { batch: fresh, unfit } = normalise(&pending.events, properties)?;
        let dead = unfit.into_iter().map(|(event, reason)| NewDeadLetter {
            id: DeadLetterId::new(now, &self.inner.entropy),
            code: NOT_NORMALISED.to_owned(),
            detail: format!("the event was accepted, but cannot be a row: {reason}"),
            body: event.body.clone(),
            source: event.sent.as_ref().map(|sent| sent.source.clone()),
        });
        let dead = dead.collect();
        if fresh.num_rows() == 0 {
            return Ok((None, dead));
        }
        let mut batches = vec![fresh];
        for id in replace {
            batches.extend(segment_file::read(&self.inner.objects, scope.tenant(), id)?);
        }
        let id = SegmentId::new(now, &self.inner.entropy);
        let segment = self.put(scope, id, &batches, properties)?;
        Ok((Some(segment), dead))
    }

    /// Writes a new segment. For blocking threads.
    pub(super) fn put(
        &self,
        scope: &TenantScope,
        id: SegmentId,
        batches: &[RecordBatch],
        properties: &Properties,
    ) -> Result<Segment, LakeError> {
        let (objects, tenant) = (&self.inner.objects, scope.tenant());
        segment_file::write(objects, tenant, id, batches, properties, self.rollups)
    }

    /// Puts some segments of a tier together, if there are many. Answers how many it replaced.
    pub(super) async fn merge(&self, scope: &TenantScope) -> Result<usize, LakeError> {
        let store = self.inner.store.tenant(scope);
        let Some(replace) = merge::tier(&store.catalogue().await?.segments) else { return Ok(0) };
        self.rewrite(scope, replace).await
    }

    /// Writes the rows of some segments into one of the present schema. Answers how many it replaced:
    /// none, if another process was faster.
    pub(super) async fn rewrite(
        &self,
        scope: &TenantScope,
        replace: Vec<SegmentId>,
    ) -> Result<usize, LakeError> {
        let _turn = self.turn(scope.tenant()).await;
        let properties = self.declared(scope).await?;
        let (lake, owner, old) = (self.clone(), scope.clone(), replace.clone());
        let write = aside::keep_files(move || {
            let now = lake.inner.clock.now();
            let mut batches = Vec::new();
            for id in &old {
                batches.extend(segment_file::read(&lake.inner.objects, owner.tenant(), id)?);
            }
            let id = SegmentId::new(now, &lake.inner.entropy);
            lake.put(&owner, id, &batches, &properties)
        });
        let segment = write.await.map_err(|_| LakeError::Interrupted)??;
        let store = self.inner.store.tenant(scope);
        let done = store.commit_merge(&segment, &replace, self.inner.clock.now()).await?;
        let count = if done { replace.len() } else { 0 };
        self.settle(scope, Some(segment), &replace, done).await;
        Ok(count)
    }

    /// After a commit the replaced files are set aside; without one the new file goes, which nobody
    /// has heard of.
    pub(super) async fn settle(
        &self,
        scope: &TenantScope,
        written: Option<Segment>,
        replaced: &[SegmentId],
        done: bool,
    ) {
        let path = |id: &SegmentId| segment_file::relative_path(scope.tenant(), id);
        if done {
            replaced.iter().for_each(|id| self.inner.objects.set_aside(&path(id)));
        } else if let Some(segment) = written {
            for name in segment_file::paths(scope.tenant(), &segment.id) {
                if let Err(error) = self.inner.objects.remove(&name).await {
                    let cause = chain(&error);
                    tracing::warn!(cause, "a file that came too late is left to the sweep");
                }
            }
        }
    }
}
