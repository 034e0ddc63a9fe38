//! Files of the lake that went out of use: they stay until nobody can be reading them.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::retired_segments::{Column, Entity};
use super::raw_log::statement;
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::{SegmentId, TenantId};

impl TenantStore<'_> {
    /// Segments that went out of use at `until` or before, the oldest first, and have not been removed.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn retired_segments(&self, until: Timestamp) -> Result<Vec<SegmentId>, StoreError> {
        let ids: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Tenant.eq(self.tenant.as_str()))
            .filter(Column::RetiredAt.lte(until.as_microsecond()))
            .order_by_asc(Column::RetiredAt)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        ids.iter().map(|id| id.parse().map_err(|_| StoreError::Corrupt("segment id"))).collect()
    }

    /// Forgets segments whose files were removed.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_retired(&self, segments: &[SegmentId]) -> Result<(), StoreError> {
        if segments.is_empty() {
            return Ok(());
        }
        Entity::delete_many()
            .filter(Column::Tenant.eq(self.tenant.as_str()))
            .filter(Column::Id.is_in(segments.iter().map(SegmentId::as_str)))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

impl SystemStore<'_> {
    /// Tenants with segments that went out of use at `until` or before, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenants_with_retired_segments(
        &self,
        until: Timestamp,
    ) -> Result<Vec<TenantId>, StoreError> {
        let tenants: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Tenant)
            .distinct()
            .filter(Column::RetiredAt.lte(until.as_microsecond()))
            .order_by_asc(Column::Tenant)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        tenants
            .into_iter()
            .map(|tenant| tenant.parse().map_err(|_| StoreError::Corrupt("tenant id")))
            .collect()
    }
}

/// Notes that these segments went out of use, in the transaction that takes them out of the catalogue.
pub(super) async fn retire(
    write: &impl ConnectionTrait,
    tenant: &TenantId,
    segments: &[SegmentId],
    now: Timestamp,
) -> Result<(), StoreError> {
    const RETIRE: &str =
        "INSERT OR IGNORE INTO retired_segments (tenant, id, retired_at) VALUES (?, ?, ?)";
    for id in segments {
        let values = [tenant.as_str().into(), id.as_str().into(), now.as_microsecond().into()];
        write.execute_raw(statement(RETIRE, values)).await?;
    }
    Ok(())
}
