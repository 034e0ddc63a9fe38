//! Tenants: the list of them, and each one's origins, domains and brand.

use inlay_shared::{Brand, Dashboard, Tenant};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{lake_positions, tenant_brands, tenant_domains, tenant_origins, tenants};
use super::erased::is_being_erased;
use super::{StoreError, SystemStore, TenantStore, apply_model, dashboards};
use crate::ids::TenantId;

impl SystemStore<'_> {
    /// Adds a tenant with its origins, its first dashboards and those that the deployment declares, all
    /// or nothing.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the slug is taken, [`StoreError::BeingErased`] if it is not free yet.
    pub async fn create_tenant(
        &self,
        tenant: &TenantId,
        name: &str,
        origins: &[String],
        first: &[Dashboard],
        now: Timestamp,
    ) -> Result<Tenant, StoreError> {
        let write = self.store.begin().await?;
        if is_being_erased(&write, self.store.marks.tenant(tenant)).await? {
            return Err(StoreError::BeingErased);
        }
        let row = tenants::ActiveModel {
            id: Set(tenant.to_string()),
            name: Set(name.to_owned()),
            created_at: Set(now.as_microsecond()),
        };
        let inserted = tenants::Entity::insert(row)
            .on_conflict(OnConflict::column(tenants::Column::Id).do_nothing().to_owned())
            .exec_without_returning(&write)
            .await?;
        if inserted == 0 {
            return Err(StoreError::Exists);
        }
        let position = lake_positions::ActiveModel {
            tenant: Set(tenant.to_string()),
            appended: Set(0),
            flushed: Set(0),
            version: Set(0),
        };
        lake_positions::Entity::insert(position).exec_without_returning(&write).await?;
        insert_origins(&write, tenant, origins).await?;
        for dashboard in first {
            dashboards::write(&write, tenant.as_str(), dashboard, now).await?;
        }
        apply_model::copy_defaults(&write, tenant, now).await?;
        write.commit().await?;
        Ok(Tenant { id: tenant.to_string(), name: name.to_owned(), created_at: now.to_string() })
    }

    /// Tenants in the order of their ids, those after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenants(
        &self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Tenant>, StoreError> {
        let rows = tenants::Entity::find()
            .filter(tenants::Column::Id.gt(after.unwrap_or("")))
            .order_by_asc(tenants::Column::Id)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        rows.into_iter().map(shape).collect()
    }

    /// One tenant, if there is such a one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let row = tenants::Entity::find_by_id(tenant.to_string()).one(&self.store.read).await?;
        row.map(shape).transpose()
    }

    /// Replaces the origins that may embed the tenant's dashboards.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn set_origins(
        &self,
        tenant: &TenantId,
        origins: &[String],
    ) -> Result<(), StoreError> {
        let write = self.store.begin().await?;
        tenant_origins::Entity::delete_many()
            .filter(tenant_origins::Column::Tenant.eq(tenant.as_str()))
            .exec(&write)
            .await?;
        insert_origins(&write, tenant, origins).await?;
        write.commit().await?;
        Ok(())
    }

    /// Origins that may embed the tenant's dashboards, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn origins(&self, tenant: &TenantId) -> Result<Vec<String>, StoreError> {
        let rows = tenant_origins::Entity::find()
            .filter(tenant_origins::Column::Tenant.eq(tenant.as_str()))
            .order_by_asc(tenant_origins::Column::Origin)
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(|row| row.origin).collect())
    }

    /// Is `origin` one that the tenant listed?
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn has_origin(&self, tenant: &TenantId, origin: &str) -> Result<bool, StoreError> {
        let key = (tenant.to_string(), origin.to_owned());
        Ok(tenant_origins::Entity::find_by_id(key).one(&self.store.read).await?.is_some())
    }

    /// Is `origin` one that some tenant listed? A preflight names no tenant, so this is all that can
    /// be asked before the token is there.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn origin_is_listed(&self, origin: &str) -> Result<bool, StoreError> {
        let row = tenant_origins::Entity::find()
            .filter(tenant_origins::Column::Origin.eq(origin))
            .one(&self.store.read)
            .await?;
        Ok(row.is_some())
    }

    /// Replaces the host names that answer as the tenant's own.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if another tenant has one of them.
    pub async fn set_domains(
        &self,
        tenant: &TenantId,
        domains: &[String],
    ) -> Result<(), StoreError> {
        let write = self.store.begin().await?;
        tenant_domains::Entity::delete_many()
            .filter(tenant_domains::Column::Tenant.eq(tenant.as_str()))
            .exec(&write)
            .await?;
        for domain in domains {
            let row = tenant_domains::ActiveModel {
                domain: Set(domain.clone()),
                tenant: Set(tenant.to_string()),
            };
            let inserted = tenant_domains::Entity::insert(row)
                .on_conflict(
                    OnConflict::column(tenant_domains::Column::Domain).do_nothing().to_owned(),
                )
                .exec_without_returning(&write)
                .await?;
            if inserted == 0 {
                return Err(StoreError::Exists);
            }
        }
        write.commit().await?;
        Ok(())
    }

    /// Host names that answer as the tenant's own, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn domains(&self, tenant: &TenantId) -> Result<Vec<String>, StoreError> {
        let rows = tenant_domains::Entity::find()
            .filter(tenant_domains::Column::Tenant.eq(tenant.as_str()))
            .order_by_asc(tenant_domains::Column::Domain)
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(|row| row.domain).collect())
    }

    /// The tenant whose own host name this is.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn tenant_of_domain(&self, domain: &str) -> Result<Option<TenantId>, StoreError> {
        let row =
            tenant_domains::Entity::find_by_id(domain.to_owned()).one(&self.store.read).await?;
        row.map(|row| row.tenant.parse().map_err(|_| StoreError::Corrupt("tenant id"))).transpose()
    }

    /// Sets how the tenant's own pages look.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn set_brand(&self, tenant: &TenantId, brand: &Brand) -> Result<(), StoreError> {
        let row = tenant_brands::ActiveModel {
            tenant: Set(tenant.to_string()),
            name: Set(brand.name.clone()),
            accent: Set(brand.accent.clone()),
            accent_dark: Set(brand.accent_dark.clone()),
        };
        let replace = OnConflict::column(tenant_brands::Column::Tenant)
            .update_columns([
                tenant_brands::Column::Name,
                tenant_brands::Column::Accent,
                tenant_brands::Column::AccentDark,
            ])
            .to_owned();
        tenant_brands::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// How the tenant's own pages look, if it said so.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn brand(&self, tenant: &TenantId) -> Result<Option<Brand>, StoreError> {
        let row =
            tenant_brands::Entity::find_by_id(tenant.to_string()).one(&self.store.read).await?;
        Ok(row.map(|row| Brand {
            name: row.name,
            accent: row.accent,
            accent_dark: row.accent_dark,
        }))
    }
}

impl TenantStore<'_> {
    /// How the tenant's own pages look, if it said so.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn brand(&self) -> Result<Option<Brand>, StoreError> {
        SystemStore { store: self.store }.brand(self.tenant).await
    }
}

async fn insert_origins(
    write: &impl sea_orm::ConnectionTrait,
    tenant: &TenantId,
    origins: &[String],
) -> Result<(), StoreError> {
    for origin in origins {
        let row = tenant_origins::ActiveModel {
            tenant: Set(tenant.to_string()),
            origin: Set(origin.clone()),
        };
        tenant_origins::Entity::insert(row).exec_without_returning(write).await?;
    }
    Ok(())
}

fn shape(row: tenants::Model) -> Result<Tenant, StoreError> {
    let created_at = Timestamp::from_microsecond(row.created_at)
        .map_err(|_| StoreError::Corrupt("time of making"))?;
    Ok(Tenant { id: row.id, name: row.name, created_at: created_at.to_string() })
}
