//! `GET /assets/{file}`

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};

use crate::assets::{self, Asset};
use crate::embed::Kind;
use crate::problem::ApiError;

/// A browser asset by its hashed name, in the best encoding that the request accepts.
pub(crate) async fn asset(
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asset = assets::find(&file).ok_or_else(|| {
        ApiError::not_found(
            "unknown_asset",
            "There is no such asset. A newer version may be deployed: load /v1.js again.",
        )
    })?;
    let mut response = encoded(asset, &headers);
    response.extensions_mut().insert(Kind::Asset);
    Ok(response)
}

/// The asset as it was compressed at build time.
pub(in crate::api) fn encoded(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let (bytes, encoding) = if accepts(headers, "br") {
        (asset.brotli, Some("br"))
    } else if accepts(headers, "gzip") {
        (asset.gzip, Some("gzip"))
    } else {
        (asset.raw, None)
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// RFC 9110 section 12.5.3, as far as it matters for what we have: a coding that is named and not
/// refused with `q=0`.
pub(in crate::api) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| {
            part.to_ascii_lowercase().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32))
        });
        named && !refused
    })
}
