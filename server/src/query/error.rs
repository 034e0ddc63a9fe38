//! Why a query has no answer.

use std::sync::Arc;

use datafusion::error::DataFusionError;

use crate::lake::LakeError;
use crate::model::Invalid;

/// A query has no answer. Cheap to clone: everybody who waited for the same answer gets it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum QueryError {
    /// The question is wrong.
    #[error(transparent)]
    Invalid(Invalid),
    /// A row filter of the token cannot be applied, so nothing is answered.
    #[error("a row filter of the token cannot be applied: {0}")]
    RowFilter(Invalid),
    /// Amounts of different currencies would be put together.
    #[error(
        "amounts in {0} would be put together: filter by `currency`, or make it one of the dimensions"
    )]
    MixedCurrencies(String),
    /// More groups or cells than an answer may have.
    #[error("{0}")]
    TooLarge(String),
    /// It took too long.
    #[error("the query took longer than {seconds} s: ask for a shorter range or fewer groups")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// It needed too much memory.
    #[error(
        "the query needs more memory than the tenant's queries may hold: ask for a shorter range or \
         fewer groups"
    )]
    Memory,
    /// The tenant has as many queries running and waiting as it may have.
    #[error(
        "the tenant has as many queries running and waiting as it may have: ask again in a second, \
         and fewer at a time"
    )]
    TooMany,
    /// The lake failed.
    #[error("the lake could not be read")]
    Lake(#[source] Arc<LakeError>),
    /// DataFusion failed.
    #[error("the query could not be run")]
    Engine(#[source] Arc<DataFusionError>),
}

impl QueryError {
    /// Stable code for clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.code,
            Self::RowFilter(_) => "row_filter",
            Self::MixedCurrencies(_) => "mixed_currencies",
            Self::TooLarge(_) | Self::Memory => "query_too_large",
            Self::Timeout { .. } => "query_timeout",
            Self::TooMany => "too_many_queries",
            Self::Lake(_) | Self::Engine(_) => "internal",
        }
    }

    /// Where in the query the mistake is (JSON pointer), if it is in one place.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Invalid(invalid) if !invalid.pointer.is_empty() => Some(&invalid.pointer),
            _ => None,
        }
    }

    /// Is it a fault of the server, whose details are not for clients?
    pub fn is_internal(&self) -> bool {
        matches!(self, Self::Lake(_) | Self::Engine(_))
    }

    /// May the same query work later?
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Timeout { .. })
    }
}

impl From<Invalid> for QueryError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<LakeError> for QueryError {
    fn from(error: LakeError) -> Self {
        Self::Lake(Arc::new(error))
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
            return Self::Memory;
        }
        Self::Engine(Arc::new(error))
    }
}
