//! Why a file cannot be read on. What was handed on before stays, and reading again adds nothing twice.

use crate::ids::InvalidId;

/// A mapping that does not fit an event, or the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidColumns(pub(super) String);

/// A file cannot be read on. The file is not named: who reads it knows which one it is.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is damaged, or not what it should be.
    #[error("{}", place(*row))]
    Unreadable {
        /// Which row, from 1.
        row: Option<u64>,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Its columns are not those that the mapping names.
    #[error(transparent)]
    Columns(#[from] InvalidColumns),
    /// A row says no tenant, or one that is no slug.
    #[error("row {row} names no tenant that could be")]
    BadTenant {
        /// Which row, from 1.
        row: u64,
        /// Why.
        source: InvalidId,
    },
    /// Nobody wants its rows any more.
    #[error("the import was interrupted; importing again goes on")]
    Interrupted,
}

impl ReadError {
    pub(super) fn unreadable(
        row: Option<u64>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unreadable { row, source: source.into() }
    }

    /// A file that cannot be read for a reason of ours.
    pub fn lost(why: &'static str) -> Self {
        Self::unreadable(None, why)
    }

    /// The row at which it is wrong, from 1.
    pub fn row(&self) -> Option<u64> {
        match self {
            Self::Unreadable { row, .. } => *row,
            Self::BadTenant { row, .. } => Some(*row),
            Self::Columns(_) | Self::Interrupted => None,
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Columns(_) => "invalid_columns",
            Self::BadTenant { .. } => "bad_tenant",
            Self::Interrupted => "interrupted",
        }
    }
}

fn place(row: Option<u64>) -> String {
    row.map_or_else(|| "the file cannot be read".into(), |row| format!("row {row} cannot be read"))
}
