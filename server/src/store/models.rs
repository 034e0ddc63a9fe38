//! Declared models: the deployment's and the tenants' own.

use std::sync::Arc;

use inlay_shared::{Layer, ModelDefinition};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

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
        let keys = std::iter::once(DEPLOYMENT).chain(tenant.map(TenantId::as_str));
        let rows = models::Entity::find()
            .filter(models::Column::Tenant.is_in(keys))
            .all(connection)
            .await?;
        let mut layers = Self::default();
        for row in rows {
            let deployment = row.tenant == DEPLOYMENT;
            let stored = shape(&row)?;
            *(if deployment { &mut layers.deployment } else { &mut layers.own }) = stored;
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

impl TenantStore<'_> {
    /// What the tenant's questions can name.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn model(&self) -> Result<Arc<Model>, StoreError> {
        Ok(self.model_and_own().await?.0)
    }

    /// The same, and the layer that the tenant itself declares.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn model_and_own(&self) -> Result<(Arc<Model>, ModelDefinition), StoreError> {
        let layers = Layers::read(&self.store.read, Some(self.tenant)).await?;
        if layers.version() == "0" {
            return Ok((Model::built_in(), layers.own.definition));
        }
        // Tenants without a layer of their own share one model.
        let whose = if layers.own.version == 0 { DEPLOYMENT } else { self.tenant.as_str() };
        // Not by version alone: a slug may be taken again after its tenant was erased.
        let declared = serde_json::to_vec(&(&layers.deployment.definition, &layers.own.definition));
        let declared = declared.map_err(|_| StoreError::Corrupt("model"))?;
        let key = format!("{whose} {} {}", layers.version(), blake3::hash(&declared));
        let build = || layers.build().map(Arc::new).map_err(|_| ());
        let model = self.store.models.try_get_with(key, build);
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
