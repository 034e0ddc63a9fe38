//! Who may send what: the portal answers under its own name alone, and changes something only when
//! one of its own pages asks.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

use super::Portal;

/// Sends a browser that came by address, or by another name, to the name that the tokens are bound to.
pub(super) async fn own_host(
    State(portal): State<Portal>,
    request: Request,
    next: Next,
) -> Response {
    let addresses = &portal.0.addresses;
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if host == Some(addresses.portal_host.as_str()) {
        return next.run(request).await;
    }
    if request.method() != Method::GET {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::temporary(&format!("{}{path}", addresses.portal)).into_response()
}

/// Whether one of the portal's own pages sent the request: the browser says so itself, and no script
/// of another origin can make it lie.
pub(super) fn is_own_page(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = text("sec-fetch-site");
    let from = text(ORIGIN.as_str());
    match (site, from) {
        (Some(site), Some(from)) => site == "same-origin" && from == origin,
        (Some(site), None) => site == "same-origin",
        (None, Some(from)) => from == origin,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(site: Option<&'static str>, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        headers
    }

    #[test]
    fn only_the_own_origin_counts() {
        let own = "http://portal.localhost:8090";
        for (site, origin, answer) in [
            (Some("same-origin"), Some(own), true),
            (Some("same-origin"), None, true),
            (None, Some(own), true),
            (None, None, false),
            (Some("same-site"), Some("http://evil.localhost:8090"), false),
            (Some("cross-site"), Some(own), false),
            (Some("none"), None, false),
            (Some("same-origin"), Some("null"), false),
            (None, Some("http://portal.localhost:80901"), false),
        ] {
            assert_eq!(is_own_page(&headers(site, origin), own), answer, "{site:?} {origin:?}");
        }
    }
}
