//! Imports of large files, as jobs.

use serde::{Deserialize, Serialize};

/// A file of events on its way in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// `import_…`.
    pub id: String,
    /// Where it stands.
    pub state: ImportState,
    /// Bytes of the file.
    pub bytes: u64,
    /// How much of it was read, 0 to 1.
    pub progress: f64,
    /// Rows that were read.
    pub rows: u64,
    /// Events that were new and are stored.
    pub accepted: u64,
    /// Events whose id was stored before.
    pub duplicates: u64,
    /// Events that were refused; they are in the dead-letter queue.
    pub rejected: u64,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ImportFailure>,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// For its turn.
    Waiting,
    /// Its rows are being taken in.
    Running,
    /// All of it was read.
    Done,
    /// It could not be read on; what was read before stays.
    Failed,
    /// It was ended on request; what was read before stays.
    Cancelled,
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFailure {
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The row at which it is wrong, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
}
