//! What a segment's columns are: the way of writing of the build that wrote it, and which declared
//! properties have a column of their own. So nobody opens a file to learn whether it can answer.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000201_segment_columns"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            string("properties").default("").to_owned(),
            big_integer("format").default(1).to_owned(),
        ];
        for column in columns {
            let mut column = column;
            let table =
                Table::alter().table(Alias::new("segments")).add_column(&mut column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
