//! What collecting from pages needs: the keys that pages carry, and the salt of the day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000701_public_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(public_keys()).await?;
        manager.create_index(public_keys_of_tenant()).await?;
        manager.create_table(visitor_salts()).await
    }
}

/// A page shows its key before anybody knows its tenant, so the key alone is the key.
fn public_keys() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("public_keys"))
        .col(string("id"))
        .col(string("tenant"))
        .col(string("name"))
        .col(big_integer("bots"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col(Alias::new("id")).primary())
        .to_owned()
}

fn public_keys_of_tenant() -> IndexCreateStatement {
    Index::create()
        .name("public_keys_tenant")
        .table(Alias::new("public_keys"))
        .col(Alias::new("tenant"))
        .col(Alias::new("id"))
        .to_owned()
}

/// One row at most, of today (days since 1970, UTC). Kept so that a restart does not make new
/// visitors of the same people, and destroyed when its day is over: without it no id leads back.
fn visitor_salts() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("visitor_salts"))
        .col(big_integer("day"))
        .col(binary("salt"))
        .primary_key(Index::create().col(Alias::new("day")).primary())
        .to_owned()
}
