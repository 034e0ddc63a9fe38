//! Keys that pages carry: the right to append a tenant's events.

use inlay_shared::PublicKey;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::entity::public_keys;
use super::{StoreError, SystemStore};
use crate::ids::{PublicKeyId, TenantId};

impl SystemStore<'_> {
    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn add_public_key(
        &self,
        tenant: &TenantId,
        key: &PublicKeyId,
        name: &str,
        now: Timestamp,
    ) -> Result<PublicKey, StoreError> {
        let row = public_keys::Model {
            id: key.to_string(),
            tenant: tenant.to_string(),
            name: name.to_owned(),
            bots: 0,
            created_at: now.as_microsecond(),
        };
        let active = row.clone().into_active_model();
        public_keys::Entity::insert(active).exec_without_returning(&self.store.write).await?;
        shape(row)
    }

    /// The tenant's keys in the order of their making, those after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn public_keys(
        &self,
        tenant: &TenantId,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<PublicKey>, StoreError> {
        let rows = public_keys::Entity::find()
            .filter(public_keys::Column::Tenant.eq(tenant.as_str()))
            .filter(public_keys::Column::Id.gt(after.unwrap_or("")))
            .order_by_asc(public_keys::Column::Id)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(shape).collect()
    }

    /// The tenant whose key this is.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenant_of_public_key(
        &self,
        key: &PublicKeyId,
    ) -> Result<Option<TenantId>, StoreError> {
        let row = public_keys::Entity::find_by_id(key.to_string()).one(&self.store.read).await?;
        row.map(|row| row.tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"))).transpose()
    }

    /// Takes the tenant's key back: from now on it opens nothing. False if there was no such key.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn remove_public_key(
        &self,
        tenant: &TenantId,
        key: &PublicKeyId,
    ) -> Result<bool, StoreError> {
        let gone = public_keys::Entity::delete_many()
            .filter(public_keys::Column::Tenant.eq(tenant.as_str()))
            .filter(public_keys::Column::Id.eq(key.as_str()))
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected > 0)
    }

    /// Adds to the count of bots that came with a key. A key that is gone counts nothing.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn count_bots(&self, key: &PublicKeyId, more: u64) -> Result<(), StoreError> {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        public_keys::Entity::update_many()
            .col_expr(public_keys::Column::Bots, Expr::col(public_keys::Column::Bots).add(more))
            .filter(public_keys::Column::Id.eq(key.as_str()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

fn shape(row: public_keys::Model) -> Result<PublicKey, StoreError> {
    let created_at = Timestamp::from_microsecond(row.created_at)
        .map_err(|_| StoreError::Corrupt("time of making"))?;
    Ok(PublicKey {
        key: row.id,
        name: row.name,
        bots: u64::try_from(row.bots).map_err(|_| StoreError::Corrupt("count of bots"))?,
        created_at: created_at.to_string(),
    })
}
