//! How long each tenant's events are kept.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{dead_letters, lake_positions, raw_events, tenant_retention};
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;

/// Rows that are looked at in one step.
const STEP: u64 = 2_000;

impl SystemStore<'_> {
    /// Sets for how many days a tenant's events are kept; `None` is forever.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn set_retention(
        &self,
        tenant: &TenantId,
        days: Option<u32>,
    ) -> Result<(), StoreError> {
        let Some(days) = days else {
            let gone = tenant_retention::Entity::delete_by_id(tenant.to_string());
            gone.exec(&self.store.write).await?;
            return Ok(());
        };
        let row = tenant_retention::ActiveModel {
            tenant: Set(tenant.to_string()),
            days: Set(days.into()),
        };
        let replace = OnConflict::column(tenant_retention::Column::Tenant)
            .update_column(tenant_retention::Column::Days)
            .to_owned();
        tenant_retention::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// For how many days a tenant's events are kept; `None` is forever.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn retention(&self, tenant: &TenantId) -> Result<Option<u32>, StoreError> {
        let row = tenant_retention::Entity::find_by_id(tenant.to_string());
        let row = row.one(&self.store.read).await?;
        row.map(|row| days(row.days)).transpose()
    }

    /// Every tenant whose events are not kept forever, with the number of days.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn retentions(&self) -> Result<Vec<(TenantId, u32)>, StoreError> {
        let rows = tenant_retention::Entity::find()
            .order_by_asc(tenant_retention::Column::Tenant)
            .all(&self.store.read)
            .await?;
        let read = |row: tenant_retention::Model| {
            let tenant = row.tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"))?;
            Ok((tenant, days(row.days)?))
        };
        rows.into_iter().map(read).collect()
    }
}

impl TenantStore<'_> {
    /// Takes out the dead letters that came before a time.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn remove_letters_before(&self, before: Timestamp) -> Result<(), StoreError> {
        dead_letters::Entity::delete_many()
            .filter(dead_letters::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dead_letters::Column::ReceivedAt.lt(before.as_microsecond()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// Takes events out of the raw log that came before a time, of those that the lake has followed.
    /// Their own times were looked at before; this is for those that never became rows.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails. What was taken out until then stays out.
    pub async fn remove_raw_before(&self, before: Timestamp) -> Result<(), StoreError> {
        let position = lake_positions::Entity::find_by_id(self.tenant.to_string());
        let Some(position) = position.one(&self.store.read).await? else { return Ok(()) };
        loop {
            // They came in the order of their places, so the oldest are the first.
            let first: Vec<(i64, i64)> = raw_events::Entity::find()
                .select_only()
                .columns([raw_events::Column::Seq, raw_events::Column::ReceivedAt])
                .filter(raw_events::Column::Tenant.eq(self.tenant.as_str()))
                .filter(raw_events::Column::Seq.lte(position.flushed))
                .order_by_asc(raw_events::Column::Seq)
                .limit(STEP)
                .into_tuple()
                .all(&self.store.read)
                .await?;
            let old = first.iter().take_while(|(_, came)| *came < before.as_microsecond());
            let places: Vec<i64> = old.map(|(seq, _)| *seq).collect();
            self.remove_raw(&places, false).await?;
            if (places.len() as u64) < STEP {
                return Ok(());
            }
        }
    }
}

fn days(stored: i64) -> Result<u32, StoreError> {
    u32::try_from(stored).map_err(|_| StoreError::Corrupt("number of days"))
}
