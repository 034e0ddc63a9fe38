//! When a signing key begins to sign, and when it was withdrawn. Keys of before signed from the moment
//! they were made.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000501_key_lives"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut signs_from = big_integer("signs_from").default(0).to_owned();
        let mut withdrawn_at = big_integer_null("withdrawn_at");
        for column in [&mut signs_from, &mut withdrawn_at] {
            let table =
                Table::alter().table(Alias::new("signing_keys")).add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        let begin = "UPDATE signing_keys SET signs_from = created_at";
        manager.get_connection().execute_unprepared(begin).await.map(drop)
    }
}
