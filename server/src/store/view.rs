//! The lake of one tenant and what its raw log has beyond it, as they are at one moment.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, TransactionTrait,
};

use super::entity::{lake_positions, segments};
use super::raw_log::{self, RawEvent};
use super::segments::{Segment, shape};
use super::{StoreError, TenantStore};

/// Rows read at once while a view collects its events.
const STEP_ROWS: u64 = 4_096;

/// How far one tenant's raw log and lake have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// The last place of the raw log.
    pub appended: i64,
    /// The last place that is in a segment.
    pub flushed: i64,
    /// Counts the changes to what is stored that are no appends: what was read before one may be
    /// wrong after it. An erasure adds one in its own transaction; a flush or a merge only moves rows.
    pub version: i64,
}

/// Everything that one tenant's answers are made of, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Where raw log and lake stand.
    pub position: Position,
    /// The live segments, the oldest events first.
    pub segments: Vec<Segment>,
    /// Events behind the place that was asked for, in order.
    pub fresh: Vec<RawEvent>,
    /// `fresh` reaches the end of the raw log. Otherwise there was more than may be read at once.
    pub complete: bool,
}

impl TenantStore<'_> {
    /// Where the tenant's raw log and lake stand.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn position(&self) -> Result<Position, StoreError> {
        position(&self.store.read, self.tenant.as_str()).await
    }

    /// Reads position, segments and the events behind the place that `known` gives for the position:
    /// what is up to there the caller has already. At most `most_rows` events of about `most_bytes`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn view(
        &self,
        known: impl FnOnce(Position) -> i64,
        most_rows: u64,
        most_bytes: usize,
    ) -> Result<View, StoreError> {
        let read = self.store.read.begin().await?;
        let position = position(&read, self.tenant.as_str()).await?;
        let rows = segments::Entity::find()
            .filter(segments::Column::Tenant.eq(self.tenant.as_str()))
            .order_by_asc(segments::Column::MinTime)
            .order_by_asc(segments::Column::Id)
            .all(&read)
            .await?;
        let segments = rows.into_iter().map(shape).collect::<Result<_, _>>()?;
        let mut view = View { position, segments, fresh: Vec::new(), complete: true };
        let (mut after, mut bytes) = (known(position), 0);
        while after < position.appended {
            if bytes >= most_bytes || view.fresh.len() as u64 >= most_rows {
                view.complete = false;
                break;
            }
            let step = Ord::min(most_rows - view.fresh.len() as u64, STEP_ROWS);
            let events =
                raw_log::events(&read, self.tenant, after, position.appended, step).await?;
            if (events.len() as u64) < step {
                after = position.appended;
            } else if let Some(last) = events.last() {
                after = last.seq;
            }
            bytes += events.iter().map(|event| event.body.len()).sum::<usize>();
            view.fresh.extend(events);
        }
        read.commit().await?;
        Ok(view)
    }
}

pub(super) async fn position(
    read: &impl ConnectionTrait,
    tenant: &str,
) -> Result<Position, StoreError> {
    let row = lake_positions::Entity::find_by_id(tenant.to_owned()).one(read).await?;
    Ok(row.map_or_else(Position::default, |row| Position {
        appended: row.appended,
        flushed: row.flushed,
        version: row.version,
    }))
}
