//! Files of the lake that went out of use and are still there, until nobody can be reading them.
//!
//! A row is written in the transaction that takes the file out of the catalogue, so a file is always
//! either live, or retired, or unknown; and what is unknown may be swept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000301_retired_segments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("retired_segments"))
            .col(string("tenant"))
            .col(string("id"))
            .col(big_integer("retired_at"))
            .primary_key(Index::create().col(Alias::new("tenant")).col(Alias::new("id")).primary())
            .to_owned();
        manager.create_table(table).await?;
        let due = Index::create()
            .name("retired_segments_due")
            .table(Alias::new("retired_segments"))
            .col(Alias::new("retired_at"))
            .to_owned();
        manager.create_index(due).await
    }
}
