//! A script under a name that stays: kept for five minutes, told apart by its validator.

use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_NONE_MATCH, LINK, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::embed::encoded;
use crate::assets::Asset;
use crate::embed::Kind;

/// The script, or 304 to who has it. Its hashed copy, for pinning, is named in `Link`.
pub(super) fn script(asset: &'static Asset, headers: &HeaderMap) -> Response {
    // A strong validator differs by encoding (RFC 9110 section 8.8.3.3).
    let mut response = encoded(asset, headers);
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
    response
}
