//! Imports of files: what was asked for, and how far it is.

use inlay_shared::{Import, ImportFailure, ImportState};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::{imports, tenants};
use super::{StoreError, TenantStore};
use crate::ids::ImportId;

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows of the file that are done with.
    pub rows: u64,
    /// Millionths of the file.
    pub ppm: u64,
    /// Events that were new.
    pub accepted: u64,
    /// Events that were there.
    pub duplicates: u64,
    /// Events that were refused.
    pub rejected: u64,
}

pub(super) const WAITING: &str = "waiting";
pub(super) const RUNNING: &str = "running";

impl TenantStore<'_> {
    /// Puts a job at the end of the queue. `None`: the tenant was erased while the file came, be there
    /// another one of its name by now.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn add_import(
        &self,
        id: &ImportId,
        kind: &str,
        columns: &str,
        bytes: u64,
        now: Timestamp,
    ) -> Result<Option<Import>, StoreError> {
        let row = imports::Model {
            tenant: self.tenant.to_string(),
            id: id.to_string(),
            state: WAITING.into(),
            kind: kind.to_owned(),
            columns: columns.to_owned(),
            bytes: signed(bytes),
            progress_ppm: 0,
            rows: 0,
            accepted: 0,
            duplicates: 0,
            rejected: 0,
            error: None,
            created_at: now.as_microsecond(),
            started_at: None,
            finished_at: None,
        };
        let active = row.clone().into_active_model();
        let write = self.store.begin().await?;
        let tenant = tenants::Entity::find_by_id(self.tenant.to_string()).one(&write).await?;
        // The id was made when the file began to come, to the millisecond.
        let began = id.made_at().as_millisecond();
        if tenant.is_none_or(|tenant| tenant.created_at.div_euclid(1_000) > began) {
            return Ok(None);
        }
        imports::Entity::insert(active).exec_without_returning(&write).await?;
        write.commit().await?;
        shape(row).map(Some)
    }

    /// One import, if the tenant has it.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn import(&self, id: &ImportId) -> Result<Option<Import>, StoreError> {
        let key = (self.tenant.to_string(), id.to_string());
        let row = imports::Entity::find_by_id(key).one(&self.store.read).await?;
        row.map(shape).transpose()
    }

    /// Imports, the newest first, those before the id `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn imports(
        &self,
        before: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Import>, StoreError> {
        let mut find =
            imports::Entity::find().filter(imports::Column::Tenant.eq(self.tenant.as_str()));
        if let Some(before) = before {
            find = find.filter(imports::Column::Id.lt(before));
        }
        let rows =
            find.order_by_desc(imports::Column::Id).limit(limit).all(&self.store.read).await?;
        rows.into_iter().map(shape).collect()
    }

    /// How many imports have not ended.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn open_imports(&self) -> Result<u64, StoreError> {
        let open = imports::Entity::find()
            .filter(imports::Column::Tenant.eq(self.tenant.as_str()))
            .filter(imports::Column::State.is_in([WAITING, RUNNING]));
        Ok(open.count(&self.store.read).await?)
    }

    /// How many imports that were accepted until then have not ended.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn open_imports_until(&self, until: Timestamp) -> Result<u64, StoreError> {
        let open = imports::Entity::find()
            .filter(imports::Column::Tenant.eq(self.tenant.as_str()))
            .filter(imports::Column::State.is_in([WAITING, RUNNING]))
            .filter(imports::Column::CreatedAt.lte(until.as_microsecond()));
        Ok(open.count(&self.store.read).await?)
    }

    /// Begins, or goes on with, a job that waits. False if it waits no longer.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn begin_import(&self, id: &ImportId, now: Timestamp) -> Result<bool, StoreError> {
        let started = Expr::cust_with_values("COALESCE(started_at, ?)", [now.as_microsecond()]);
        let update = self
            .update(id, WAITING)
            .col_expr(imports::Column::State, Expr::value(RUNNING))
            .col_expr(imports::Column::StartedAt, started);
        Ok(update.exec(&self.store.write).await?.rows_affected > 0)
    }

    /// Writes down how far a running job is. False if it was cancelled meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn advance_import(
        &self,
        id: &ImportId,
        so_far: ImportProgress,
    ) -> Result<bool, StoreError> {
        let update = self
            .update(id, RUNNING)
            .col_expr(imports::Column::Rows, Expr::value(signed(so_far.rows)))
            .col_expr(imports::Column::ProgressPpm, Expr::value(signed(so_far.ppm)))
            .col_expr(imports::Column::Accepted, Expr::value(signed(so_far.accepted)))
            .col_expr(imports::Column::Duplicates, Expr::value(signed(so_far.duplicates)))
            .col_expr(imports::Column::Rejected, Expr::value(signed(so_far.rejected)));
        Ok(update.exec(&self.store.write).await?.rows_affected > 0)
    }

    /// Ends a running job: done, or failed with a reason.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn end_import(
        &self,
        id: &ImportId,
        failure: Option<&ImportFailure>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if failure.is_some() { "failed" } else { "done" };
        let failure =
            failure.map(|failure| serde_json::to_string(failure).expect("a failure is plain data"));
        let mut update = self
            .update(id, RUNNING)
            .col_expr(imports::Column::State, Expr::value(state))
            .col_expr(imports::Column::Error, Expr::value(failure.clone()))
            .col_expr(imports::Column::FinishedAt, Expr::value(now.as_microsecond()));
        if failure.is_none() {
            update = update.col_expr(imports::Column::ProgressPpm, Expr::value(1_000_000_i64));
        }
        update.exec(&self.store.write).await?;
        Ok(())
    }

    /// Puts a running job back into the queue, to go on later where it is.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn postpone_import(&self, id: &ImportId) -> Result<(), StoreError> {
        let waits = Expr::value(WAITING);
        let update = self.update(id, RUNNING).col_expr(imports::Column::State, waits);
        update.exec(&self.store.write).await?;
        Ok(())
    }

    /// Ends a job that has not ended yet. True if there was something to end.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn cancel_import(&self, id: &ImportId, now: Timestamp) -> Result<bool, StoreError> {
        let update = imports::Entity::update_many()
            .filter(imports::Column::Tenant.eq(self.tenant.as_str()))
            .filter(imports::Column::Id.eq(id.as_str()))
            .filter(imports::Column::State.is_in([WAITING, RUNNING]))
            .col_expr(imports::Column::State, Expr::value("cancelled"))
            .col_expr(imports::Column::FinishedAt, Expr::value(now.as_microsecond()));
        Ok(update.exec(&self.store.write).await?.rows_affected > 0)
    }

    fn update(&self, id: &ImportId, state: &str) -> sea_orm::UpdateMany<imports::Entity> {
        imports::Entity::update_many()
            .filter(imports::Column::Tenant.eq(self.tenant.as_str()))
            .filter(imports::Column::Id.eq(id.as_str()))
            .filter(imports::Column::State.eq(state))
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt("count of an import"))
}

fn shape(row: imports::Model) -> Result<Import, StoreError> {
    let time = |micros: i64| {
        let time = Timestamp::from_microsecond(micros);
        time.map(|time| time.to_string()).map_err(|_| StoreError::Corrupt("time of an import"))
    };
    let state = match row.state.as_str() {
        WAITING => ImportState::Waiting,
        RUNNING => ImportState::Running,
        "done" => ImportState::Done,
        "failed" => ImportState::Failed,
        "cancelled" => ImportState::Cancelled,
        _ => return Err(StoreError::Corrupt("state of an import")),
    };
    let error = row.error.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Import {
        state,
        bytes: unsigned(row.bytes)?,
        #[expect(clippy::cast_precision_loss, reason = "a million fits")]
        progress: row.progress_ppm as f64 / 1e6,
        rows: unsigned(row.rows)?,
        accepted: unsigned(row.accepted)?,
        duplicates: unsigned(row.duplicates)?,
        rejected: unsigned(row.rejected)?,
        error: error.map_err(|_| StoreError::Corrupt("failure of an import"))?,
        created_at: time(row.created_at)?,
        started_at: row.started_at.map(time).transpose()?,
        finished_at: row.finished_at.map(time).transpose()?,
        id: row.id,
    })
}
