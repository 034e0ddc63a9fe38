//! The queue of imports over all tenants.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::imports;
use super::imports::{ImportProgress, RUNNING, WAITING, unsigned};
use super::{StoreError, SystemStore};
use crate::ids::{ImportId, TenantId};

/// A job that waits to be done, or to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportJob {
    /// Its id.
    pub id: ImportId,
    /// Whose events they are.
    pub tenant: TenantId,
    /// What kind of file it is, as it was written down.
    pub kind: String,
    /// What its columns are, as it was written down.
    pub columns: String,
    /// How far it was when it was interrupted.
    pub so_far: ImportProgress,
}

impl SystemStore<'_> {
    /// Jobs that wait, the oldest first, at most `limit`, but those of tenants that are `busy`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn waiting_imports(
        &self,
        busy: &[TenantId],
        limit: u64,
    ) -> Result<Vec<ImportJob>, StoreError> {
        let rows = imports::Entity::find()
            .filter(imports::Column::State.eq(WAITING))
            .filter(imports::Column::Tenant.is_not_in(busy.iter().map(TenantId::as_str)))
            .order_by_asc(imports::Column::Id)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(job).collect()
    }

    /// Puts jobs that were running when the process ended back into the queue.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn requeue_imports(&self) -> Result<(), StoreError> {
        imports::Entity::update_many()
            .filter(imports::Column::State.eq(RUNNING))
            .col_expr(imports::Column::State, Expr::value(WAITING))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

fn job(row: imports::Model) -> Result<ImportJob, StoreError> {
    Ok(ImportJob {
        id: row.id.parse().map_err(|_| StoreError::Corrupt("import id"))?,
        tenant: row.tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"))?,
        kind: row.kind,
        columns: row.columns,
        so_far: ImportProgress {
            rows: unsigned(row.rows)?,
            ppm: unsigned(row.progress_ppm)?,
            accepted: unsigned(row.accepted)?,
            duplicates: unsigned(row.duplicates)?,
            rejected: unsigned(row.rejected)?,
        },
    })
}
