//! The first tables. Times are microseconds since 1970, UTC. A tenant's table has the tenant first
//! in its key: rows of one tenant lie together, and no key tells about another tenant's rows.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, string_null, text};

use super::{key, table};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261121_000001_first_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            tenants(),
            tenant_origins(),
            tenant_domains(),
            tenant_brands(),
            clients(),
            signing_keys(),
            revoked_sessions(),
            dashboards(),
            raw_events(),
            lake_positions(),
            segments(),
            dead_letters(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in [raw_event_ids(), segments_of_tenant()] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn tenants() -> TableCreateStatement {
    table("tenants")
        .col(string("id"))
        .col(string("name"))
        .col(big_integer("created_at"))
        .primary_key(&mut key(["id"]))
        .to_owned()
}

fn tenant_origins() -> TableCreateStatement {
    table("tenant_origins")
        .col(string("tenant"))
        .col(string("origin"))
        .primary_key(&mut key(["tenant", "origin"]))
        .to_owned()
}

/// A host name belongs to one tenant at most, so it is the key alone.
fn tenant_domains() -> TableCreateStatement {
    table("tenant_domains")
        .col(string("domain"))
        .col(string("tenant"))
        .primary_key(&mut key(["domain"]))
        .to_owned()
}

fn tenant_brands() -> TableCreateStatement {
    table("tenant_brands")
        .col(string("tenant"))
        .col(string("name"))
        .col(string("accent"))
        .col(string("accent_dark"))
        .primary_key(&mut key(["tenant"]))
        .to_owned()
}

/// Secrets are kept as argon2 hashes only.
fn clients() -> TableCreateStatement {
    table("clients")
        .col(string("id"))
        .col(string_null("tenant"))
        .col(string("name"))
        .col(string("scopes"))
        .col(string("secret_hash"))
        .col(big_integer("created_at"))
        .primary_key(&mut key(["id"]))
        .to_owned()
}

fn signing_keys() -> TableCreateStatement {
    table("signing_keys")
        .col(string("kid"))
        .col(string("algorithm"))
        .col(text("private_key"))
        .col(big_integer("created_at"))
        .primary_key(&mut key(["kid"]))
        .to_owned()
}

/// Sessions are not stored when they are minted: the token says it all. Only a revocation is, until
/// the token would have died anyway.
fn revoked_sessions() -> TableCreateStatement {
    table("revoked_sessions")
        .col(string("tenant"))
        .col(string("session"))
        .col(big_integer("expires_at"))
        .primary_key(&mut key(["tenant", "session"]))
        .to_owned()
}

fn dashboards() -> TableCreateStatement {
    table("dashboards")
        .col(string("tenant"))
        .col(string("name"))
        .col(text("definition"))
        .col(big_integer("updated_at"))
        .primary_key(&mut key(["tenant", "name"]))
        .to_owned()
}

/// Each event as it came. `seq` counts up per tenant, with gaps where duplicates were. Rows lie in
/// their key: one tree less to write for each event.
fn raw_events() -> TableCreateStatement {
    table("raw_events")
        .col(string("tenant"))
        .col(big_integer("seq"))
        .col(string("event_id"))
        .col(big_integer("received_at"))
        .col(text("body"))
        .primary_key(&mut key(["tenant", "seq"]))
        .extra("WITHOUT ROWID")
        .to_owned()
}

fn raw_event_ids() -> IndexCreateStatement {
    Index::create()
        .name("raw_events_id")
        .table(Alias::new("raw_events"))
        .col(Alias::new("tenant"))
        .col(Alias::new("event_id"))
        .unique()
        .to_owned()
}

/// Per tenant: the last `seq` given out, the last one that is in a segment, and a count of changes
/// to the lake.
fn lake_positions() -> TableCreateStatement {
    table("lake_positions")
        .col(string("tenant"))
        .col(big_integer("appended"))
        .col(big_integer("flushed"))
        .col(big_integer("version"))
        .primary_key(&mut key(["tenant"]))
        .to_owned()
}

/// The catalogue of the lake. A Parquet file without a row here is garbage.
fn segments() -> TableCreateStatement {
    table("segments")
        .col(string("tenant"))
        .col(string("id"))
        .col(big_integer("rows"))
        .col(big_integer("bytes"))
        .col(big_integer("first_seq"))
        .col(big_integer("last_seq"))
        .col(big_integer("min_time"))
        .col(big_integer("max_time"))
        .col(big_integer("created_at"))
        .primary_key(&mut key(["tenant", "id"]))
        .to_owned()
}

fn segments_of_tenant() -> IndexCreateStatement {
    Index::create()
        .name("segments_time")
        .table(Alias::new("segments"))
        .col(Alias::new("tenant"))
        .col(Alias::new("min_time"))
        .to_owned()
}

fn dead_letters() -> TableCreateStatement {
    table("dead_letters")
        .col(string("tenant"))
        .col(string("id"))
        .col(big_integer("received_at"))
        .col(string("code"))
        .col(text("detail"))
        .col(text("body"))
        .primary_key(&mut key(["tenant", "id"]))
        .to_owned()
}
