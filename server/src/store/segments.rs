//! The catalogue of the lake: which Parquet files are live. A commit here is what makes a segment
//! exist, and it moves the lake's position in the raw log in the same transaction.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    TransactionTrait,
};

use super::dead_letters::{NewDeadLetter, insert_dead_letters};
use super::entity::segments;
use super::raw_log::statement;
use super::retired::retire;
use super::view::position;
use super::{StoreError, TenantStore};
use crate::ids::SegmentId;
use crate::model::Properties;

/// How segments are written today. Those of an older build have a smaller number: 1 had properties as
/// JSON text.
pub const SEGMENT_FORMAT: i64 = 2;

/// A live Parquet file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub id: SegmentId,
    /// Events in it.
    pub rows: i64,
    /// Size of the file.
    pub bytes: i64,
    /// Place in the raw log of its first event.
    pub first_seq: i64,
    /// Place in the raw log of its last event.
    pub last_seq: i64,
    /// Earliest event, microseconds since 1970.
    pub min_time: i64,
    /// Latest event, microseconds since 1970.
    pub max_time: i64,
    /// Which build's way of writing it has, see [`SEGMENT_FORMAT`].
    pub format: i64,
    /// The declared properties that have a column of their own in it.
    pub properties: Properties,
    /// Size of the rollup beside it; 0 if it has none.
    pub rollup_bytes: i64,
}

/// The live files of one tenant at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Counts the changes to what is stored that are no appends; see [`super::Position`].
    pub version: i64,
    /// The live files, the oldest events first.
    pub segments: Vec<Segment>,
}

/// A step of the lake along the raw log.
#[derive(Debug)]
pub struct Flush<'a> {
    /// Where the lake stood when the step was prepared.
    pub from: i64,
    /// Where it stands after it.
    pub through: i64,
    /// The new file, if any event was in the step.
    pub add: Option<&'a Segment>,
    /// Files whose events are in the new one.
    pub replace: &'a [SegmentId],
    /// Events that could not be taken into columns.
    pub dead: &'a [NewDeadLetter],
}

impl TenantStore<'_> {
    /// The live files and the version that they make.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        let read = self.store.read.begin().await?;
        let version = position(&read, self.tenant.as_str()).await?.version;
        let rows = segments::Entity::find()
            .filter(segments::Column::Tenant.eq(self.tenant.as_str()))
            .order_by_asc(segments::Column::MinTime)
            .order_by_asc(segments::Column::Id)
            .all(&read)
            .await?;
        read.commit().await?;
        let segments = rows.into_iter().map(shape).collect::<Result<_, _>>()?;
        Ok(Catalogue { version, segments })
    }

    /// Commits a step of the lake. The version stays: the rows were to be seen before, in the tail.
    /// `false`: another process was faster; nothing was written.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn commit_flush(
        &self,
        flush: &Flush<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const ADVANCE: &str = "\
            UPDATE lake_positions SET flushed = ? WHERE tenant = ? AND flushed = ?";
        let write = self.store.begin().await?;
        let values = [flush.through.into(), self.tenant.as_str().into(), flush.from.into()];
        let moved = write.execute_raw(statement(ADVANCE, values)).await?.rows_affected();
        if moved != 1 || !self.replace(&write, flush.replace, now).await? {
            write.rollback().await?;
            return Ok(false);
        }
        if let Some(segment) = flush.add {
            self.insert(&write, segment, now).await?;
        }
        insert_dead_letters(&write, self.tenant, flush.dead, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Puts one file in the place of several with the same events. The version stays: no answer
    /// changes. `false`: another process was faster; nothing was written.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn commit_merge(
        &self,
        add: &Segment,
        replace: &[SegmentId],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = self.store.begin().await?;
        if !self.replace(&write, replace, now).await? {
            write.rollback().await?;
            return Ok(false);
        }
        self.insert(&write, add, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Takes rows out and notes that their files went out of use; were they all still there?
    pub(super) async fn replace(
        &self,
        write: &DatabaseTransaction,
        replace: &[SegmentId],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if replace.is_empty() {
            return Ok(true);
        }
        let removed = segments::Entity::delete_many()
            .filter(segments::Column::Tenant.eq(self.tenant.as_str()))
            .filter(segments::Column::Id.is_in(replace.iter().map(SegmentId::as_str)))
            .exec(write)
            .await?
            .rows_affected;
        retire(write, self.tenant, replace, now).await?;
        Ok(removed == replace.len() as u64)
    }

    pub(super) async fn insert(
        &self,
        write: &DatabaseTransaction,
        segment: &Segment,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = segments::ActiveModel {
            tenant: Set(self.tenant.to_string()),
            id: Set(segment.id.to_string()),
            rows: Set(segment.rows),
            bytes: Set(segment.bytes),
            first_seq: Set(segment.first_seq),
            last_seq: Set(segment.last_seq),
            min_time: Set(segment.min_time),
            max_time: Set(segment.max_time),
            created_at: Set(now.as_microsecond()),
            format: Set(segment.format),
            properties: Set(segment.properties.to_string()),
            rollup_bytes: Set(segment.rollup_bytes),
        };
        segments::Entity::insert(row).exec_without_returning(write).await?;
        Ok(())
    }
}

pub(super) fn shape(row: segments::Model) -> Result<Segment, StoreError> {
    let id = row.id.parse().map_err(|_| StoreError::Corrupt("segment id"))?;
    let properties =
        row.properties.parse().map_err(|_| StoreError::Corrupt("list of a segment's columns"))?;
    Ok(Segment {
        id,
        rows: row.rows,
        bytes: row.bytes,
        first_seq: row.first_seq,
        last_seq: row.last_seq,
        min_time: row.min_time,
        max_time: row.max_time,
        format: row.format,
        properties,
        rollup_bytes: row.rollup_bytes,
    })
}
