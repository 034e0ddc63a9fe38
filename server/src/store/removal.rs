//! Commits what takes rows out of a lake for good: retention and erasure.

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::erasures;
use super::raw_log::statement;
use super::{Segment, StoreError, TenantStore};
use crate::ids::{ErasureId, SegmentId};

/// Files in the place of others that had more rows.
#[derive(Debug, Default)]
pub struct Removal {
    /// The files that had rows to take out.
    pub replace: Vec<SegmentId>,
    /// What is left of them.
    pub add: Vec<Segment>,
    /// Rows that were taken out.
    pub rows: i64,
}

impl TenantStore<'_> {
    /// Swaps all files of a removal at once, changes the lake's version, and writes into `erasure` that
    /// the person is erased. `false`: another process changed one of the files; nothing was written.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn commit_removal(
        &self,
        removal: &Removal,
        erasure: Option<&ErasureId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const CHANGE: &str = "UPDATE lake_positions SET version = version + 1 WHERE tenant = ?";
        let write = self.store.begin().await?;
        if !self.replace(&write, &removal.replace, now).await? {
            write.rollback().await?;
            return Ok(false);
        }
        for segment in &removal.add {
            self.insert(&write, segment, now).await?;
        }
        write.execute_raw(statement(CHANGE, [self.tenant.as_str().into()])).await?;
        if let Some(id) = erasure {
            erasures::Entity::update_many()
                .col_expr(erasures::Column::ErasedAt, Expr::value(now.as_microsecond()))
                .col_expr(erasures::Column::Events, Expr::value(removal.rows))
                .filter(erasures::Column::Tenant.eq(self.tenant.as_str()))
                .filter(erasures::Column::Id.eq(id.as_str()))
                .exec(&write)
                .await?;
        }
        write.commit().await?;
        Ok(true)
    }
}
