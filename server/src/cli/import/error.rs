//! Why an import stops. What was imported before stays, and importing again adds nothing twice.

use std::path::PathBuf;

use crate::app::StartError;
use crate::ids::TenantId;
use crate::ingest::IngestError;
use crate::ingest::import::{InvalidColumns, ReadError};
use crate::lake::LakeError;
use crate::store::StoreError;

/// An import cannot go on.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ImportError {
    /// The name says nothing about what is in it.
    #[error("{}: the name must end in .csv, .jsonl, .ndjson or .parquet", .0.display())]
    UnknownKind(PathBuf),
    /// The file cannot be opened.
    #[error("{} cannot be opened", path.display())]
    Closed {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be read on.
    #[error("{}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: ReadError,
    },
    /// The arguments do not fit an event.
    #[error(transparent)]
    Columns(#[from] InvalidColumns),
    /// A tenant does not exist.
    #[error(
        "there is no tenant `{0}`: make it with `inlay tenant create {0}`, or import with \
         --create-tenants"
    )]
    UnknownTenant(TenantId),
    /// The data folder cannot be opened.
    #[error(transparent)]
    Open(#[from] StartError),
    /// Events could not be stored.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The control database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The events are stored, but not in columns yet.
    #[error("the events are stored, but could not be brought into columns; a server will do it")]
    Lake(#[from] LakeError),
    /// The process is going down.
    #[error("the import was interrupted; importing again goes on")]
    Interrupted,
}
