//! A tenant's dashboards.

use inlay_shared::Dashboard;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::dashboards;
use super::models::DEPLOYMENT;
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::{DashboardName, TenantId};

impl TenantStore<'_> {
    /// Dashboards in the order of their names, those after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dashboards(
        &self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Dashboard>, StoreError> {
        let rows = dashboards::Entity::find()
            .filter(dashboards::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dashboards::Column::Name.gt(after.unwrap_or("")))
            .order_by_asc(dashboards::Column::Name)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(shape).collect()
    }

    /// One dashboard, if the tenant has such a one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dashboard(&self, name: &DashboardName) -> Result<Option<Dashboard>, StoreError> {
        let key = (self.tenant.to_string(), name.to_string());
        let row = dashboards::Entity::find_by_id(key).one(&self.store.read).await?;
        row.map(shape).transpose()
    }

    /// Which of these names are those of dashboards.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn dashboards_among(&self, names: &[String]) -> Result<Vec<String>, StoreError> {
        let found = dashboards::Entity::find()
            .select_only()
            .column(dashboards::Column::Name)
            .filter(dashboards::Column::Tenant.eq(self.tenant.as_str()))
            .filter(dashboards::Column::Name.is_in(names))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        Ok(found)
    }

    /// Writes a dashboard over the one of that name, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn put_dashboard(
        &self,
        dashboard: &Dashboard,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        write(&self.store.write, self.tenant.as_str(), dashboard, now).await?;
        self.store.changed(self.tenant);
        Ok(())
    }
}

impl SystemStore<'_> {
    /// A tenant's dashboard, or without a tenant the one of that name that tenants begin with.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn declared_dashboard(
        &self,
        tenant: Option<&TenantId>,
        name: &str,
    ) -> Result<Option<Dashboard>, StoreError> {
        let key = (tenant.map_or(DEPLOYMENT, TenantId::as_str).to_owned(), name.to_owned());
        let row = dashboards::Entity::find_by_id(key).one(&self.store.read).await?;
        row.map(shape).transpose()
    }
}

/// Writes a dashboard over the one of that name, if there is one.
pub(super) async fn write(
    write: &impl ConnectionTrait,
    tenant: &str,
    dashboard: &Dashboard,
    now: Timestamp,
) -> Result<(), StoreError> {
    let definition = serde_json::to_string(dashboard).expect("a dashboard has string keys only");
    let row = dashboards::ActiveModel {
        tenant: Set(tenant.to_owned()),
        name: Set(dashboard.name.clone()),
        definition: Set(definition),
        updated_at: Set(now.as_microsecond()),
    };
    let replace = OnConflict::columns([dashboards::Column::Tenant, dashboards::Column::Name])
        .update_columns([dashboards::Column::Definition, dashboards::Column::UpdatedAt])
        .to_owned();
    dashboards::Entity::insert(row).on_conflict(replace).exec_without_returning(write).await?;
    Ok(())
}

fn shape(row: dashboards::Model) -> Result<Dashboard, StoreError> {
    serde_json::from_str(&row.definition).map_err(|_| StoreError::Corrupt("dashboard"))
}
