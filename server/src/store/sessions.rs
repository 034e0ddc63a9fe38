//! Embed sessions that were ended before their time.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entity::revoked_sessions;
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::{SessionId, TenantId};

impl TenantStore<'_> {
    /// Ends a session. `expires_at` is when its last token dies anyway; then the row may go.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn revoke_session(
        &self,
        session: &SessionId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = revoked_sessions::ActiveModel {
            tenant: Set(self.tenant.to_string()),
            session: Set(session.to_string()),
            expires_at: Set(expires_at.as_microsecond()),
        };
        let known = OnConflict::columns([
            revoked_sessions::Column::Tenant,
            revoked_sessions::Column::Session,
        ])
        .do_nothing()
        .to_owned();
        revoked_sessions::Entity::insert(row)
            .on_conflict(known)
            .exec_without_returning(&self.store.write)
            .await?;
        self.store.changed(self.tenant);
        Ok(())
    }
}

impl SystemStore<'_> {
    /// Was this session of this tenant ended?
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn session_is_revoked(
        &self,
        tenant: &TenantId,
        session: &SessionId,
    ) -> Result<bool, StoreError> {
        let key = (tenant.to_string(), session.to_string());
        Ok(revoked_sessions::Entity::find_by_id(key).one(&self.store.read).await?.is_some())
    }

    /// Forgets revocations of tokens that are dead anyway.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_dead_revocations(&self, now: Timestamp) -> Result<(), StoreError> {
        revoked_sessions::Entity::delete_many()
            .filter(revoked_sessions::Column::ExpiresAt.lt(now.as_microsecond()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}
