//! How large the rollup beside a segment is; 0: there is none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000901_rollups"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut bytes = big_integer("rollup_bytes").default(0).to_owned();
        let table = Table::alter().table(Alias::new("segments")).add_column(&mut bytes).to_owned();
        manager.alter_table(table).await
    }
}
