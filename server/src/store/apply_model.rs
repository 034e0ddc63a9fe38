//! Replaces a layer of the model and writes dashboards with it: in one transaction, once everything
//! that exists is known to fit.

use std::collections::HashMap;

use inlay_shared::{Dashboard, FieldError, ModelDefinition};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::entity::{dashboards, models, tenants};
use super::models::{DEPLOYMENT, Layers, StoredModel, shape};
use super::{Store, StoreError, SystemStore, TenantStore};
use crate::ids::TenantId;
use crate::model::{Model, validate_dashboard};

/// What is to be in force.
#[derive(Debug, Clone)]
pub struct ModelChange<'a> {
    /// The whole layer.
    pub definition: &'a ModelDefinition,
    /// Dashboards to write: the tenant's, or for the deployment those that tenants begin with.
    pub dashboards: &'a [Dashboard],
    /// Apply it only if this is the version in force.
    pub expected: Option<&'a str>,
    /// Check everything and change nothing.
    pub dry_run: bool,
    /// The time.
    pub now: Timestamp,
}

/// Why a change was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// Another version is in force than the caller knows: it is in here.
    #[error("the model has changed meanwhile; it is version {0}")]
    Changed(String),
    /// The change itself is wrong, by JSON pointer into definition and `dashboards`.
    #[error("the model cannot be applied as it is")]
    Wrong(Vec<FieldError>),
    /// It is right, and something that exists would not work with it.
    #[error("something that exists would no longer work")]
    Breaks(Vec<String>),
}

impl From<sea_orm::DbErr> for ApplyError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl SystemStore<'_> {
    /// Replaces the layer of the deployment, or that of one tenant. Says the version then in force.
    ///
    /// # Errors
    /// [`ApplyError`]; nothing has changed then.
    pub async fn apply_model(
        &self,
        tenant: Option<&TenantId>,
        change: &ModelChange<'_>,
    ) -> Result<String, ApplyError> {
        apply(self.store, tenant, change).await
    }
}

impl TenantStore<'_> {
    /// Replaces the tenant's own layer. Says the version then in force.
    ///
    /// # Errors
    /// [`ApplyError`]; nothing has changed then.
    pub async fn apply_model(&self, change: &ModelChange<'_>) -> Result<String, ApplyError> {
        apply(self.store, Some(self.tenant), change).await
    }
}

async fn apply(
    store: &Store,
    tenant: Option<&TenantId>,
    change: &ModelChange<'_>,
) -> Result<String, ApplyError> {
    let write = store.begin().await?;
    if let Some(tenant) = tenant {
        let row = tenants::Entity::find_by_id(tenant.to_string()).one(&write).await?;
        row.ok_or(ApplyError::UnknownTenant)?;
    }
    let before = Layers::read(&write, tenant).await?;
    if change.expected.is_some_and(|expected| expected != before.version()) {
        return Err(ApplyError::Changed(before.version()));
    }
    let mut after = before.clone();
    let layer = if tenant.is_some() { &mut after.own } else { &mut after.deployment };
    let is_new = layer.definition != *change.definition;
    if is_new {
        *layer = StoredModel { version: layer.version + 1, definition: change.definition.clone() };
    }
    let model = after.build().map_err(ApplyError::Wrong)?;
    check_dashboards(&model, change.dashboards)?;
    let broken = broken(&write, tenant, &before, &after, change.dashboards).await?;
    if !broken.is_empty() {
        return Err(ApplyError::Breaks(broken));
    }
    if change.dry_run {
        return Ok(after.version());
    }
    if is_new {
        let stored = if tenant.is_some() { &after.own } else { &after.deployment };
        put(&write, tenant.map_or(DEPLOYMENT, TenantId::as_str), stored, change.now).await?;
    }
    for dashboard in change.dashboards {
        match tenant {
            Some(tenant) => {
                super::dashboards::write(&write, tenant.as_str(), dashboard, change.now).await?;
            }
            None => put_default(&write, dashboard, change.now).await?,
        }
    }
    write.commit().await?;
    if let Some(tenant) = tenant {
        store.changed(tenant);
    }
    Ok(after.version())
}

fn check_dashboards(model: &Model, written: &[Dashboard]) -> Result<(), ApplyError> {
    let mut wrong = Vec::new();
    for (at, dashboard) in written.iter().enumerate() {
        if written[..at].iter().any(|other| other.name == dashboard.name) {
            let detail = format!("there are two dashboards `{}`", dashboard.name);
            wrong.push(FieldError { pointer: format!("/dashboards/{at}/name"), detail });
        }
        for error in validate_dashboard(model, dashboard).err().unwrap_or_default() {
            let pointer = format!("/dashboards/{at}{}", error.pointer);
            wrong.push(FieldError { pointer, ..error });
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(ApplyError::Wrong(wrong)) }
}

/// What worked with the model before and does not after: tenants' own layers and dashboards.
async fn broken(
    write: &DatabaseTransaction,
    tenant: Option<&TenantId>,
    before: &Layers,
    after: &Layers,
    written: &[Dashboard],
) -> Result<Vec<String>, ApplyError> {
    let own: HashMap<String, StoredModel> = models::Entity::find()
        .filter(models::Column::Tenant.ne(DEPLOYMENT))
        .all(write)
        .await?
        .iter()
        .map(|row| Ok((row.tenant.clone(), shape(row)?)))
        .collect::<Result<_, StoreError>>()?;
    let mut wrong = Vec::new();
    let mut changed: HashMap<String, (Model, Model)> = HashMap::new();
    let mut all = dashboards::Entity::find();
    match tenant {
        Some(tenant) => {
            all = all.filter(dashboards::Column::Tenant.eq(tenant.as_str()));
            pair(&mut changed, tenant.as_str(), before, after, &mut wrong);
        }
        None => {
            pair(&mut changed, DEPLOYMENT, before, after, &mut wrong);
            for (name, own) in own {
                let with = |layers: &Layers| Layers { own: own.clone(), ..layers.clone() };
                pair(&mut changed, &name, &with(before), &with(after), &mut wrong);
            }
        }
    }
    for row in all.all(write).await? {
        let Some((old, new)) = changed.get(&row.tenant).or_else(|| changed.get(DEPLOYMENT)) else {
            continue;
        };
        let replaced = tenant.is_some() && written.iter().any(|one| one.name == row.name);
        let Ok(dashboard) = serde_json::from_str::<Dashboard>(&row.definition) else { continue };
        if replaced || validate_dashboard(old, &dashboard).is_err() {
            continue;
        }
        for error in validate_dashboard(new, &dashboard).err().unwrap_or_default() {
            let whose = match row.tenant.as_str() {
                DEPLOYMENT => "that tenants begin with".to_owned(),
                tenant => format!("of tenant `{tenant}`"),
            };
            let detail = error.detail;
            let text = format!("dashboard `{}` {whose}, {}: {detail}", row.name, error.pointer);
            wrong.push(text);
        }
    }
    wrong.sort();
    Ok(wrong)
}

/// The models of a tenant before and after; its own layer may no longer fit.
fn pair(
    changed: &mut HashMap<String, (Model, Model)>,
    tenant: &str,
    before: &Layers,
    after: &Layers,
    wrong: &mut Vec<String>,
) {
    match (before.build(), after.build()) {
        (Ok(old), Ok(new)) => {
            changed.insert(tenant.to_owned(), (old, new));
        }
        (Ok(_), Err(errors)) => wrong.extend(errors.into_iter().map(|error| {
            format!("the own model of tenant `{tenant}`, {}: {}", error.pointer, error.detail)
        })),
        (Err(_), _) => {}
    }
}

async fn put(
    write: &DatabaseTransaction,
    tenant: &str,
    stored: &StoredModel,
    now: Timestamp,
) -> Result<(), StoreError> {
    let definition =
        serde_json::to_string(&stored.definition).expect("a model has string keys only");
    let row = models::ActiveModel {
        tenant: Set(tenant.to_owned()),
        version: Set(stored.version),
        definition: Set(definition),
        updated_at: Set(now.as_microsecond()),
    };
    let columns = [models::Column::Version, models::Column::Definition, models::Column::UpdatedAt];
    let replace = OnConflict::column(models::Column::Tenant).update_columns(columns).to_owned();
    models::Entity::insert(row).on_conflict(replace).exec_without_returning(write).await?;
    Ok(())
}

/// Writes a dashboard that tenants begin with, and gives it to those that have none of its name or
/// left the one that they began with as it was.
async fn put_default(
    write: &DatabaseTransaction,
    dashboard: &Dashboard,
    now: Timestamp,
) -> Result<(), StoreError> {
    let named = dashboards::Column::Name.eq(dashboard.name.as_str());
    let rows = dashboards::Entity::find().filter(named).all(write).await?;
    let of: HashMap<&str, &str> =
        rows.iter().map(|row| (row.tenant.as_str(), row.definition.as_str())).collect();
    let built_in = serde_json::to_string(&crate::model::overview()).unwrap_or_default();
    let before = of.get(DEPLOYMENT).copied().unwrap_or(&built_in);
    for tenant in tenants::Entity::find().all(write).await? {
        if of.get(tenant.id.as_str()).is_none_or(|current| *current == before) {
            super::dashboards::write(write, &tenant.id, dashboard, now).await?;
        }
    }
    super::dashboards::write(write, DEPLOYMENT, dashboard, now).await
}

/// Gives a new tenant the dashboards that the deployment declares.
pub(super) async fn copy_defaults(
    write: &DatabaseTransaction,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = dashboards::Entity::find()
        .filter(dashboards::Column::Tenant.eq(DEPLOYMENT))
        .all(write)
        .await?;
    for row in rows {
        let dashboard: Dashboard =
            serde_json::from_str(&row.definition).map_err(|_| StoreError::Corrupt("dashboard"))?;
        super::dashboards::write(write, tenant.as_str(), &dashboard, now).await?;
    }
    Ok(())
}
