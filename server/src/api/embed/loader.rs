//! `GET /v1.js`

use axum::response::Response;
use http::{HeaderMap, StatusCode};

use crate::api::script::script;
use crate::assets;
use crate::problem::ApiError;

/// The loader under the name that host pages write. Its hashed copy, for pinning with `integrity`, is
/// named in `Link`.
pub(crate) async fn loader(headers: HeaderMap) -> Result<Response, ApiError> {
    assets::loader().map(|asset| script(asset, &headers)).ok_or_else(missing)
}

/// The binary was built without the browser's part.
pub(super) fn missing() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "assets_missing",
        "This binary was built without the widget. Build it with `cargo xtask build`.",
    )
}
