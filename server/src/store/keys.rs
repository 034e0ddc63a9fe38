//! Keys that sign tokens.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::signing_keys::{ActiveModel, Column, Entity, Model};
use super::{StoreError, SystemStore};

/// A stored key pair. Its Debug is opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// JWS algorithm (RFC 7518), such as `ES256`.
    pub algorithm: String,
    /// PKCS #8, base64url, encrypted where the operator gave a key for that; empty once withdrawn.
    pub private_key: String,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// When it begins to sign. It ends when the next one begins.
    pub signs_from: Timestamp,
    /// When it was withdrawn: nothing that it signed is believed since.
    pub withdrawn_at: Option<Timestamp>,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SystemStore<'_> {
    /// Every signing key, in the order in which they sign.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let rows = Entity::find()
            .order_by_asc(Column::SignsFrom)
            .order_by_asc(Column::Kid)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(stored).collect()
    }

    /// Adds a signing key behind the one that is the last so far (`None`: there is none), and tells
    /// whether that is still so: of two processes that rotate at once, one does.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn add_signing_key(
        &self,
        key: &StoredKey,
        last: Option<&str>,
    ) -> Result<bool, StoreError> {
        let transaction = self.store.begin().await?;
        let newest = Entity::find()
            .filter(Column::WithdrawnAt.is_null())
            .order_by_desc(Column::SignsFrom)
            .order_by_desc(Column::Kid)
            .one(&transaction)
            .await?;
        if newest.as_ref().map(|row| row.kid.as_str()) != last {
            return Ok(false);
        }
        insert(&transaction, key).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Withdraws a key for good: its private half goes, and another takes its place in the same
    /// moment, so that there is always one to sign with.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn withdraw_signing_key(
        &self,
        kid: &str,
        replacement: Option<&StoredKey>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.store.begin().await?;
        Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now.as_microsecond()))
            .col_expr(Column::PrivateKey, Expr::value(""))
            .filter(Column::Kid.eq(kid))
            .filter(Column::WithdrawnAt.is_null())
            .exec(&transaction)
            .await?;
        if let Some(key) = replacement {
            insert(&transaction, key).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Stores the private half in another form, if it is still the one that was read.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn reseal_signing_key(
        &self,
        key: &StoredKey,
        private_key: &str,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::PrivateKey, Expr::value(private_key))
            .filter(Column::Kid.eq(&key.kid))
            .filter(Column::PrivateKey.eq(&key.private_key))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// Forgets a key whose every token is dead.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_signing_key(&self, kid: &str) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::Kid.eq(kid))
            .filter(Column::WithdrawnAt.is_null())
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

async fn insert(database: &impl ConnectionTrait, key: &StoredKey) -> Result<(), StoreError> {
    let row = ActiveModel {
        kid: Set(key.kid.clone()),
        algorithm: Set(key.algorithm.clone()),
        private_key: Set(key.private_key.clone()),
        created_at: Set(key.created_at.as_microsecond()),
        signs_from: Set(key.signs_from.as_microsecond()),
        withdrawn_at: Set(None),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Kid).do_nothing().to_owned())
        .exec_without_returning(database)
        .await?;
    Ok(())
}

fn stored(row: Model) -> Result<StoredKey, StoreError> {
    let time = |micros| {
        Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt("time of a key"))
    };
    Ok(StoredKey {
        kid: row.kid,
        algorithm: row.algorithm,
        private_key: row.private_key,
        created_at: time(row.created_at)?,
        signs_from: time(row.signs_from)?,
        withdrawn_at: row.withdrawn_at.map(time).transpose()?,
    })
}
