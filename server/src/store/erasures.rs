//! Erasures of people: what was asked for, how far it has come, and what goes from the raw log and the
//! dead letters.

use inlay_shared::{Erasure, ErasureState};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{dead_letters, erased_events, erasures, raw_events};
use super::raw_log::RawEvent;
use super::{StoreError, SystemStore, TenantStore, raw_log};
use crate::ids::{ErasureId, TenantId};

/// Events that are taken out of the raw log in one transaction: others write in between.
const STEP: usize = 2_000;

/// An erasure that is not finished. Its Debug tells nothing of the person.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenErasure {
    /// Its id.
    pub id: ErasureId,
    /// The person's id, until it is no longer needed.
    pub subject: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the person was taken out of everything that is read.
    pub erased_at: Option<Timestamp>,
}

impl std::fmt::Debug for OpenErasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenErasure").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A dead letter, to look through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// Its id.
    pub id: String,
    /// The event as it came.
    pub body: String,
}

impl TenantStore<'_> {
    /// Writes down that a person is to be erased.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn request_erasure(
        &self,
        id: &ErasureId,
        subject: &str,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        let row = erasures::ActiveModel {
            tenant: Set(self.tenant.to_string()),
            id: Set(id.to_string()),
            subject: Set(Some(subject.to_owned())),
            events: Set(0),
            requested_at: Set(now.as_microsecond()),
            erased_at: Set(None),
            finished_at: Set(None),
        };
        erasures::Entity::insert(row).exec_without_returning(&self.store.write).await?;
        Ok(Erasure {
            id: id.to_string(),
            state: ErasureState::Pending,
            events: 0,
            requested_at: now.to_string(),
            erased_at: None,
            finished_at: None,
        })
    }

    /// Erasures, the newest first, those before the id `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn erasures(
        &self,
        before: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Erasure>, StoreError> {
        let mut find =
            erasures::Entity::find().filter(erasures::Column::Tenant.eq(self.tenant.as_str()));
        if let Some(before) = before {
            find = find.filter(erasures::Column::Id.lt(before));
        }
        let rows =
            find.order_by_desc(erasures::Column::Id).limit(limit).all(&self.store.read).await?;
        rows.into_iter().map(shape).collect()
    }

    /// One erasure, if there is such a one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn erasure(&self, id: &ErasureId) -> Result<Option<Erasure>, StoreError> {
        let key = (self.tenant.to_string(), id.to_string());
        erasures::Entity::find_by_id(key).one(&self.store.read).await?.map(shape).transpose()
    }

    /// The erasures that are not finished, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn open_erasures(&self) -> Result<Vec<OpenErasure>, StoreError> {
        let rows = erasures::Entity::find()
            .filter(erasures::Column::Tenant.eq(self.tenant.as_str()))
            .filter(erasures::Column::FinishedAt.is_null())
            .order_by_asc(erasures::Column::Id)
            .all(&self.store.read)
            .await?;
        let open = |row: erasures::Model| {
            Ok(OpenErasure {
                id: row.id.parse().map_err(|_| StoreError::Corrupt("erasure id"))?,
                subject: row.subject,
                requested_at: time(row.requested_at)?,
                erased_at: row.erased_at.map(time).transpose()?,
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Forgets whom an erasure was about.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_subject(&self, id: &ErasureId) -> Result<(), StoreError> {
        self.change(id, erasures::Column::Subject, Expr::value(None::<String>)).await
    }

    /// Writes down that nothing of the person is left.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn finish_erasure(&self, id: &ErasureId, now: Timestamp) -> Result<(), StoreError> {
        self.change(id, erasures::Column::FinishedAt, Expr::value(now.as_microsecond())).await
    }

    async fn change(
        &self,
        id: &ErasureId,
        column: erasures::Column,
        value: Expr,
    ) -> Result<(), StoreError> {
        erasures::Entity::update_many()
            .col_expr(column, value)
            .filter(erasures::Column::Tenant.eq(self.tenant.as_str()))
            .filter(erasures::Column::Id.eq(id.as_str()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// Takes events out of the raw log by their places. `remember`: their ids stay known as marks, so
    /// that a late retry of one is a duplicate as before.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails. What was taken out until then stays out.
    pub async fn remove_raw(&self, places: &[i64], remember: bool) -> Result<(), StoreError> {
        for step in places.chunks(STEP) {
            let write = self.store.begin().await?;
            if remember {
                let ids: Vec<String> = raw_events::Entity::find()
                    .select_only()
                    .column(raw_events::Column::EventId)
                    .filter(raw_events::Column::Tenant.eq(self.tenant.as_str()))
                    .filter(raw_events::Column::Seq.is_in(step.iter().copied()))
                    .into_tuple()
                    .all(&write)
                    .await?;
                for id in ids {
                    let row = erased_events::ActiveModel {
                        tenant: Set(self.tenant.to_string()),
                        mark: Set(self.store.marks.event(self.tenant, &id)),
                    };
                    erased_events::Entity::insert(row)
                        .on_conflict(OnConflict::new().do_nothing().to_owned())
                        .exec_without_returning(&write)
                        .await?;
                }
            }
            raw_events::Entity::delete_many()
                .filter(raw_events::Column::Tenant.eq(self.tenant.as_str()))
                .filter(raw_events::Column::Seq.is_in(step.iter().copied()))
                .exec(&write)
                .await?;
            write.commit().await?;
        }
        Ok(())
    }

    /// Events of the raw log behind `after` whose text has one of `words` in it, in order, with the
    /// last place that was looked at; `None` there once the end was reached.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn raw_events_with(
        &self,
        words: &[String],
        after: i64,
    ) -> Result<(Vec<RawEvent>, Option<i64>), StoreError> {
        const LOOK_AT: u64 = 20_000;
        let read = &self.store.read;
        let looked_at = raw_log::events(read, self.tenant, after, i64::MAX, LOOK_AT).await?;
        let last = looked_at.last().map(|event| event.seq);
        let has = |event: &RawEvent| words.iter().any(|word| event.body.contains(word));
        let found = looked_at.into_iter().filter(has).collect();
        Ok((found, last))
    }

    /// Dead letters behind the id `after`, in order, at most a thousand.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn letter_texts(&self, after: &str) -> Result<Vec<LetterText>, StoreError> {
        let rows: Vec<(String, String)> = dead_letters::Entity::find()
            .select_only()
            .columns([dead_letters::Column::Id, dead_letters::Column::Body])
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dead_letters::Column::Id.gt(after))
            .order_by_asc(dead_letters::Column::Id)
            .limit(1_000)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(|(id, body)| LetterText { id, body }).collect())
    }

    /// Takes dead letters out.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn remove_letters(&self, ids: &[String]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        dead_letters::Entity::delete_many()
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dead_letters::Column::Id.is_in(ids))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

impl SystemStore<'_> {
    /// Tenants with erasures that are not finished, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenants_with_open_erasures(&self) -> Result<Vec<TenantId>, StoreError> {
        let tenants: Vec<String> = erasures::Entity::find()
            .select_only()
            .column(erasures::Column::Tenant)
            .distinct()
            .filter(erasures::Column::FinishedAt.is_null())
            .order_by_asc(erasures::Column::Tenant)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let parse = |tenant: String| tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"));
        tenants.into_iter().map(parse).collect()
    }
}

pub(super) fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt("time of an erasure"))
}

fn shape(row: erasures::Model) -> Result<Erasure, StoreError> {
    let shown = |micros: Option<i64>| micros.map(time).transpose();
    let (erased_at, finished_at) = (shown(row.erased_at)?, shown(row.finished_at)?);
    Ok(Erasure {
        id: row.id,
        state: ErasureState::of(erased_at.is_some(), finished_at.is_some()),
        events: u64::try_from(row.events).unwrap_or(0),
        requested_at: time(row.requested_at)?.to_string(),
        erased_at: erased_at.map(|time| time.to_string()),
        finished_at: finished_at.map(|time| time.to_string()),
    })
}
