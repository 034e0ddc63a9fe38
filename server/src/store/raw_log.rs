//! The raw log: each accepted event as it came, durable before it is answered.

use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, TransactionTrait, Value,
};

use super::entity::{lake_positions, raw_events};
use super::mappings::{SourceMapping, Versions};
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;

/// An event on its way into the raw log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The sender's id; the same one is taken once.
    pub id: String,
    /// The JSON text as it came, without network addresses.
    pub body: String,
    /// The source that it names and the rules by which it was accepted.
    pub sent: Option<Arc<SourceMapping>>,
}

/// An event of the raw log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Its place in the tenant's log.
    pub seq: i64,
    /// When it came, microseconds since 1970.
    pub received_at: i64,
    /// The JSON text as it came, without network addresses.
    pub body: String,
    /// The source that it names and the rules by which it was accepted, which are those that it is
    /// always read by.
    pub sent: Option<Arc<SourceMapping>>,
}

/// What the lake has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The last place that the lake has.
    pub flushed: i64,
    /// The last place that `events` reaches; the lake has everything up to there once it has these.
    pub through: i64,
    /// The events between, in order.
    pub events: Vec<RawEvent>,
    /// There were more than could be taken at once.
    pub more: bool,
}

/// A tenant whose raw log is ahead of its lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Whose.
    pub tenant: TenantId,
    /// The last place that is in a segment.
    pub flushed: i64,
    /// Places behind it; a little more than the rows, where there were duplicates.
    pub rows: i64,
}

impl TenantStore<'_> {
    /// What the lake has not taken yet: at most `most_rows` events of about `most_bytes` together.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn pending(&self, most_rows: u64, most_bytes: usize) -> Result<Pending, StoreError> {
        let read = self.store.read.begin().await?;
        let Some(position) =
            lake_positions::Entity::find_by_id(self.tenant.to_string()).one(&read).await?
        else {
            return Ok(Pending { flushed: 0, through: 0, events: Vec::new(), more: false });
        };
        let mut pending = Pending {
            flushed: position.flushed,
            through: position.flushed,
            events: Vec::new(),
            more: false,
        };
        let mut bytes = 0;
        loop {
            let step = Ord::min(most_rows.saturating_sub(pending.events.len() as u64), STEP_ROWS);
            let rows = events(&read, self.tenant, pending.through, position.appended, step).await?;
            let last = (rows.len() as u64) < step;
            for event in rows {
                bytes += event.body.len();
                pending.through = event.seq;
                pending.events.push(event);
            }
            if last {
                // Places of duplicates hold nothing: the log ends where its position says.
                pending.through = position.appended;
            }
            if last || bytes >= most_bytes || pending.events.len() as u64 >= most_rows {
                pending.more = pending.through < position.appended;
                read.commit().await?;
                return Ok(pending);
            }
        }
    }
}

impl SystemStore<'_> {
    /// Tenants whose raw log is ahead of their lake, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn backlogs(&self) -> Result<Vec<Backlog>, StoreError> {
        let rows: Vec<(String, i64, i64)> = lake_positions::Entity::find()
            .select_only()
            .columns([
                lake_positions::Column::Tenant,
                lake_positions::Column::Appended,
                lake_positions::Column::Flushed,
            ])
            .filter(
                Expr::col(lake_positions::Column::Appended)
                    .gt(Expr::col(lake_positions::Column::Flushed)),
            )
            .order_by_asc(lake_positions::Column::Tenant)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let backlog = |(tenant, appended, flushed): (String, i64, i64)| {
            let tenant = tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"))?;
            Ok(Backlog { tenant, flushed, rows: appended - flushed })
        };
        rows.into_iter().map(backlog).collect()
    }
}

/// Events at the places `(after, through]`, in order, at most `limit`.
pub(super) async fn events(
    read: &impl ConnectionTrait,
    tenant: &TenantId,
    after: i64,
    through: i64,
    limit: u64,
) -> Result<Vec<RawEvent>, StoreError> {
    type Row = (i64, i64, String, Option<String>, Option<i64>);
    let rows: Vec<Row> = raw_events::Entity::find()
        .select_only()
        .columns([
            raw_events::Column::Seq,
            raw_events::Column::ReceivedAt,
            raw_events::Column::Body,
            raw_events::Column::Source,
            raw_events::Column::Mapping,
        ])
        .filter(raw_events::Column::Tenant.eq(tenant.as_str()))
        .filter(raw_events::Column::Seq.gt(after))
        .filter(raw_events::Column::Seq.lte(through))
        .order_by_asc(raw_events::Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(read)
        .await?;
    let mut versions = Versions::default();
    let mut events = Vec::with_capacity(rows.len());
    for (seq, received_at, body, source, version) in rows {
        let sent = match source.zip(version) {
            None => None,
            Some((source, version)) => Some(versions.find(read, tenant, source, version).await?),
        };
        events.push(RawEvent { seq, received_at, body, sent });
    }
    Ok(events)
}

/// Rows read at once while a flush collects its events.
const STEP_ROWS: u64 = 4_096;

pub(super) fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
