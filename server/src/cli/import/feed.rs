//! Hands portions of events to their tenants, which may have to be made first.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::ImportError;
use crate::cli::shell_scope;
use crate::clock::Clock;
use crate::ids::TenantId;
use crate::ingest::Ingest;
use crate::ingest::import::{self, Portion, Tally};
use crate::lake::Lake;
use crate::model;
use crate::policy::{Action, Duty, Policy, Principal, TenantScope};
use crate::store::{Store, StoreError};

/// Tenants that are flushed at the same time.
const AT_ONCE: usize = 3;

/// The way of an import's events into the raw log.
pub(super) struct Feed {
    store: Store,
    ingest: Ingest,
    lake: Lake,
    clock: Clock,
    policy: Policy,
    create: bool,
    scopes: HashMap<TenantId, TenantScope>,
    pub(super) tally: Tally,
}

impl Feed {
    pub(super) fn new(
        store: Store,
        ingest: Ingest,
        lake: Lake,
        clock: Clock,
        create: bool,
    ) -> Self {
        let (policy, scopes, tally) = (Policy::new(), HashMap::new(), Tally::default());
        Self { store, ingest, lake, clock, policy, create, scopes, tally }
    }

    /// Tenants that got events.
    pub(super) fn tenants(&self) -> usize {
        self.scopes.len()
    }

    /// Stores a portion: durable when this returns.
    pub(super) async fn take(&mut self, portion: Portion) -> Result<(), ImportError> {
        for tenant in portion.events.keys() {
            self.admit(tenant).await?;
        }
        let scopes = &self.scopes;
        let of = |(tenant, events)| (scopes[&tenant].clone(), events);
        let work = portion.events.into_iter().map(of).collect();
        Ok(import::store(&self.ingest, work, &mut self.tally).await?)
    }

    /// Brings what was taken into columns.
    pub(super) async fn flush(&self) -> Result<(), ImportError> {
        let lake = &self.lake;
        stream::iter(self.scopes.values())
            .map(|scope| lake.flush_now(scope))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
    }

    /// Makes sure that the tenant exists, and that the shell may send its events.
    async fn admit(&mut self, tenant: &TenantId) -> Result<(), ImportError> {
        if self.scopes.contains_key(tenant) {
            return Ok(());
        }
        let may = shell_scope(Action::ManageTenants);
        let system = self.store.system(&may);
        if system.tenant(tenant).await?.is_none() {
            if !self.create {
                return Err(ImportError::UnknownTenant(tenant.clone()));
            }
            let (first, now) = ([model::overview()], self.clock.now());
            match system.create_tenant(tenant, tenant.as_str(), &[], &first, now).await {
                Ok(_) | Err(StoreError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let scope = self
            .policy
            .tenant(&Principal::Process(Duty::Shell), Action::Ingest, tenant)
            .expect("the policies let the shell send events");
        self.scopes.insert(tenant.clone(), scope);
        Ok(())
    }
}
