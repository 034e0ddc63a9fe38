//! What can fail in the lake.

use std::path::{Path, PathBuf};

use datafusion::arrow::error::ArrowError;
use datafusion::parquet::errors::ParquetError;

use crate::store::StoreError;

/// The lake failed. Nothing is lost: the raw log has everything.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A file or folder failed.
    #[error("{} failed", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// How.
        source: std::io::Error,
    },
    /// The address is no place of a lake.
    #[error("a lake cannot lie at {address}: {reason}")]
    Place {
        /// The address, as it was set.
        address: String,
        /// Why not, and what would do.
        reason: String,
    },
    /// An object of the storage failed.
    #[error("the object {name} failed")]
    Object {
        /// Its name in the lake.
        name: String,
        /// How.
        source: object_store::Error,
    },
    /// A segment could not be written or read.
    #[error("a Parquet segment failed")]
    Parquet(#[from] ParquetError),
    /// Columns could not be built.
    #[error("columns could not be built")]
    Arrow(#[from] ArrowError),
    /// The control database failed.
    #[error("the catalogue failed")]
    Store(#[from] StoreError),
    /// Other processes were faster each time.
    #[error("other processes kept changing the catalogue")]
    Contended,
    /// The process is going down.
    #[error("the work was interrupted")]
    Interrupted,
}

impl LakeError {
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(super) fn object(name: &str, source: object_store::Error) -> Self {
        Self::Object { name: name.to_owned(), source }
    }
}
