//! The gate: what it takes to find out who is calling, in one place.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use inlay_shared::Scope;
use parking_lot::RwLock;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::claims::{AccessClaims, EmbedClaims};
use super::keys::{KeeperError, LOOK_EVERY, SigningKeys};
use super::new_client::NewClient;
use super::secret::{ClientSecret, SecretHash};
use super::token::{InvalidToken, Tokens};
use crate::clock::{Clock, Stopwatch};
use crate::entropy::Entropy;
use crate::ids::{ClientId, TenantId};
use crate::policy::{Action, Duty, Policy, Principal, SystemScope};
use crate::problem::chain;
use crate::store::{ClientRecord, Store, StoreError, StoredKey};

/// Tokens of unknown keys make a process look for new keys no more often than this.
const ASK_EVERY_MS: f64 = 200.0;

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
    keys: SigningKeys,
    seen: Mutex<Seen>,
    /// When a token last made this process look for new keys.
    asked: Mutex<Option<Stopwatch>>,
}

/// The keys as they were last read, and whether they could be used.
#[derive(Debug, Default)]
struct Seen {
    keys: Vec<StoredKey>,
    usable: bool,
}

impl Gate {
    /// Reads the keys; on the first start it makes one.
    ///
    /// # Errors
    /// [`KeeperError`] if the keys cannot be read or written.
    pub async fn open(
        store: Store,
        keys: SigningKeys,
        issuer: String,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Self, KeeperError> {
        let policy = Policy::new();
        let authenticate = policy
            .system(&Principal::Process(Duty::Authenticate), Action::Authenticate)
            .expect("the policies let the process authenticate: tested");
        let tokens = Tokens::new(keys.open().await?, issuer);
        Ok(Self(Arc::new(Inner {
            store,
            policy,
            tokens,
            clock,
            entropy,
            authenticate,
            refused: RwLock::default(),
            keys,
            seen: Mutex::default(),
            asked: Mutex::default(),
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
        may: &SystemScope,
        tenant: Option<&TenantId>,
        name: &str,
        scopes: &BTreeSet<Scope>,
    ) -> Result<(ClientId, ClientSecret), StoreError> {
        let client = NewClient { tenant, name, scopes };
        client.make(&self.0.store, may, self.clock(), self.entropy()).await
    }

    /// The claims of an access token that is good now.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub(super) async fn check_access(&self, token: &str) -> Result<AccessClaims, InvalidToken> {
        self.look_for_key_of(token).await;
        self.tokens().check_access(token, self.clock().now())
    }

    /// The claims of an embed token that is good now, and the end of its key.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub(super) async fn check_embed(
        &self,
        token: &str,
    ) -> Result<(EmbedClaims, CancellationToken), InvalidToken> {
        self.look_for_key_of(token).await;
        self.tokens().check_embed(token, self.clock().now())
    }

    /// Another process may have made a key a moment ago, and signed with it.
    async fn look_for_key_of(&self, token: &str) {
        if self.tokens().knows_key_of(token) {
            return;
        }
        let mut asked = self.0.asked.lock().await;
        let just_now = asked.is_some_and(|asked| asked.elapsed_ms() < ASK_EVERY_MS);
        if just_now || self.tokens().knows_key_of(token) {
            return;
        }
        *asked = Some(self.clock().stopwatch());
        self.look_for_keys().await;
    }

    /// Keeps the keys in order until `stop`: hears of those that others made or withdrew, rotates, and
    /// forgets.
    pub async fn keep_keys(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            if !self.look_for_keys().await {
                continue;
            }
            let keys = self.0.seen.lock().await.keys.clone();
            if let Err(error) = self.0.keys.tidy(&keys).await {
                tracing::warn!(cause = chain(&error), "the signing keys were not tidied");
            }
        }
    }

    /// Reads the keys, and takes those that changed. `false`: they cannot be used; what was withdrawn is
    /// gone even then.
    async fn look_for_keys(&self) -> bool {
        let mut seen = self.0.seen.lock().await;
        let stored = match self.0.keys.stored().await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::warn!(cause = chain(&error), "the signing keys were not read");
                return false;
            }
        };
        if seen.keys == stored {
            return seen.usable;
        }
        let is_gone =
            |kid: &str| stored.iter().any(|key| key.kid == kid && key.withdrawn_at.is_some());
        self.tokens().withdraw(is_gone);
        let ring = self.0.keys.ring(&stored);
        let usable = ring.is_ok();
        match ring {
            Ok(ring) => self.tokens().replace(ring),
            Err(error) => {
                let cause = chain(&error);
                tracing::error!(cause, "the signing keys changed, and cannot be used");
            }
        }
        *seen = Seen { keys: stored, usable };
        usable
    }
}

/// The hash of a secret that nobody has, with the parameters of a real one.
fn decoy() -> SecretHash {
    SecretHash::stored(
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$KRW1E0zmCV+3/0vgLvKGaVfOwfOyuUO+B1GtXWSLyQc"
            .into(),
    )
}
