//! Erasures of people and of tenants, and what must be remembered of what was erased: no id in clear.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, integer, string, string_null,
};

use super::{key, table};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000302_erasures"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [erasures(), erased_events(), erased_tenants(), erasure_key()] {
            manager.create_table(table).await?;
        }
        // The database draws it itself, from the operating system's randomness: it is made once, and no
        // process ever has to agree with another one about it.
        let key = "INSERT INTO erasure_key (id, key) VALUES (1, randomblob(32))";
        manager.get_connection().execute_unprepared(key).await.map(drop)
    }
}

/// What was asked for. `subject` is the person's id, and goes when it is no longer needed.
fn erasures() -> TableCreateStatement {
    table("erasures")
        .col(string("tenant"))
        .col(string("id"))
        .col(string_null("subject"))
        .col(big_integer("events"))
        .col(big_integer("requested_at"))
        .col(big_integer_null("erased_at"))
        .col(big_integer_null("finished_at"))
        .primary_key(&mut key(["tenant", "id"]))
        .to_owned()
}

/// Keyed hashes of the ids of erased events, so that a late retry of one is a duplicate as before.
fn erased_events() -> TableCreateStatement {
    table("erased_events")
        .col(string("tenant"))
        .col(binary("mark"))
        .primary_key(&mut key(["tenant", "mark"]))
        .extra("WITHOUT ROWID")
        .to_owned()
}

/// Tenants that are being erased. `mark` is a keyed hash of the slug; the slug itself goes with the
/// rest.
fn erased_tenants() -> TableCreateStatement {
    table("erased_tenants")
        .col(binary("mark"))
        .col(string_null("slug"))
        .col(big_integer("requested_at"))
        .col(big_integer_null("erased_at"))
        .col(big_integer_null("finished_at"))
        .primary_key(&mut key(["mark"]))
        .to_owned()
}

/// The key of these hashes: without it they cannot be guessed at.
fn erasure_key() -> TableCreateStatement {
    table("erasure_key")
        .col(integer("id"))
        .col(binary("key"))
        .primary_key(&mut key(["id"]))
        .to_owned()
}
