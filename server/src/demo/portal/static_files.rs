//! The portal's own style, script and pictures, from inside the binary.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode};

macro_rules! file {
    ($name:literal, $kind:literal) => {
        ($name, $kind, include_bytes!(concat!("../../../../www/portal/static/", $name)).as_slice())
    };
}

static FILES: [(&str, &str, &[u8]); 6] = [
    file!("portal.css", "text/css; charset=utf-8"),
    file!("portal.js", "text/javascript; charset=utf-8"),
    file!("icons.svg", "image/svg+xml"),
    file!("mark.svg", "image/svg+xml"),
    file!("plan.svg", "image/svg+xml"),
    (
        "gallery.css",
        "text/css; charset=utf-8",
        include_bytes!("../../../../www/gallery/gallery.css").as_slice(),
    ),
];

/// `GET /static/{file}`: asked for again each time, sent again only when it changed.
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, kind, bytes)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", &blake3::hash(bytes).to_hex()[..16]);
    let fresh = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache")];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, fresh).into_response();
    }
    let content = [(CONTENT_TYPE, *kind), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (fresh, content, *bytes).into_response()
}
