//! Makes clients.

use std::collections::BTreeSet;

use inlay_shared::Scope;

use super::secret::ClientSecret;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ids::{ClientId, TenantId};
use crate::policy::SystemScope;
use crate::store::{NewClientRecord, Store, StoreError};

/// A client that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewClient<'a> {
    /// Whose it is; the operator's without one.
    pub tenant: Option<&'a TenantId>,
    /// For people.
    pub name: &'a str,
    /// What its tokens may carry.
    pub scopes: &'a BTreeSet<Scope>,
}

impl NewClient<'_> {
    /// Makes it and its secret. The secret is told here and nowhere else. No signing key is needed for
    /// that: the shell makes clients where the keys are encrypted and it does not know under what.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn make(
        self,
        store: &Store,
        may: &SystemScope,
        clock: &Clock,
        entropy: &Entropy,
    ) -> Result<(ClientId, ClientSecret), StoreError> {
        let secret = ClientSecret::generate(entropy);
        let chance = entropy.clone();
        let (secret, hash) = tokio::task::spawn_blocking(move || {
            let hash = secret.hash(&chance);
            (secret, hash)
        })
        .await
        .expect("hashing does not panic");
        let now = clock.now();
        let id = ClientId::new(now, entropy);
        let Self { tenant, name, scopes } = self;
        let record = NewClientRecord { id: &id, tenant, name, scopes, secret_hash: hash.as_str() };
        store.system(may).create_client(&record, now).await?;
        Ok((id, secret))
    }
}
