//! Erasures of whole tenants.

use inlay_shared::{ErasureState, TenantErasure};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    Statement,
};

use super::entity::{erased_tenants, tenants};
use super::erasures::time;
use super::raw_log::statement;
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;

/// Events that are deleted in one transaction: others write in between.
const STEP: i64 = 5_000;
/// Tables with so many rows that they go by and by; all others go at once.
const LARGE: [&str; 3] = ["raw_events", "dead_letters", "erased_events"];

/// A tenant that is being erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTenantErasure {
    /// By which its row is found.
    mark: Vec<u8>,
    /// Its slug, until it is no longer needed.
    pub tenant: Option<TenantId>,
    /// When the operator said so.
    pub requested_at: Timestamp,
    /// When everything was deleted for the first time.
    pub erased_at: Option<Timestamp>,
}

impl SystemStore<'_> {
    /// Begins to erase a tenant: from now on there is no such tenant. Its settings, clients and
    /// dashboards are gone when this returns, its events go by and by. `None`: there was none.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; then nothing was written.
    pub async fn begin_tenant_erasure(
        &self,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Option<TenantErasure>, StoreError> {
        const BEGIN: &str = "\
            INSERT OR REPLACE INTO erased_tenants (mark, slug, requested_at) VALUES (?, ?, ?)";
        let write = self.store.begin().await?;
        let gone = tenants::Entity::delete_by_id(tenant.to_string()).exec(&write).await?;
        if gone.rows_affected == 0 {
            write.rollback().await?;
            return Ok(None);
        }
        let mark = self.store.marks.tenant(tenant);
        let values = [mark.into(), tenant.as_str().into(), now.as_microsecond().into()];
        write.execute_raw(statement(BEGIN, values)).await?;
        for table in tables_of_tenants(&write).await? {
            if !LARGE.contains(&table.as_str()) {
                delete(&write, &table, tenant).await?;
            }
        }
        write.commit().await?;
        Ok(Some(shape(now, None, None)))
    }

    /// How far the erasure of a tenant has come, if there was one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenant_erasure(
        &self,
        tenant: &TenantId,
    ) -> Result<Option<TenantErasure>, StoreError> {
        let mark = self.store.marks.tenant(tenant);
        let row = erased_tenants::Entity::find_by_id(mark).one(&self.store.read).await?;
        let shown = |row: erased_tenants::Model| {
            let erased_at = row.erased_at.map(time).transpose()?;
            let finished_at = row.finished_at.map(time).transpose()?;
            Ok(shape(time(row.requested_at)?, erased_at, finished_at))
        };
        row.map(shown).transpose()
    }

    /// Tenants that are being erased.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn open_tenant_erasures(&self) -> Result<Vec<OpenTenantErasure>, StoreError> {
        let rows = erased_tenants::Entity::find()
            .filter(erased_tenants::Column::FinishedAt.is_null())
            .all(&self.store.read)
            .await?;
        let open = |row: erased_tenants::Model| {
            let parse = |slug: String| slug.parse().map_err(|_| StoreError::Corrupt("tenant id"));
            Ok(OpenTenantErasure {
                mark: row.mark,
                tenant: row.slug.map(parse).transpose()?,
                requested_at: time(row.requested_at)?,
                erased_at: row.erased_at.map(time).transpose()?,
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Writes down that everything of a tenant was deleted for the first time.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenant_is_erased(
        &self,
        erasure: &OpenTenantErasure,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let now = Expr::value(now.as_microsecond());
        self.change(erasure, erased_tenants::Column::ErasedAt, now).await
    }

    /// Forgets the slug.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_slug(&self, erasure: &OpenTenantErasure) -> Result<(), StoreError> {
        self.change(erasure, erased_tenants::Column::Slug, Expr::value(None::<String>)).await
    }

    /// Writes down that nothing of the tenant is left.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn finish_tenant_erasure(
        &self,
        erasure: &OpenTenantErasure,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let now = Expr::value(now.as_microsecond());
        self.change(erasure, erased_tenants::Column::FinishedAt, now).await
    }

    async fn change(
        &self,
        erasure: &OpenTenantErasure,
        column: erased_tenants::Column,
        value: Expr,
    ) -> Result<(), StoreError> {
        erased_tenants::Entity::update_many()
            .col_expr(column, value)
            .filter(erased_tenants::Column::Mark.eq(erasure.mark.clone()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

impl TenantStore<'_> {
    /// Deletes every row of the tenant, in steps that let others write in between.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails. What was deleted until then stays so.
    pub async fn delete_everything(&self) -> Result<(), StoreError> {
        const EVENTS: &str = "\
            DELETE FROM raw_events WHERE tenant = ? AND seq <= (\
                SELECT max(seq) FROM (\
                    SELECT seq FROM raw_events WHERE tenant = ? ORDER BY seq LIMIT ?))";
        let slug = || self.tenant.as_str().into();
        let tables = tables_of_tenants(&self.store.read).await?;
        loop {
            let step = statement(EVENTS, [slug(), slug(), STEP.into()]);
            if self.store.write.execute_raw(step).await?.rows_affected() == 0 {
                break;
            }
        }
        let write = self.store.begin().await?;
        for table in tables {
            delete(&write, &table, self.tenant).await?;
        }
        write.commit().await?;
        Ok(())
    }
}

/// Every table with a column `tenant`: one that is added later is among them.
async fn tables_of_tenants(read: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    const TABLES: &str = "\
        SELECT name FROM sqlite_schema \
        WHERE type = 'table' AND EXISTS (\
            SELECT 1 FROM pragma_table_info(sqlite_schema.name) AS c WHERE c.name = 'tenant') \
        ORDER BY name";
    let rows = read.query_all_raw(Statement::from_string(DbBackend::Sqlite, TABLES)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect()
}

async fn delete(
    write: &DatabaseTransaction,
    table: &str,
    tenant: &TenantId,
) -> Result<(), StoreError> {
    // The name is the database's own, not anybody's input.
    let sql = format!("DELETE FROM \"{table}\" WHERE tenant = ?");
    write.execute_raw(statement(&sql, [tenant.as_str().into()])).await?;
    Ok(())
}

fn shape(
    requested_at: Timestamp,
    erased_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
) -> TenantErasure {
    TenantErasure {
        state: ErasureState::of(erased_at.is_some(), finished_at.is_some()),
        requested_at: requested_at.to_string(),
        erased_at: erased_at.map(|time| time.to_string()),
        finished_at: finished_at.map(|time| time.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::testing::Folder;

    /// A table that names a tenant in another column would survive the tenant. One that names none is
    /// entered here, with the reason why it needs no tenant.
    const OF_NO_TENANT: &[(&str, &str)] = &[
        ("erased_tenants", "what is left of a tenant that was erased"),
        ("erasure_key", "the deployment's"),
        ("seaql_migrations", "the deployment's"),
        ("signing_keys", "the deployment's"),
        ("tenants", "the tenant itself, deleted by its id"),
        ("visitor_salts", "the deployment's, of today only"),
    ];

    #[tokio::test]
    async fn every_table_goes_with_its_tenant_or_has_none() {
        let folder = Folder::new().await;
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let all = Statement::from_string(DbBackend::Sqlite, sql);
        let all = folder.store.read.query_all_raw(all).await.unwrap();
        let all: BTreeSet<String> =
            all.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        let mut known: BTreeSet<String> =
            tables_of_tenants(&folder.store.read).await.unwrap().into_iter().collect();
        known.extend(OF_NO_TENANT.iter().map(|(name, _)| (*name).to_owned()));
        assert_eq!(all, known);
    }
}
