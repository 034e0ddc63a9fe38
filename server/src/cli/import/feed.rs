//! Hands portions of events to their tenants, and counts what became of them.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};
use inlay_shared::Receipt;

use super::ImportError;
use crate::cli::shell_scope;
use crate::clock::Clock;
use crate::ids::TenantId;
use crate::ingest::Ingest;
use crate::lake::Lake;
use crate::model;
use crate::policy::{Action, Duty, Policy, Principal, TenantScope};
use crate::store::{Store, StoreError};

/// Events by tenant.
pub(super) type Portion = BTreeMap<TenantId, Vec<String>>;

/// Events of one transaction: a server beside the import waits no longer than for one of these.
const TRANSACTION: usize = 5_000;
/// Transactions that are prepared at the same time: while one is written, the next is validated.
const AT_ONCE: usize = 3;

/// What became of the events.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    pub(super) duplicates: u64,
    /// Refused events, by the code of the reason.
    pub(super) codes: BTreeMap<String, u64>,
    pub(super) tenants: usize,
}

impl Tally {
    pub(super) fn rejected(&self) -> u64 {
        self.codes.values().sum()
    }

    fn add(&mut self, receipt: Receipt) {
        self.accepted += receipt.accepted;
        self.duplicates += receipt.duplicates;
        for refused in receipt.rejected {
            *self.codes.entry(refused.code).or_default() += 1;
        }
    }
}

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

    /// Stores a portion: durable when this returns.
    pub(super) async fn take(&mut self, portion: Portion) -> Result<(), ImportError> {
        for tenant in portion.keys() {
            self.admit(tenant).await?;
        }
        let mut batches = Vec::new();
        for (tenant, mut events) in portion {
            while !events.is_empty() {
                let rest = events.split_off(events.len().min(TRANSACTION));
                batches.push((&self.scopes[&tenant], std::mem::replace(&mut events, rest)));
            }
        }
        let ingest = &self.ingest;
        let receipts: Vec<Receipt> = stream::iter(batches)
            .map(|(scope, events)| ingest.accept_events(scope, events))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        for receipt in receipts {
            self.tally.add(receipt);
        }
        self.tally.tenants = self.scopes.len();
        Ok(())
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
