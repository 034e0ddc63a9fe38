//! Declared models. One layer is a row: the deployment's has the empty tenant, which is the id of none.
//! `version` counts up with each change of the layer, so that answers made with an older one are not
//! taken for those of today.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000401_models"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut key = Index::create();
        let table = Table::create()
            .table(Alias::new("models"))
            .col(string("tenant"))
            .col(big_integer("version"))
            .col(text("definition"))
            .col(big_integer("updated_at"))
            .primary_key(key.col(Alias::new("tenant")).primary())
            .to_owned();
        manager.create_table(table).await
    }
}
