//! The raw log: each accepted event as it came, durable before it is answered.

use std::sync::LazyLock;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, TransactionTrait, Value,
};

use super::dead_letters::{NewDeadLetter, insert_dead_letters};
use super::entity::{lake_positions, raw_events};
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;

/// An event on its way into the raw log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The sender's id; the same one is taken once.
    pub id: String,
    /// The JSON text as it came.
    pub body: String,
}

/// An event of the raw log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Its place in the tenant's log.
    pub seq: i64,
    /// When it came, microseconds since 1970.
    pub received_at: i64,
    /// The JSON text as it came.
    pub body: String,
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

impl TenantStore<'_> {
    /// Appends events and dead letters in one transaction, committed and synced when this returns.
    /// The answer counts the events that were new.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn append(
        &self,
        events: &[NewEvent],
        dead: &[NewDeadLetter],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let write = self.store.begin().await?;
        let appended = self.appended(&write).await?;
        let mut inserted = 0;
        let (mut rest, mut seq) = (events, appended);
        while !rest.is_empty() {
            let (size, sql) = largest_step(rest.len());
            let (step, after) = rest.split_at(size);
            let mut values: Vec<Value> = Vec::with_capacity(size * 5);
            for event in step {
                seq += 1;
                values.extend([
                    self.tenant.as_str().into(),
                    seq.into(),
                    event.id.as_str().into(),
                    now.as_microsecond().into(),
                    event.body.as_str().into(),
                ]);
            }
            inserted += write.execute_raw(statement(sql, values)).await?.rows_affected();
            rest = after;
        }
        if inserted > 0 {
            write
                .execute_raw(statement(ADVANCE, [self.tenant.as_str().into(), seq.into()]))
                .await?;
        }
        insert_dead_letters(&write, self.tenant, dead, now).await?;
        write.commit().await?;
        Ok(inserted)
    }

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

    async fn appended(&self, write: &DatabaseTransaction) -> Result<i64, StoreError> {
        let position =
            lake_positions::Entity::find_by_id(self.tenant.to_string()).one(write).await?;
        Ok(position.map_or(0, |position| position.appended))
    }
}

impl SystemStore<'_> {
    /// Tenants whose raw log is ahead of their lake, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenants_with_pending_events(&self) -> Result<Vec<TenantId>, StoreError> {
        let tenants: Vec<String> = lake_positions::Entity::find()
            .select_only()
            .column(lake_positions::Column::Tenant)
            .filter(
                Expr::col(lake_positions::Column::Appended)
                    .gt(Expr::col(lake_positions::Column::Flushed)),
            )
            .order_by_asc(lake_positions::Column::Tenant)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        tenants
            .into_iter()
            .map(|tenant| tenant.parse().map_err(|_| StoreError::Corrupt("tenant id")))
            .collect()
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
    let rows: Vec<(i64, i64, String)> = raw_events::Entity::find()
        .select_only()
        .columns([
            raw_events::Column::Seq,
            raw_events::Column::ReceivedAt,
            raw_events::Column::Body,
        ])
        .filter(raw_events::Column::Tenant.eq(tenant.as_str()))
        .filter(raw_events::Column::Seq.gt(after))
        .filter(raw_events::Column::Seq.lte(through))
        .order_by_asc(raw_events::Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(read)
        .await?;
    let event = |(seq, received_at, body)| RawEvent { seq, received_at, body };
    Ok(rows.into_iter().map(event).collect())
}

/// Rows read at once while a flush collects its events.
const STEP_ROWS: u64 = 4_096;

const ADVANCE: &str = "\
    INSERT INTO lake_positions (tenant, appended, flushed, version) VALUES (?, ?, 0, 0) \
    ON CONFLICT (tenant) DO UPDATE SET appended = excluded.appended";

/// Statements of so many rows, the largest first: few different ones, so that each stays prepared.
static STEPS: LazyLock<[(usize, String); 9]> = LazyLock::new(|| {
    [256, 128, 64, 32, 16, 8, 4, 2, 1].map(|rows| {
        let values = vec!["(?, ?, ?, ?, ?)"; rows].join(", ");
        let sql = format!(
            "INSERT INTO raw_events (tenant, seq, event_id, received_at, body) VALUES {values} \
             ON CONFLICT (tenant, event_id) DO NOTHING"
        );
        (rows, sql)
    })
});

fn largest_step(rows: usize) -> (usize, &'static str) {
    let (size, sql) =
        STEPS.iter().find(|(size, _)| *size <= rows).expect("there is a step of one row");
    (*size, sql)
}

pub(super) fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
