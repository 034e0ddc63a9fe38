//! `GET /v1.js`

use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_NONE_MATCH, LINK, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::asset::encoded;
use crate::assets;
use crate::embed::Kind;
use crate::problem::ApiError;

/// The loader under the name that host pages write. Its hashed copy, for pinning with `integrity`, is
/// named in `Link`.
pub(crate) async fn loader(headers: HeaderMap) -> Result<Response, ApiError> {
    let asset = assets::loader().ok_or_else(missing)?;
    // A strong validator differs by encoding (RFC 9110 section 8.8.3.3).
    let mut response = encoded(asset, &headers);
    let encoding = response.headers().get(http::header::CONTENT_ENCODING);
    let encoding = encoding.and_then(|value| value.to_str().ok()).unwrap_or("raw");
    let tag = format!("\"{}-{encoding}\"", asset.name);
    let known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    if known {
        response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let ascii = "names of assets are ASCII";
    let pinned =
        format!("</assets/{}>; rel=\"canonical\"; integrity=\"{}\"", asset.name, asset.integrity);
    response.headers_mut().insert(LINK, HeaderValue::try_from(pinned).expect(ascii));
    response.headers_mut().insert(ETAG, HeaderValue::try_from(tag).expect(ascii));
    response.extensions_mut().insert(Kind::Loader);
    Ok(response)
}

/// The binary was built without the browser's part.
pub(super) fn missing() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "assets_missing",
        "This binary was built without the widget. Build it with `cargo xtask build`.",
    )
}
