//! `GET /t.js`

use axum::response::Response;
use http::HeaderMap;

use crate::api::script::script;
use crate::assets;

/// The tracker under the name that sites write. Its hashed copy, for pinning with `integrity`, is named
/// in `Link`.
pub(crate) async fn tracker(headers: HeaderMap) -> Response {
    script(assets::tracker(), &headers)
}
