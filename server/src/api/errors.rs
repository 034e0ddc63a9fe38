//! What each stage's errors look like from outside.

use http::StatusCode;

use crate::ingest::IngestError;
use crate::problem::ApiError;
use crate::query::QueryError;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let status = match &error {
            IngestError::Store(_) | IngestError::Interrupted => return Self::internal(&error),
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
