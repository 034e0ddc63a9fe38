//! Tells within the process that something of a tenant was written, and what a dashboard's viewer
//! must know of it. Another process says nothing here: whoever listens also looks from time to time.

use std::collections::{BTreeSet, HashMap};

use parking_lot::Mutex;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use super::entity::{dashboards, lake_positions, revoked_sessions, tenant_brands, tenant_origins};
use super::models::Layers;
use super::{Store, StoreError, TenantStore};
use crate::ids::TenantId;

/// Who listens to which tenant.
#[derive(Debug, Default)]
pub(super) struct Changes(Mutex<HashMap<TenantId, watch::Sender<()>>>);

/// What the viewers of a tenant's dashboards depend on, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Changes whenever anything that a dashboard shows may have changed; the same in every process.
    pub revision: String,
    /// Sessions that were ended before their time.
    pub ended: BTreeSet<String>,
    /// Origins whose pages may embed.
    pub origins: BTreeSet<String>,
}

impl Store {
    /// Something of `tenant` was written.
    pub(super) fn changed(&self, tenant: &TenantId) {
        let mut listeners = self.changes.0.lock();
        if let Some(tell) = listeners.get(tenant) {
            if tell.receiver_count() == 0 {
                listeners.remove(tenant);
            } else {
                tell.send_replace(());
            }
        }
    }
}

impl TenantStore<'_> {
    /// Wakes up whenever this process wrote something of the tenant.
    pub fn changes(&self) -> watch::Receiver<()> {
        let mut listeners = self.store.changes.0.lock();
        listeners.entry(self.tenant.clone()).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    /// How the tenant stands now.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let (read, tenant) = (&self.store.read, self.tenant.as_str());
        let position = lake_positions::Entity::find_by_id(tenant).one(read).await?;
        let definitions: Vec<(String, String)> = dashboards::Entity::find()
            .select_only()
            .columns([dashboards::Column::Name, dashboards::Column::Definition])
            .filter(dashboards::Column::Tenant.eq(tenant))
            .order_by_asc(dashboards::Column::Name)
            .into_tuple()
            .all(read)
            .await?;
        let brand = tenant_brands::Entity::find_by_id(tenant).one(read).await?;
        let ended: Vec<String> = revoked_sessions::Entity::find()
            .select_only()
            .column(revoked_sessions::Column::Session)
            .filter(revoked_sessions::Column::Tenant.eq(tenant))
            .into_tuple()
            .all(read)
            .await?;
        let origins: Vec<String> = tenant_origins::Entity::find()
            .select_only()
            .column(tenant_origins::Column::Origin)
            .filter(tenant_origins::Column::Tenant.eq(tenant))
            .into_tuple()
            .all(read)
            .await?;
        let model = Layers::read(read, Some(self.tenant)).await?.version();
        let mut hash = blake3::Hasher::new();
        let position = position.map(|position| (position.version, position.appended));
        let brand = brand.map(|brand| (brand.name, brand.accent, brand.accent_dark));
        let shown = serde_json::to_vec(&(tenant, position, definitions, brand, model));
        hash.update(&shown.expect("numbers and strings can be written"));
        Ok(Standing {
            revision: hash.finalize().to_hex()[..32].to_owned(),
            ended: ended.into_iter().collect(),
            origins: origins.into_iter().collect(),
        })
    }
}
