//! How long each tenant's events are kept. A tenant without a row keeps them forever.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000303_retention"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("tenant_retention"))
            .col(string("tenant"))
            .col(big_integer("days"))
            .primary_key(Index::create().col(Alias::new("tenant")).primary())
            .to_owned();
        manager.create_table(table).await
    }
}
