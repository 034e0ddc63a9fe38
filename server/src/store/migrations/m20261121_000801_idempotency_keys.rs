//! What was answered to writes that carry an `Idempotency-Key`, so that a repeated one is not done
//! twice. The key itself is not kept, only a hash of it; the answer is sealed under the key, because
//! it may hold a secret that is shown once.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_null, string, string_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000801_idempotency_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("idempotency_keys"))
            // Empty for a client of the deployment.
            .col(string("tenant"))
            .col(string("client"))
            .col(string("key_hash"))
            .col(string("fingerprint"))
            .col(big_integer("begun_at"))
            .col(big_integer("expires_at"))
            // Both are null while the first request runs.
            .col(string_null("head"))
            .col(binary_null("sealed"))
            .primary_key(
                Index::create()
                    .col(Alias::new("tenant"))
                    .col(Alias::new("client"))
                    .col(Alias::new("key_hash"))
                    .primary(),
            )
            .to_owned();
        manager.create_table(table).await
    }
}
