//! Keys that sign tokens.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, QueryOrder};

use super::entity::signing_keys;
use super::{StoreError, SystemStore};

/// A stored key pair. Its Debug is opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// JWS algorithm (RFC 7518), such as `ES256`.
    pub algorithm: String,
    /// PKCS #8, base64url.
    pub private_key: String,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SystemStore<'_> {
    /// Every signing key, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let rows = signing_keys::Entity::find()
            .order_by_asc(signing_keys::Column::CreatedAt)
            .order_by_asc(signing_keys::Column::Kid)
            .all(&self.store.read)
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredKey {
                kid: row.kid,
                algorithm: row.algorithm,
                private_key: row.private_key,
            })
            .collect())
    }

    /// Adds a signing key.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn add_signing_key(&self, key: &StoredKey, now: Timestamp) -> Result<(), StoreError> {
        let row = signing_keys::ActiveModel {
            kid: Set(key.kid.clone()),
            algorithm: Set(key.algorithm.clone()),
            private_key: Set(key.private_key.clone()),
            created_at: Set(now.as_microsecond()),
        };
        signing_keys::Entity::insert(row)
            .on_conflict(OnConflict::column(signing_keys::Column::Kid).do_nothing().to_owned())
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }
}
