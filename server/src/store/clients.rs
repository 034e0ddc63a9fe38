//! Machines that may ask for tokens.

use std::collections::BTreeSet;

use inlay_shared::Scope;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use super::entity::clients;
use super::{StoreError, SystemStore};
use crate::ids::{ClientId, TenantId};

/// A client to be stored. `secret_hash` is a PHC string, never the secret.
#[derive(Debug)]
pub struct NewClientRecord<'a> {
    /// Its id.
    pub id: &'a ClientId,
    /// The tenant it acts for; none for an operator.
    pub tenant: Option<&'a TenantId>,
    /// Name for people.
    pub name: &'a str,
    /// What its tokens may carry.
    pub scopes: &'a BTreeSet<Scope>,
    /// The hash of its secret.
    pub secret_hash: &'a str,
}

/// A stored client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRecord {
    /// Its id.
    pub id: ClientId,
    /// The tenant it acts for; none for an operator.
    pub tenant: Option<TenantId>,
    /// What its tokens may carry.
    pub scopes: BTreeSet<Scope>,
    /// The hash of its secret.
    pub secret_hash: String,
}

impl SystemStore<'_> {
    /// Adds a client.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn create_client(
        &self,
        client: &NewClientRecord<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let scopes: Vec<_> = client.scopes.iter().map(|scope| scope.name()).collect();
        let row = clients::ActiveModel {
            id: Set(client.id.to_string()),
            tenant: Set(client.tenant.map(ToString::to_string)),
            name: Set(client.name.to_owned()),
            scopes: Set(scopes.join(" ")),
            secret_hash: Set(client.secret_hash.to_owned()),
            created_at: Set(now.as_microsecond()),
        };
        clients::Entity::insert(row).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// A client by its id, if there is such a one.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn client(&self, id: &ClientId) -> Result<Option<ClientRecord>, StoreError> {
        let row = clients::Entity::find_by_id(id.to_string()).one(&self.store.read).await?;
        row.map(shape).transpose()
    }
}

fn shape(row: clients::Model) -> Result<ClientRecord, StoreError> {
    let tenant = row
        .tenant
        .map(|tenant| tenant.parse().map_err(|_| StoreError::Corrupt("tenant id")))
        .transpose()?;
    let scopes = row
        .scopes
        .split_whitespace()
        .map(|name| Scope::parse(name).ok_or(StoreError::Corrupt("scope")))
        .collect::<Result<_, _>>()?;
    Ok(ClientRecord {
        id: row.id.parse().map_err(|_| StoreError::Corrupt("client id"))?,
        tenant,
        scopes,
        secret_hash: row.secret_hash,
    })
}
