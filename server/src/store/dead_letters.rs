//! Events that were refused, kept as they came.

use inlay_shared::{DeadLetter, DeadLetterReason};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::dead_letters;
use super::raw_log::statement;
use super::{StoreError, TenantStore};
use crate::ids::{DeadLetterId, SourceName, TenantId};

/// A refused event on its way into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeadLetter {
    /// Its id.
    pub id: DeadLetterId,
    /// Stable code of the reason.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The event as it came, without network addresses.
    pub body: String,
    /// The source that it named.
    pub source: Option<SourceName>,
}

/// A letter as it is judged anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLetter {
    /// Its id.
    pub id: DeadLetterId,
    /// The event as it came.
    pub body: String,
    /// The source that it named.
    pub source: Option<SourceName>,
}

impl TenantStore<'_> {
    /// Refused events, the newest first, those before the id `before`, at most `limit`; those of one
    /// reason only, if `code` says which.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dead_letters(
        &self,
        code: Option<&str>,
        before: Option<&str>,
        limit: u64,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let mut find = dead_letters::Entity::find()
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()));
        if let Some(code) = code {
            find = find.filter(dead_letters::Column::Code.eq(code));
        }
        if let Some(before) = before {
            find = find.filter(dead_letters::Column::Id.lt(before));
        }
        let rows =
            find.order_by_desc(dead_letters::Column::Id).limit(limit).all(&self.store.read).await?;
        rows.into_iter().map(shape).collect()
    }

    /// One refused event.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dead_letter(&self, id: &DeadLetterId) -> Result<Option<DeadLetter>, StoreError> {
        let key = (self.tenant.to_string(), id.to_string());
        let row = dead_letters::Entity::find_by_id(key).one(&self.store.read).await?;
        row.map(shape).transpose()
    }

    /// How many letters there are of each reason, the most frequent first.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dead_letter_reasons(&self) -> Result<Vec<DeadLetterReason>, StoreError> {
        #[derive(FromQueryResult)]
        struct Reason {
            code: String,
            letters: i64,
            first_at: i64,
            last_at: i64,
        }
        const COUNT: &str = "\
            SELECT code, count(*) AS letters, min(received_at) AS first_at, \
                max(received_at) AS last_at \
            FROM dead_letters WHERE tenant = ? GROUP BY code ORDER BY letters DESC, code";
        let find = Reason::find_by_statement(statement(COUNT, [self.tenant.as_str().into()]));
        let shape = |reason: Reason| {
            Ok(DeadLetterReason {
                code: reason.code,
                count: u64::try_from(reason.letters).map_err(|_| StoreError::Corrupt("count"))?,
                first_at: instant(reason.first_at)?,
                last_at: instant(reason.last_at)?,
            })
        };
        find.all(&self.store.read).await?.into_iter().map(shape).collect()
    }

    /// One letter to be judged anew.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn letter(&self, id: &DeadLetterId) -> Result<Option<StoredLetter>, StoreError> {
        let key = (self.tenant.to_string(), id.to_string());
        let row = dead_letters::Entity::find_by_id(key).one(&self.store.read).await?;
        row.map(stored).transpose()
    }

    /// Letters of one reason, the oldest first, those after the id `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn letters_of(
        &self,
        code: &str,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<StoredLetter>, StoreError> {
        let rows = dead_letters::Entity::find()
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dead_letters::Column::Code.eq(code))
            .filter(dead_letters::Column::Id.gt(after.unwrap_or_default()))
            .order_by_asc(dead_letters::Column::Id)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(stored).collect()
    }
}

pub(super) async fn insert_dead_letters(
    write: &impl ConnectionTrait,
    tenant: &TenantId,
    dead: &[NewDeadLetter],
    now: Timestamp,
) -> Result<(), StoreError> {
    const INSERT: &str = "\
        INSERT INTO dead_letters (tenant, id, received_at, code, detail, body, source) \
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    for letter in dead {
        let values = [
            tenant.as_str().into(),
            letter.id.as_str().into(),
            now.as_microsecond().into(),
            letter.code.as_str().into(),
            letter.detail.as_str().into(),
            letter.body.as_str().into(),
            letter.source.as_ref().map(SourceName::as_str).into(),
        ];
        write.execute_raw(statement(INSERT, values)).await?;
    }
    Ok(())
}

fn shape(row: dead_letters::Model) -> Result<DeadLetter, StoreError> {
    let event =
        serde_json::from_str(&row.body).unwrap_or_else(|_| serde_json::Value::String(row.body));
    Ok(DeadLetter {
        id: row.id,
        received_at: instant(row.received_at)?,
        code: row.code,
        detail: row.detail,
        source: row.source,
        event,
    })
}

fn stored(row: dead_letters::Model) -> Result<StoredLetter, StoreError> {
    let id = row.id.parse().map_err(|_| StoreError::Corrupt("dead letter's id"))?;
    let source = row.source.map(|source| source.parse()).transpose();
    let source = source.map_err(|_| StoreError::Corrupt("source"))?;
    Ok(StoredLetter { id, body: row.body, source })
}

fn instant(micros: i64) -> Result<String, StoreError> {
    let at = Timestamp::from_microsecond(micros);
    Ok(at.map_err(|_| StoreError::Corrupt("time of a dead letter"))?.to_string())
}
