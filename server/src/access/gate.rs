//! The gate: what it takes to find out who is calling, in one place.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use inlay_shared::Scope;
use parking_lot::RwLock;

use super::keys::{self, KeyRing, UnusableKey};
use super::secret::{ClientSecret, SecretHash};
use super::token::Tokens;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ids::{ClientId, TenantId};
use crate::policy::{Action, Duty, Policy, Principal, SystemScope};
use crate::store::{ClientRecord, NewClientRecord, Store, StoreError};

/// The gate cannot be opened, or cannot find out who is calling.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The control database failed.
    #[error("clients and keys cannot be read")]
    Store(#[from] StoreError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

/// Finds out who is calling. One a process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    policy: Policy,
    tokens: Tokens,
    clock: Clock,
    entropy: Entropy,
    authenticate: SystemScope,
    refused: RwLock<HashSet<TenantId>>,
}

impl Gate {
    /// Reads the keys; on the first start it makes one.
    ///
    /// # Errors
    /// [`AccessError`] if the keys cannot be read or written.
    pub async fn open(
        store: Store,
        issuer: String,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Self, AccessError> {
        let policy = Policy::new();
        let authenticate = policy
            .system(&Principal::Process(Duty::Authenticate), Action::Authenticate)
            .expect("the policies let the process authenticate: tested");
        let mut stored = store.system(&authenticate).signing_keys().await?;
        if stored.is_empty() {
            store.system(&authenticate).add_signing_key(&keys::generate(), clock.now()).await?;
            // Read back: of two processes that start at once, both must use both keys.
            stored = store.system(&authenticate).signing_keys().await?;
        }
        let tokens = Tokens::new(KeyRing::new(&stored)?, issuer);
        Ok(Self(Arc::new(Inner {
            store,
            policy,
            tokens,
            clock,
            entropy,
            authenticate,
            refused: RwLock::default(),
        })))
    }

    /// The policies.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Signs and checks tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The clock by which tokens live.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Where ids and secrets come from.
    pub fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    /// The part of the control database that tells who is calling.
    pub(super) fn store(&self) -> crate::store::SystemStore<'_> {
        self.0.store.system(&self.0.authenticate)
    }

    /// Refuses the tokens of these tenants and of no others: they are being erased, and a token of
    /// theirs may still be alive.
    pub fn refuse_tenants(&self, tenants: HashSet<TenantId>) {
        *self.0.refused.write() = tenants;
    }

    /// Refuses the tokens of one more tenant.
    pub fn refuse_tenant(&self, tenant: TenantId) {
        self.0.refused.write().insert(tenant);
    }

    /// Are the tokens of this tenant refused?
    pub(super) fn refuses(&self, tenant: &TenantId) -> bool {
        self.0.refused.read().contains(tenant)
    }

    /// The client, if this is its secret. An unknown client takes as long as a known one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn authenticate(
        &self,
        client: &str,
        secret: ClientSecret,
    ) -> Result<Option<ClientRecord>, StoreError> {
        let record = match client.parse::<ClientId>() {
            Ok(id) => self.store().client(&id).await?,
            Err(_) => None,
        };
        let hash =
            record.as_ref().map_or_else(decoy, |r| SecretHash::stored(r.secret_hash.clone()));
        let matches = tokio::task::spawn_blocking(move || secret.matches(&hash))
            .await
            .expect("verifying a hash does not panic");
        Ok(record.filter(|_| matches))
    }

    /// Makes a client and its secret. The secret is told here and nowhere else.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn create_client(
        &self,
        _may: &SystemScope,
        tenant: Option<&TenantId>,
        name: &str,
        scopes: &BTreeSet<Scope>,
    ) -> Result<(ClientId, ClientSecret), StoreError> {
        let secret = ClientSecret::generate(self.entropy());
        let entropy = self.entropy().clone();
        let (secret, hash) = tokio::task::spawn_blocking(move || {
            let hash = secret.hash(&entropy);
            (secret, hash)
        })
        .await
        .expect("hashing does not panic");
        let now = self.clock().now();
        let id = ClientId::new(now, self.entropy());
        let record = NewClientRecord { id: &id, tenant, name, scopes, secret_hash: hash.as_str() };
        self.store().create_client(&record, now).await?;
        Ok((id, secret))
    }
}

/// The hash of a secret that nobody has, with the parameters of a real one.
fn decoy() -> SecretHash {
    SecretHash::stored(
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$KRW1E0zmCV+3/0vgLvKGaVfOwfOyuUO+B1GtXWSLyQc"
            .into(),
    )
}
