//! Writes that carry an `Idempotency-Key`: which of them were begun, and what was answered.

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entity::idempotency_keys::{ActiveModel, Column, Entity, Model};
use super::{StoreError, SystemStore};
use crate::ids::{ClientId, TenantId};

/// Whose key it is: the same key of another client, or of the client for another tenant, is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// The tenant of the token, if it has one.
    pub tenant: Option<TenantId>,
    /// The client.
    pub client: ClientId,
    /// Hash of the key.
    pub key_hash: String,
}

/// An answer that is kept, its body sealed by whoever keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Status and headers.
    pub head: String,
    /// The sealed body.
    pub sealed: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: the request is to be done, and is noted as begun.
    Now,
    /// The first request with it still runs.
    Running,
    /// It was used for another request.
    ForAnother,
    /// The first request was answered.
    Answered(KeptAnswer),
}

impl KeyOwner {
    fn id(&self) -> (String, String, String) {
        let tenant = self.tenant.as_ref().map(ToString::to_string).unwrap_or_default();
        (tenant, self.client.to_string(), self.key_hash.clone())
    }
}

impl SystemStore<'_> {
    /// Begins a request, unless its key was used before. A note that ran out counts for nothing; so
    /// does one without an answer that was begun before `dead`: its process died.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn begin_once(
        &self,
        owner: &KeyOwner,
        fingerprint: &str,
        now: Timestamp,
        dead: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Begun, StoreError> {
        let write = self.store.begin().await?;
        let (tenant, client, key_hash) = owner.id();
        let known = Entity::find_by_id(owner.id()).one(&write).await?;
        if let Some(known) = known.filter(|known| is_alive(known, now, dead)) {
            write.rollback().await?;
            return Ok(match known {
                Model { fingerprint: other, .. } if other != fingerprint => Begun::ForAnother,
                Model { head: Some(head), sealed: Some(sealed), .. } => {
                    Begun::Answered(KeptAnswer { head, sealed })
                }
                _ => Begun::Running,
            });
        }
        let row = ActiveModel {
            tenant: Set(tenant),
            client: Set(client),
            key_hash: Set(key_hash),
            fingerprint: Set(fingerprint.to_owned()),
            begun_at: Set(now.as_microsecond()),
            expires_at: Set(expires_at.as_microsecond()),
            head: Set(None),
            sealed: Set(None),
        };
        let anew = OnConflict::columns([Column::Tenant, Column::Client, Column::KeyHash])
            .update_columns([
                Column::Fingerprint,
                Column::BegunAt,
                Column::ExpiresAt,
                Column::Head,
                Column::Sealed,
            ])
            .to_owned();
        Entity::insert(row).on_conflict(anew).exec_without_returning(&write).await?;
        write.commit().await?;
        Ok(Begun::Now)
    }

    /// Keeps the answer to a request that was begun.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn keep_answer(
        &self,
        owner: &KeyOwner,
        answer: KeptAnswer,
    ) -> Result<(), StoreError> {
        let (tenant, client, key_hash) = owner.id();
        let row = ActiveModel {
            tenant: Set(tenant),
            client: Set(client),
            key_hash: Set(key_hash),
            head: Set(Some(answer.head)),
            sealed: Set(Some(answer.sealed)),
            ..ActiveModel::default()
        };
        Entity::update(row).exec(&self.store.write).await?;
        Ok(())
    }

    /// Forgets a request that came to nothing: its key is free again.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_begun(&self, owner: &KeyOwner) -> Result<(), StoreError> {
        Entity::delete_by_id(owner.id()).exec(&self.store.write).await?;
        Ok(())
    }

    /// Forgets answers that are kept no longer.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn forget_old_answers(&self, now: Timestamp) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::ExpiresAt.lte(now.as_microsecond()))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

fn is_alive(known: &Model, now: Timestamp, dead: Timestamp) -> bool {
    let is_kept = known.expires_at > now.as_microsecond();
    is_kept && (known.sealed.is_some() || known.begun_at > dead.as_microsecond())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::policy::{Action, Duty, Policy, Principal};
    use crate::store::testing::Folder;

    #[tokio::test]
    async fn a_key_is_busy_while_its_request_runs_and_free_when_that_died() {
        let folder = Folder::new().await;
        let scope = Policy::new().system(&Principal::Process(Duty::Present), Action::Present);
        let scope = scope.unwrap();
        let store = folder.store.system(&scope);
        let owner = KeyOwner {
            tenant: Some("acme".parse().unwrap()),
            client: "client_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            key_hash: "k".into(),
        };
        let minute = Duration::from_secs(60);
        let begin = async |what: &str, now: Timestamp| {
            store.begin_once(&owner, what, now, now - minute, now + minute * 60).await.unwrap()
        };
        let now = folder.clock.now();
        assert_eq!(begin("a", now).await, Begun::Now);
        assert_eq!(begin("a", now).await, Begun::Running);
        assert_eq!(begin("b", now).await, Begun::ForAnother);
        assert_eq!(begin("b", now + minute).await, Begun::Now, "the first one died");

        let kept = KeptAnswer { head: "h".into(), sealed: vec![1] };
        store.keep_answer(&owner, kept.clone()).await.unwrap();
        assert_eq!(begin("b", now + minute * 30).await, Begun::Answered(kept));
        assert_eq!(begin("a", now + minute * 61).await, Begun::Now, "it is kept no longer");
        store.forget_begun(&owner).await.unwrap();
        assert_eq!(begin("c", now + minute * 61).await, Begun::Now);
        store.forget_old_answers(now + minute * 121).await.unwrap();
        assert_eq!(begin("d", now + minute * 61).await, Begun::Now);
    }
}
