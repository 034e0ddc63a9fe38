//! The salt of the day. Without it nobody can tell whose a visitor's id was, so it is really
//! destroyed: overwritten in the database file, and gone from its journal.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::visitor_salts;
use super::{StoreError, SystemStore};

impl SystemStore<'_> {
    /// The salt of `day` (days since 1970, UTC). `fresh` becomes it if there is none yet; of several
    /// processes the first one's rules.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn visitor_salt(&self, day: i64, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let row = visitor_salts::ActiveModel { day: Set(day), salt: Set(fresh.to_vec()) };
        let known = OnConflict::column(visitor_salts::Column::Day).do_nothing().to_owned();
        visitor_salts::Entity::insert(row)
            .on_conflict(known)
            .exec_without_returning(&self.store.write)
            .await?;
        let row = visitor_salts::Entity::find_by_id(day).one(&self.store.write).await?;
        row.and_then(|row| row.salt.try_into().ok()).ok_or(StoreError::Corrupt("salt"))
    }

    /// Destroys the salts of the days before `day`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; the next call tries again.
    pub async fn destroy_salts_before(&self, day: i64) -> Result<(), StoreError> {
        let old = || visitor_salts::Column::Day.lt(day);
        let is_there = visitor_salts::Entity::find().filter(old()).one(&self.store.read).await?;
        if is_there.is_some() {
            visitor_salts::Entity::delete_many().filter(old()).exec(&self.store.write).await?;
        }
        // The bytes in the file are overwritten (`secure_delete`); those in the journal go when it
        // is cut. Cut it is in any case: the process may have ended between the two last time.
        self.store.read.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        Ok(())
    }
}
