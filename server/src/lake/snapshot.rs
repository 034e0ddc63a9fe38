//! What one tenant's lake holds at one moment: files, and the rows that are in none yet.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;

use super::readers::{Hold, Readers};
use super::rollup;
use super::segment_file::relative_path;
use super::tail::{Part, Tail};
use super::{Lake, LakeError};
use crate::ids::TenantId;
use crate::policy::TenantScope;
use crate::store::{Position, SEGMENT_FORMAT, Segment};

/// What an answer depends on besides the question and the model. It changes whenever an answer may
/// change, and stays when rows only move: from the tail into a file, or from file to file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// Counts erasures and the like.
    changes: i64,
    /// The last place of the raw log.
    appended: i64,
}

impl Version {
    pub(super) fn of(position: Position) -> Self {
        Self { changes: position.version, appended: position.appended }
    }
}

impl Version {
    /// The last place of the raw log.
    pub fn appended(self) -> i64 {
        self.appended
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.changes, self.appended)
    }
}

/// The live segments of one tenant and the rows behind them: each accepted event is in exactly one of
/// the two. Files stay readable until it is dropped.
#[derive(Debug)]
pub struct Snapshot {
    tenant: TenantId,
    version: Version,
    segments: Vec<Segment>,
    tail: Vec<RecordBatch>,
    span: Option<(i64, i64)>,
    _hold: Hold,
}

impl Snapshot {
    fn new(
        tenant: TenantId,
        version: Version,
        segments: Vec<Segment>,
        parts: &[Part],
        readers: &Arc<Readers>,
    ) -> Self {
        let hold = readers.hold(segments.iter().map(|segment| segment.id.clone()).collect());
        let first = parts.iter().map(|part| part.min_time).min();
        let span = first.zip(parts.iter().map(|part| part.max_time).max());
        let tail = parts.iter().map(|part| part.batch.clone()).collect();
        Self { tenant, version, segments, tail, span, _hold: hold }
    }

    /// Changes whenever an answer may change.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The live segments, the oldest events first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The rows that are in no segment yet, in the order in which they came; the columns are those of
    /// [`arrow_schema`](super::arrow_schema) without any declared property, no batch is empty.
    pub fn tail(&self) -> &[RecordBatch] {
        &self.tail
    }

    /// Earliest and latest event of the tail, microseconds since 1970. `None` if there is none.
    pub fn tail_span(&self) -> Option<(i64, i64)> {
        self.span
    }

    /// Where the file of a segment lies, relative to the lake's folder.
    pub fn path(&self, segment: &Segment) -> String {
        relative_path(&self.tenant, &segment.id)
    }

    /// Where the rollup of a segment lies that has one.
    pub fn rollup_path(&self, segment: &Segment) -> String {
        rollup::relative_path(&self.tenant, &segment.id)
    }
}

impl Lake {
    /// What one tenant's lake holds at this moment: every event that was accepted before the call, by
    /// this process or another one.
    ///
    /// # Errors
    /// [`LakeError`] if the control database fails, or a file where the tail is too long for memory.
    pub async fn snapshot(&self, scope: &TenantScope) -> Result<Snapshot, LakeError> {
        loop {
            let Some(snapshot) = self.try_snapshot(scope).await? else {
                // More is waiting than may be held in memory: whoever needs it helps to bring it in.
                self.flush(scope).await?;
                continue;
            };
            // Segments of an older build are rewritten before anything reads them, once in their life.
            let old = snapshot.segments.iter().find(|segment| segment.format < SEGMENT_FORMAT);
            let Some(old) = old.map(|segment| segment.id.clone()) else { return Ok(snapshot) };
            self.rewrite(scope, vec![old]).await?;
        }
    }

    /// `None`: the raw log is ahead by more than a tail may hold.
    async fn try_snapshot(&self, scope: &TenantScope) -> Result<Option<Snapshot>, LakeError> {
        let tails = &self.inner.tails;
        let entry = tails.entry(scope.tenant());
        // One at a time for a tenant: whoever comes meanwhile finds the rows loaded.
        let mut tail = entry.turn().await;
        let store = self.inner.store.tenant(scope);
        let known = |position| tail.known(position);
        let view = store.view(known, Tail::MOST_ROWS, Tail::MOST_BYTES).await?;
        if !view.complete {
            return Ok(None);
        }
        let known = tail.known(view.position);
        tail.follow(known, view.position, view.fresh).await?;
        if tail.bytes() > Tail::MOST_BYTES {
            return Ok(None);
        }
        if tail.bytes() > Tail::HEAVY_BYTES {
            self.inner.pressing.lock().insert(scope.tenant().clone());
        }
        tails.weigh(scope.tenant(), &entry, &tail);
        let version = Version::of(view.position);
        let (tenant, readers) = (scope.tenant().clone(), &self.inner.readers);
        Ok(Some(Snapshot::new(tenant, version, view.segments, tail.parts(), readers)))
    }
}
