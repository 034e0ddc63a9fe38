//! Declared models: the deployment's and the tenants' own.

use std::sync::Arc;

use inlay_shared::{Layer, ModelDefinition};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::entity::models;
use super::{StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;
use crate::model::Model;

/// The key of the deployment's layer.
pub(super) const DEPLOYMENT: &str = "";

/// One layer as it is stored. Version 0 declares nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredModel {
    /// Counts its changes.
    pub version: i64,
    /// What it declares.
    pub definition: ModelDefinition,
}

impl Default for StoredModel {
    fn default() -> Self {
        let definition = ModelDefinition { version: 1, ..ModelDefinition::default() };
        Self { version: 0, definition }
    }
}

/// Both layers under a tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layers {
    pub(super) deployment: StoredModel,
    pub(super) own: StoredModel,
}

impl Layers {
    /// Reads both layers; `None` for the deployment alone.
    pub(super) async fn read(
        connection: &impl ConnectionTrait,
        tenant: Option<&TenantId>,
    ) -> Result<Self, StoreError> {
        Self::of(&of(tenant).all(connection).await?)
    }

    fn of(rows: &[models::Model]) -> Result<Self, StoreError> {
        let mut layers = Self::default();
        for row in rows {
            let deployment = row.tenant == DEPLOYMENT;
            *(if deployment { &mut layers.deployment } else { &mut layers.own }) = shape(row)?;
        }
        Ok(layers)
    }

    pub(super) fn version(&self) -> String {
        match (self.deployment.version, self.own.version) {
            (0, 0) => "0".to_owned(),
            (deployment, own) => format!("{deployment}.{own}"),
        }
    }

    /// The model that both make.
    pub(super) fn build(&self) -> Result<Model, Vec<inlay_shared::FieldError>> {
        let version = self.version();
        let below = Model::built_in().with(
            Layer::Deployment,
            &self.deployment.definition,
            version.clone(),
        )?;
        below.with(Layer::Tenant, &self.own.definition, version)
    }
}

/// The layers under a tenant, or the deployment's alone.
fn of(tenant: Option<&TenantId>) -> Select<models::Entity> {
    let keys = std::iter::once(DEPLOYMENT).chain(tenant.map(TenantId::as_str));
    models::Entity::find()
        .filter(models::Column::Tenant.is_in(keys))
        .order_by_asc(models::Column::Tenant)
}

/// Which layers there are, each by its version and the time at which it was written: a slug may be
/// taken again after its tenant was erased, and then versions begin anew. Every query reads this much
/// and no more, as long as nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stamp(Vec<(String, i64, i64)>);

impl Stamp {
    fn of(rows: &[models::Model]) -> Self {
        let stamp = |row: &models::Model| (row.tenant.clone(), row.version, row.updated_at);
        Self(rows.iter().map(stamp).collect())
    }
}

impl TenantStore<'_> {
    /// What the tenant's questions can name.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn model(&self) -> Result<Arc<Model>, StoreError> {
        let stamp = of(Some(self.tenant))
            .select_only()
            .columns([models::Column::Tenant, models::Column::Version, models::Column::UpdatedAt])
            .into_tuple()
            .all(&self.store.read)
            .await?;
        match self.store.models.get(&Stamp(stamp)) {
            Some(model) => Ok(model),
            None => Ok(self.model_and_own().await?.0),
        }
    }

    /// The same, and the layer that the tenant itself declares.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn model_and_own(&self) -> Result<(Arc<Model>, ModelDefinition), StoreError> {
        let rows = of(Some(self.tenant)).all(&self.store.read).await?;
        let layers = Layers::of(&rows)?;
        // Tenants without a layer of their own share one model.
        let build = || match layers.version().as_str() {
            "0" => Ok(Model::built_in()),
            _ => layers.build().map(Arc::new).map_err(|_| ()),
        };
        let model = self.store.models.try_get_with(Stamp::of(&rows), build);
        let model = model.map_err(|_| StoreError::Corrupt("model"))?;
        Ok((model, layers.own.definition))
    }
}

impl SystemStore<'_> {
    /// The layer of the deployment, or that of one tenant.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn declared_model(
        &self,
        tenant: Option<&TenantId>,
    ) -> Result<StoredModel, StoreError> {
        let layers = Layers::read(&self.store.read, tenant).await?;
        Ok(if tenant.is_some() { layers.own } else { layers.deployment })
    }
}

pub(super) fn shape(row: &models::Model) -> Result<StoredModel, StoreError> {
    let definition =
        serde_json::from_str(&row.definition).map_err(|_| StoreError::Corrupt("model"))?;
    Ok(StoredModel { version: row.version, definition })
}
