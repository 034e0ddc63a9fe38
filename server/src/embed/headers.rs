//! The security headers of each kind of answer, all in one place.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

use super::nonce::Nonce;
use crate::origin::Origin;

/// What kind of answer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Data and problems: never a document, never framed, kept by nobody but the browser.
    Api,
    /// Scripts, styles and WASM with their hash in the name: for any page, for ever.
    Asset,
    /// The loader under its short name: for any page, for five minutes.
    Loader,
    /// The page for an iframe, framed by these origins and nobody else.
    Frame(Vec<Origin>, Nonce),
    /// The tenant's own page, framed by nobody. It keeps its opener, which gives it the token.
    OwnPage(Nonce),
}

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const ALLOW_ORIGIN: HeaderName = http::header::ACCESS_CONTROL_ALLOW_ORIGIN;

/// WASM and nothing inline, no plugins, no strings turned into markup. Which scripts may run says the
/// nonce: a script that an attacker could place on this origin has none, while `'self'` would let it.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
    form-action 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Adds the headers of this kind. What a handler set already (a `Cache-Control: no-store`) stays.
pub fn secure(headers: &mut HeaderMap, kind: &Kind) {
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "no-referrer");
    match kind {
        Kind::Api => {
            set(headers, CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
            set(headers, CORP, "same-origin");
            set(headers, CACHE_CONTROL, "private, no-cache");
        }
        Kind::Asset | Kind::Loader => {
            set(headers, CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
            set(headers, CORP, "cross-origin");
            set(headers, ALLOW_ORIGIN, "*");
            let fresh = match kind {
                Kind::Loader => "public, max-age=300",
                _ => "public, max-age=31536000, immutable",
            };
            set(headers, CACHE_CONTROL, fresh);
        }
        Kind::Frame(origins, nonce) => {
            page(headers, &frame_ancestors(origins), nonce, "cross-origin");
        }
        Kind::OwnPage(nonce) => page(headers, "frame-ancestors 'none'", nonce, "same-origin"),
    }
}

fn page(headers: &mut HeaderMap, ancestors: &str, nonce: &Nonce, resource_policy: &'static str) {
    let scripts = nonce.sources();
    let policy = format!("{PAGE_POLICY}; script-src {scripts} 'wasm-unsafe-eval'; {ancestors}");
    let policy =
        HeaderValue::try_from(policy).expect("origins are ASCII without control characters");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    set(headers, CORP, resource_policy);
    set(headers, CACHE_CONTROL, "private, no-cache");
    set(headers, PERMISSIONS, "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

fn frame_ancestors(origins: &[Origin]) -> String {
    if origins.is_empty() {
        return "frame-ancestors 'none'".into();
    }
    let list: Vec<_> = origins.iter().map(Origin::as_str).collect();
    format!("frame-ancestors {}", list.join(" "))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
