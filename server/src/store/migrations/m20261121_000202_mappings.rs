//! How the events of each source are read: every version of its rules. An event of the raw log says by
//! which one it was accepted, and is always read by that one; a dead letter says from which source it
//! came, and is replayed by the rules of the day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000202_mappings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut key = Index::create();
        key.col(Alias::new("tenant")).col(Alias::new("source")).col(Alias::new("version"));
        let mappings = Table::create()
            .table(Alias::new("mappings"))
            .col(string("tenant"))
            .col(string("source"))
            .col(big_integer("version"))
            .col(text("rules"))
            .col(big_integer("created_at"))
            .primary_key(key.primary())
            .to_owned();
        manager.create_table(mappings).await?;
        for (table, mut column) in [
            ("raw_events", string_null("source")),
            ("raw_events", big_integer_null("mapping")),
            ("dead_letters", string_null("source")),
        ] {
            let alter = Table::alter().table(Alias::new(table)).add_column(&mut column).to_owned();
            manager.alter_table(alter).await?;
        }
        // Counts by reason, and replays of one reason.
        let by_code = Index::create()
            .name("dead_letters_code")
            .table(Alias::new("dead_letters"))
            .col(Alias::new("tenant"))
            .col(Alias::new("code"))
            .col(Alias::new("id"))
            .to_owned();
        manager.create_index(by_code).await
    }
}
