//! Why an import stops. What was imported before stays, and importing again adds nothing twice.

use std::path::{Path, PathBuf};

use crate::app::StartError;
use crate::ids::InvalidId;
use crate::ingest::IngestError;
use crate::lake::LakeError;
use crate::store::StoreError;

/// An import cannot go on.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ImportError {
    /// The name says nothing about what is in it.
    #[error("{}: the name must end in .csv, .jsonl, .ndjson or .parquet", .0.display())]
    UnknownKind(PathBuf),
    /// The file cannot be read.
    #[error("{}{}", path.display(), place(*row))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Which row, from 1.
        row: Option<u64>,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The arguments do not fit each other, or the file.
    #[error("{0}")]
    Columns(String),
    /// A row says no tenant, or one that is no slug.
    #[error("row {row} names no tenant that could be: {source}")]
    BadTenant {
        /// Which row, from 1.
        row: u64,
        /// Why.
        source: InvalidId,
    },
    /// A tenant does not exist.
    #[error(
        "there is no tenant `{0}`: make it with `inlay tenant create {0}`, or import with \
         --create-tenants"
    )]
    UnknownTenant(TenantName),
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

type TenantName = crate::ids::TenantId;

impl ImportError {
    pub(super) fn unreadable(
        path: &Path,
        row: Option<u64>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unreadable { path: path.to_owned(), row, source: source.into() }
    }
}

fn place(row: Option<u64>) -> String {
    row.map_or_else(|| " cannot be read".to_owned(), |row| format!(": row {row} cannot be read"))
}
