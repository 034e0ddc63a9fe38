//! Imports of files: one row a job. The file itself lies in the data folder until the job has ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, text, text_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000702_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(imports()).await?;
        manager.create_index(imports_by_state()).await
    }
}

/// `rows` is also where a job goes on after a restart.
fn imports() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("imports"))
        .col(string("tenant"))
        .col(string("id"))
        .col(string("state"))
        .col(string("kind"))
        .col(text("columns"))
        .col(big_integer("bytes"))
        .col(big_integer("progress_ppm"))
        .col(big_integer("rows"))
        .col(big_integer("accepted"))
        .col(big_integer("duplicates"))
        .col(big_integer("rejected"))
        .col(text_null("error"))
        .col(big_integer("created_at"))
        .col(big_integer_null("started_at"))
        .col(big_integer_null("finished_at"))
        .primary_key(Index::create().col(Alias::new("tenant")).col(Alias::new("id")).primary())
        .to_owned()
}

fn imports_by_state() -> IndexCreateStatement {
    Index::create()
        .name("imports_state")
        .table(Alias::new("imports"))
        .col(Alias::new("state"))
        .col(Alias::new("id"))
        .to_owned()
}
