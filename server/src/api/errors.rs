//! What each stage's errors look like from outside.

use http::StatusCode;

use crate::ingest::IngestError;
use crate::problem::{ApiError, chain};
use crate::query::QueryError;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (status, code, detail) = match &error {
            StoreError::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "storage_full",
                "The server's disk is full, and nothing of the request was stored. Send it again \
                 later; the operator has to make room in the data folder.",
            ),
            StoreError::Unwritable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "storage_unwritable",
                "The server's data folder cannot be written, and nothing of the request was stored. \
                 Send it again later; the operator has to look at the disk.",
            ),
            StoreError::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "storage_busy",
                "The control database is busy, and nothing of the request was stored. Send it again.",
            ),
            _ => return Self::internal(&error),
        };
        tracing::error!(cause = chain(&error), "a request could not be stored");
        Self::new(status, code, detail)
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let status = match &error {
            IngestError::Store(store) => return store.clone().into(),
            IngestError::Interrupted => return Self::internal(&error),
            IngestError::Busy => return Self::too_many(error.code(), error.to_string(), 1),
            IngestError::TooManyEvents | IngestError::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        if error.is_internal() {
            return Self::internal(&error);
        }
        if matches!(error, QueryError::TooMany) {
            return Self::too_many(error.code(), error.to_string(), 1);
        }
        let status = if error.is_overload() {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Self::new(status, error.code(), error.to_string())
    }
}
