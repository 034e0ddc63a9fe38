//! The headers of the portal's pages. A page allows what its embed needs and nothing more.
//!
//! Every page, exactly:
//!
//! ```text
//! Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';
//!   connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';
//!   require-trusted-types-for 'script'; trusted-types 'none'
//! ```
//!
//! With `<script type="module" src="http://analytics.localhost:8080/v1.js" crossorigin>` it adds, in
//! script mode (the widget runs in the page), `http://analytics.localhost:8080 'wasm-unsafe-eval'` to
//! `script-src` and `http://analytics.localhost:8080` to `connect-src`; in frame mode the origin to
//! `script-src` and `frame-src http://analytics.localhost:8080`; for the link to a customer's own
//! host the origin to `script-src` alone.

use axum::response::{Html, IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");

/// How a page embeds a dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Embed {
    /// Not at all.
    None,
    /// The widget runs in the page.
    Script,
    /// The widget runs in a frame of Inlay's.
    Frame,
    /// The widget runs on the customer's own host.
    Window,
}

/// The page's Content-Security-Policy, one directive an entry.
pub(super) fn policy(embed: Embed, analytics: &str) -> Vec<String> {
    let (script, connect, frame) = match embed {
        Embed::None => (String::new(), String::new(), None),
        Embed::Script => {
            (format!(" {analytics} 'wasm-unsafe-eval'"), format!(" {analytics}"), None)
        }
        Embed::Frame => {
            (format!(" {analytics}"), String::new(), Some(format!("frame-src {analytics}")))
        }
        Embed::Window => (format!(" {analytics}"), String::new(), None),
    };
    let mut policy = vec![
        "default-src 'none'".to_owned(),
        format!("script-src 'self'{script}"),
        "style-src 'self'".to_owned(),
        "img-src 'self'".to_owned(),
        format!("connect-src 'self'{connect}"),
    ];
    policy.extend(frame);
    policy.extend(
        [
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
        .map(String::from),
    );
    policy
}

/// A page with its headers.
pub(super) fn page(
    status: StatusCode,
    embed: Embed,
    analytics: &str,
    html: Result<String, askama::Error>,
) -> Response {
    let Ok(html) = html else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    let policy = HeaderValue::try_from(policy(embed, analytics).join("; "));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        policy.unwrap_or(HeaderValue::from_static("default-src 'none'")),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A window that the portal opens keeps its opener: that is where it gets its session from.
    headers
        .insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin-allow-popups"));
    response
}
