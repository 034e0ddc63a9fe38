//! Takes rows out of a tenant's lake for good: those of a person, or those before a time.
//!
//! The raw log goes first, then all files at once. Whoever asks meanwhile is answered from the files: as
//! if nothing had been taken out, until the one transaction that swaps them, and as if those rows had
//! never been there from then on. If the process dies before it, the files still tell which rows are
//! meant, and the work is done again from its start.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, filter_record_batch, not};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};

use super::{Lake, LakeError, segment_file};
use crate::aside;
use crate::ids::{ErasureId, SegmentId};
use crate::model::{Field, Properties};
use crate::policy::TenantScope;
use crate::store::{Removal, Segment};

/// So often a removal is tried against other processes.
const TRIES: usize = 5;

/// Which rows are taken out.
#[derive(Clone)]
pub(super) enum Doomed {
    /// Those of this person.
    Of(Arc<str>),
    /// Those of events before this time, in microseconds since 1970.
    Before(i64),
}

impl Doomed {
    /// The column that tells.
    fn field(&self) -> Field {
        match self {
            Self::Of(_) => Field::User,
            Self::Before(_) => Field::Time,
        }
    }

    /// Can any row of the segment be meant?
    fn touches(&self, segment: &Segment) -> bool {
        match self {
            Self::Of(_) => true,
            Self::Before(time) => segment.min_time < *time,
        }
    }

    /// Which rows are meant.
    fn mask(&self, batch: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let column = segment_file::column(batch, self.field());
        Ok(match self {
            Self::Of(user) => {
                let users: ArrayRef = cast(column, &DataType::Utf8)?;
                let users = users.as_string::<i32>();
                users.iter().map(|name| Some(name == Some(user.as_ref()))).collect()
            }
            Self::Before(time) => {
                let times = column.as_primitive::<TimestampMicrosecondType>();
                times.iter().map(|at| Some(at.is_some_and(|at| at < *time))).collect()
            }
        })
    }
}

/// A removal that is ready to be committed.
struct Cut {
    removal: Removal,
    /// Places in the raw log of the rows.
    places: Vec<i64>,
}

impl Lake {
    /// Takes rows out of the raw log and of every file. `erasure` is the order to do so; the ids of its
    /// events stay known as marks. Answers how many rows went.
    pub(super) async fn remove_rows(
        &self,
        scope: &TenantScope,
        doomed: &Doomed,
        erasure: Option<&ErasureId>,
    ) -> Result<i64, LakeError> {
        let store = self.inner.store.tenant(scope);
        for _ in 0..TRIES {
            let _turn = self.turn(scope.tenant()).await;
            let segments = store.catalogue().await?.segments;
            let properties = self.declared(scope).await?;
            let (lake, owner, which) = (self.clone(), scope.clone(), doomed.clone());
            let cut = aside::keep_files(move || lake.cut(&owner, &segments, &which, &properties));
            let Cut { removal, places } = cut.await.map_err(|_| LakeError::Interrupted)??;
            if removal.replace.is_empty() && erasure.is_none() {
                return Ok(0);
            }
            store.remove_raw(&places, erasure.is_some()).await?;
            let done = store.commit_removal(&removal, erasure, self.inner.clock.now()).await?;
            let Removal { replace, add, rows } = removal;
            if done {
                self.settle(scope, None, &replace, true).await;
                self.forget(scope.tenant());
                return Ok(rows);
            }
            for segment in add {
                self.settle(scope, Some(segment), &[], false).await;
            }
        }
        Err(LakeError::Contended)
    }

    /// Writes what is left of each file that has rows to take out.
    fn cut(
        &self,
        scope: &TenantScope,
        segments: &[Segment],
        doomed: &Doomed,
        properties: &Properties,
    ) -> Result<Cut, LakeError> {
        let mut cut = Cut { removal: Removal::default(), places: Vec::new() };
        for segment in segments.iter().filter(|segment| doomed.touches(segment)) {
            let before = cut.places.len();
            let objects = &self.inner.objects;
            let fields = [doomed.field(), Field::Seq];
            for batch in segment_file::columns(objects, scope.tenant(), &segment.id, &fields)? {
                let meant = filter_record_batch(&batch, &doomed.mask(&batch)?)?;
                let places = segment_file::column(&meant, Field::Seq);
                cut.places.extend(places.as_primitive::<Int64Type>().values());
            }
            let gone = i64::try_from(cut.places.len() - before).expect("a segment has few rows");
            if gone == 0 {
                continue;
            }
            cut.removal.rows += gone;
            cut.removal.replace.push(segment.id.clone());
            if gone < segment.rows {
                cut.removal.add.push(self.without(scope, &segment.id, doomed, properties)?);
            }
        }
        Ok(cut)
    }

    /// The same segment without these rows.
    fn without(
        &self,
        scope: &TenantScope,
        id: &SegmentId,
        doomed: &Doomed,
        properties: &Properties,
    ) -> Result<Segment, LakeError> {
        let objects = &self.inner.objects;
        let mut left = Vec::new();
        for batch in segment_file::read(objects, scope.tenant(), id)? {
            left.push(filter_record_batch(&batch, &not(&doomed.mask(&batch)?)?)?);
        }
        let id = SegmentId::new(self.inner.clock.now(), &self.inner.entropy);
        self.put(scope, id, &left, properties)
    }
}

#[cfg(test)]
mod tests;
