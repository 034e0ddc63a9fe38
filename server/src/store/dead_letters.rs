//! Events that were refused, kept as they came.

use inlay_shared::DeadLetter;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::dead_letters;
use super::raw_log::statement;
use super::{StoreError, TenantStore};
use crate::ids::{DeadLetterId, TenantId};

/// A refused event on its way into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeadLetter {
    /// Its id.
    pub id: DeadLetterId,
    /// Stable code of the reason.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The event as it came.
    pub body: String,
}

impl TenantStore<'_> {
    /// Refused events, the newest first, those before the id `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dead_letters(
        &self,
        before: Option<&str>,
        limit: u64,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let mut find = dead_letters::Entity::find()
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()));
        if let Some(before) = before {
            find = find.filter(dead_letters::Column::Id.lt(before));
        }
        let rows =
            find.order_by_desc(dead_letters::Column::Id).limit(limit).all(&self.store.read).await?;
        rows.into_iter().map(shape).collect()
    }
}

pub(super) async fn insert_dead_letters(
    write: &impl ConnectionTrait,
    tenant: &TenantId,
    dead: &[NewDeadLetter],
    now: Timestamp,
) -> Result<(), StoreError> {
    const INSERT: &str = "\
        INSERT INTO dead_letters (tenant, id, received_at, code, detail, body) \
        VALUES (?, ?, ?, ?, ?, ?)";
    for letter in dead {
        let values = [
            tenant.as_str().into(),
            letter.id.as_str().into(),
            now.as_microsecond().into(),
            letter.code.as_str().into(),
            letter.detail.as_str().into(),
            letter.body.as_str().into(),
        ];
        write.execute_raw(statement(INSERT, values)).await?;
    }
    Ok(())
}

fn shape(row: dead_letters::Model) -> Result<DeadLetter, StoreError> {
    let received_at = Timestamp::from_microsecond(row.received_at)
        .map_err(|_| StoreError::Corrupt("time of a dead letter"))?;
    let event =
        serde_json::from_str(&row.body).unwrap_or_else(|_| serde_json::Value::String(row.body));
    Ok(DeadLetter {
        id: row.id,
        received_at: received_at.to_string(),
        code: row.code,
        detail: row.detail,
        event,
    })
}
