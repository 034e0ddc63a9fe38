//! Keeps the keys of the store: makes the first, rotates, withdraws, encrypts, forgets. What it writes
//! every process on the store reads within [`LOOK_EVERY`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::life::{self, Life};
use super::ring::{KeyRing, UnusableKey, generate};
use super::vault::{Vault, VaultError};
use crate::clock::Clock;
use crate::config;
use crate::policy::{Action, Duty, Policy, Principal, SystemScope};
use crate::store::{Store, StoreError, StoredKey};

/// How often a process looks for keys that another one made or withdrew.
pub(in crate::access) const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Once so long has passed, every process that reaches the store has heard of a withdrawal.
pub const WITHDRAWN_EVERYWHERE: Duration = Duration::from_secs(2);

/// The keys cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The control database failed.
    #[error("the signing keys cannot be read or written")]
    Store(#[from] StoreError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The encryption key cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// There is no such key.
    #[error("there is no key `{0}`; `inlay keys list` shows those that there are")]
    Unknown(String),
    /// The next key is there already.
    #[error("the key {0} is published already and signs from {1}")]
    Waiting(String, Timestamp),
    /// Another process did it.
    #[error("another process rotated the keys at the same moment; look with `inlay keys list`")]
    Raced,
}

/// A key, as the shell shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// The key. Its private half is nobody's business.
    pub key: StoredKey,
    /// Where it stands.
    pub life: Life,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The next key.
    pub kid: String,
    /// When it begins to sign.
    pub signs_from: Timestamp,
}

/// What a withdrawal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The key that signs in its place from now on, if it was the one that signed.
    pub replacement: Option<String>,
}

/// The signing keys of one deployment.
#[derive(Debug)]
pub struct SigningKeys {
    store: Store,
    authenticate: SystemScope,
    vault: Vault,
    clock: Clock,
    published_for: SignedDuration,
    every: Option<SignedDuration>,
}

impl SigningKeys {
    /// The keys of this store.
    ///
    /// # Errors
    /// [`VaultError`] if the encryption key is not where it should be.
    pub fn of(store: Store, config: &config::Keys, clock: Clock) -> Result<Self, VaultError> {
        let authenticate = Policy::new()
            .system(&Principal::Process(Duty::Authenticate), Action::Authenticate)
            .expect("the policies let the process authenticate: tested");
        let every = (config.rotate_days > 0)
            .then(|| SignedDuration::from_hours(24 * i64::from(config.rotate_days)));
        let published_for = SignedDuration::from_secs(config.publish_seconds.into());
        Ok(Self { store, authenticate, vault: Vault::of(config)?, clock, published_for, every })
    }

    /// Every key and where it stands, in the order in which they sign.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn list(&self, _may: &SystemScope) -> Result<Vec<KeyState>, StoreError> {
        let keys = self.stored().await?;
        let lives = life::lives(&keys, self.clock.now());
        Ok(keys.into_iter().zip(lives).map(|(key, life)| KeyState { key, life }).collect())
    }

    /// Makes the next key. It is published at once and signs when it has been for long enough.
    ///
    /// # Errors
    /// [`KeeperError`], also if the next key is there already.
    pub async fn rotate(&self, _may: &SystemScope) -> Result<Rotated, KeeperError> {
        let live = self.usable().await?;
        let now = self.clock.now();
        if let Some(last) = live.last().filter(|last| last.signs_from > now) {
            return Err(KeeperError::Waiting(last.kid.clone(), last.signs_from));
        }
        self.add(live.last(), now).await?.ok_or(KeeperError::Raced)
    }

    /// Withdraws a key for good. If it is the one that signs, another signs from this moment.
    ///
    /// # Errors
    /// [`KeeperError`], also if there is no such key.
    pub async fn withdraw(&self, _may: &SystemScope, kid: &str) -> Result<Withdrawn, KeeperError> {
        let now = self.clock.now();
        let keys = self.stored().await?;
        let lives = life::lives(&keys, now);
        let found = keys.iter().zip(lives).find(|(key, _)| key.kid == kid);
        let (_, life) = found.ok_or_else(|| KeeperError::Unknown(kid.to_owned()))?;
        let replacement = (life == Life::Signing).then(|| generate(&self.vault, now, now));
        let store = self.store.system(&self.authenticate);
        store.withdraw_signing_key(kid, replacement.as_ref(), now).await?;
        Ok(Withdrawn { replacement: replacement.map(|key| key.kid) })
    }

    /// Every key as it is stored.
    pub(in crate::access) async fn stored(&self) -> Result<Vec<StoredKey>, StoreError> {
        self.store.system(&self.authenticate).signing_keys().await
    }

    /// Makes the first key where there is none, encrypts what lies open, and reads the ring.
    pub(in crate::access) async fn open(&self) -> Result<KeyRing, KeeperError> {
        let live = self.usable().await?;
        let mut open: Vec<String> = Vec::new();
        for key in live.iter().filter(|key| self.vault.should_seal(&key.private_key)) {
            let sealed = self.vault.seal(&key.kid, &key.private_key);
            self.store.system(&self.authenticate).reseal_signing_key(key, &sealed).await?;
            open.push(key.private_key.clone());
        }
        if !open.is_empty() {
            tracing::info!(keys = open.len(), "signing keys are encrypted from now on");
            // What was overwritten must not be found in the file, nor in the log beside it.
            if !self.store.system(&self.authenticate).scrub(open).await? {
                tracing::warn!(
                    "another process reads: the database's log may hold keys until it is emptied"
                );
            }
        }
        self.ring(&self.stored().await?)
    }

    /// The ring of what is stored.
    pub(in crate::access) fn ring(&self, stored: &[StoredKey]) -> Result<KeyRing, KeeperError> {
        Ok(KeyRing::new(&life::live(stored), &self.vault)?)
    }

    /// Makes the next key when it is time, and forgets keys that have done their work.
    pub(in crate::access) async fn tidy(&self, stored: &[StoredKey]) -> Result<(), StoreError> {
        let (live, now) = (life::live(stored), self.clock.now());
        // The last one may have been withdrawn twice at the same moment.
        let due = self.every.is_some_and(|every| life::is_due(&live, every, now));
        if (due || live.is_empty())
            && let Some(Rotated { kid, signs_from }) = self.add(live.last(), now).await?
        {
            tracing::info!(kid, %signs_from, "a signing key was made");
        }
        for kid in life::dead(&live, now) {
            self.store.system(&self.authenticate).forget_signing_key(kid).await?;
            tracing::info!(kid, "a signing key was forgotten: every token that it signed is dead");
        }
        Ok(())
    }

    /// The live keys, of which there is at least one, and each can be read.
    async fn usable(&self) -> Result<Vec<StoredKey>, KeeperError> {
        let mut live = life::live(&self.stored().await?);
        if live.is_empty() {
            // Of two processes that start at once one adds it, and both read it.
            self.add(None, self.clock.now()).await?;
            live = life::live(&self.stored().await?);
        }
        KeyRing::new(&live, &self.vault)?;
        Ok(live)
    }

    /// Adds a key behind the last. Nobody waits for the first one to be known.
    async fn add(
        &self,
        last: Option<&StoredKey>,
        now: Timestamp,
    ) -> Result<Option<Rotated>, StoreError> {
        let signs_from = last.map_or(now, |_| now + self.published_for);
        let key = generate(&self.vault, now, signs_from);
        let store = self.store.system(&self.authenticate);
        let added = store.add_signing_key(&key, last.map(|last| last.kid.as_str())).await?;
        Ok(added.then_some(Rotated { kid: key.kid, signs_from }))
    }
}
