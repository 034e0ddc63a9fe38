//! The control database: tenants, clients, keys, dashboards, the raw log and the lake's catalogue.
//!
//! It is reached with a scope only: [`Store::tenant`] takes the proof that policy gave for one tenant
//! and adds that tenant to every statement; [`Store::system`] takes the proof for the deployment.
//! No pool leaves this folder, and no SQL is written outside it.
//!
//! SQLite in WAL mode, synced at every commit: one connection writes, others read beside it, and a
//! second process (a shell command beside the server) may do the same. A write transaction takes the
//! write lock when it begins, so it never fails half way for want of it. Appends to the raw log share
//! transactions, and wait for them in a bounded queue.

mod append;
mod apply_model;
mod changes;
mod clients;
mod dashboards;
mod dead_letters;
mod entity;
mod erased;
mod erasures;
mod error;
mod health;
mod idempotency;
mod import_queue;
mod imports;
mod keys;
mod mappings;
mod marks;
mod migrations;
mod models;
mod public_keys;
mod queue;
mod raw_log;
mod removal;
mod replay;
mod retention;
mod retired;
mod scrub;
mod segments;
mod sessions;
mod tenant_erasures;
mod tenants;
#[cfg(test)]
pub(crate) mod testing;
mod view;
mod visitor_salts;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

pub use apply_model::{ApplyError, ModelChange};
pub use changes::Standing;
pub use clients::{ClientRecord, NewClientRecord};
pub use dead_letters::{NewDeadLetter, StoredLetter};
pub use erasures::OpenErasure;
pub use error::StoreError;
pub use idempotency::{Begun, KeptAnswer, KeyOwner};
pub use import_queue::ImportJob;
pub use imports::ImportProgress;
pub use keys::StoredKey;
pub use mappings::SourceMapping;
pub use models::StoredModel;
pub use queue::{AppendLoad, Permit};
pub use raw_log::{Backlog, NewEvent, Pending, RawEvent};
pub use removal::Removal;
pub use replay::{NOT_NORMALISED, Replay, Replayed, Verdict};
pub use segments::{Catalogue, Flush, SEGMENT_FORMAT, Segment};
pub use tenant_erasures::OpenTenantErasure;
pub use view::{Position, View};

use self::health::Health;
use self::marks::Marks;
use self::queue::Queue;
use crate::ids::TenantId;
use crate::model::Model;
use crate::policy::{SystemScope, TenantScope};

/// What the writing connection keeps of the file, in KiB with a minus: the index of event ids is touched
/// all over, and with SQLite's own 2 MB each group would read most of its pages anew.
const WRITE_CACHE: &str = "-32768";
/// The same for each reading connection: SQLite's own measure.
const READ_CACHE: &str = "-2000";
/// Models that are kept ready.
const MODELS: u64 = 1_000;

/// The control database of one deployment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
    file: PathBuf,
    marks: Marks,
    /// Models by whose they are and what both layers declare.
    models: Cache<models::Stamp, Arc<Model>>,
    queue: Arc<Queue>,
    health: Arc<Health>,
    changes: Arc<changes::Changes>,
}

/// One tenant's part of the control database.
#[derive(Debug, Clone, Copy)]
pub struct TenantStore<'a> {
    store: &'a Store,
    tenant: &'a TenantId,
}

/// The part of the control database that belongs to the deployment.
#[derive(Debug, Clone, Copy)]
pub struct SystemStore<'a> {
    store: &'a Store,
}

impl Store {
    /// Opens the database file, makes it where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the file cannot be opened or migrated,
    /// [`StoreError::Unwritable`] if the folder cannot be written.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let write = connect(file, 1, WRITE_CACHE).await?;
        migrations::Migrator::up(&write, None).await?;
        let read = connect(file, 8, READ_CACHE).await?;
        let marks = Marks::load(&read).await?;
        let (queue, health) = (Arc::default(), Arc::new(Health::of(file)));
        health.prove()?;
        let models = Cache::new(MODELS);
        let file = file.to_owned();
        Ok(Self { read, write, file, marks, models, queue, health, changes: Arc::default() })
    }

    /// The part that belongs to the scope's tenant.
    pub fn tenant<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        TenantStore { store: self, tenant: scope.tenant() }
    }

    /// The part that belongs to the deployment.
    pub fn system(&self, _scope: &SystemScope) -> SystemStore<'_> {
        SystemStore { store: self }
    }

    /// Begins a transaction that already holds the write lock.
    async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }
}

async fn connect(
    file: &Path,
    connections: u32,
    cache: &'static str,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    let file = file.to_owned();
    options.max_connections(connections).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .filename(&file)
            .in_memory(false)
            .shared_cache(false)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: an erased person, a salt whose day is over.
            .pragma("secure_delete", "ON")
            .busy_timeout(Duration::from_secs(20))
            .pragma("cache_size", cache)
    });
    // A full disk makes SQLite roll back by itself, and the driver goes on counting a transaction: the
    // connection would refuse every other one. It is given up, and a new one opened.
    options.map_sqlx_sqlite_before_acquire(|connection, _| {
        let clean = !connection.is_in_transaction();
        Box::pin(async move { Ok(clean) })
    });
    Database::connect(options).await
}
