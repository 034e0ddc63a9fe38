//! Signing in and out. The cookie holds a random name for the visit and nothing else; who that is
//! stays in the server, so that signing out really ends it.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::Deserialize;

use super::headers::{self, Embed};
use super::{Portal, guard, theme};
use crate::clock::Clock;
use crate::demo::customers::{CUSTOMERS, Customer};
use crate::entropy::Entropy;

const COOKIE_NAME: &str = "tandem_session";
/// How long a visit lasts.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// Most visits at once; beyond them the oldest ends.
const MOST: usize = 10_000;

/// Who is signed in. Only digests of the cookies are kept.
#[derive(Debug)]
pub(super) struct SignedIn {
    clock: Clock,
    entropy: Entropy,
    visits: Mutex<HashMap<blake3::Hash, Visit>>,
}

#[derive(Debug, Clone, Copy)]
struct Visit {
    customer: &'static Customer,
    until: Timestamp,
}

impl SignedIn {
    pub(super) fn new(clock: Clock, entropy: Entropy) -> Self {
        Self { clock, entropy, visits: Mutex::default() }
    }

    /// Signs a customer's person in; the answer is the cookie's value.
    fn enter(&self, customer: &'static Customer) -> String {
        let key = self.entropy.bytes::<32>();
        let value = blake3::Hash::from_bytes(key).to_hex().to_string();
        let now = self.clock.now();
        let mut visits = self.visits.lock();
        visits.retain(|_, visit| visit.until > now);
        if visits.len() >= MOST {
            let oldest = visits.iter().min_by_key(|(_, visit)| visit.until).map(|(key, _)| *key);
            oldest.map(|key| visits.remove(&key));
        }
        visits.insert(blake3::hash(value.as_bytes()), Visit { customer, until: now + LASTS });
        value
    }

    fn who(&self, value: &str) -> Option<&'static Customer> {
        let visits = self.visits.lock();
        let visit = visits.get(&blake3::hash(value.as_bytes()))?;
        (visit.until > self.clock.now()).then_some(visit.customer)
    }

    fn leave(&self, value: &str) {
        self.visits.lock().remove(&blake3::hash(value.as_bytes()));
    }
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

/// Proof that somebody is signed in, and as whom. A page asked for without it leads to the sign-in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor(pub(super) &'static Customer);

impl Visitor {
    /// Who sent the request, if somebody is signed in.
    pub(super) fn of(headers: &HeaderMap, portal: &Portal) -> Option<Self> {
        portal.0.signed_in.who(cookie(headers, COOKIE_NAME)?).map(Self)
    }
}

impl FromRequestParts<Portal> for Visitor {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Redirect> {
        Self::of(&parts.headers, portal).ok_or_else(|| Redirect::to("/sign-in"))
    }
}

#[derive(Debug, Template)]
#[template(path = "portal/sign_in.html")]
struct Page {
    theme: &'static str,
    customers: &'static [Customer],
}

/// `GET /sign-in`
pub(super) async fn page(State(portal): State<Portal>, headers: HeaderMap) -> Response {
    let html = Page { theme: theme::chosen(&headers), customers: &CUSTOMERS }.render();
    headers::page(StatusCode::OK, Embed::None, &portal.0.addresses.analytics, html)
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    person: String,
}

/// `POST /sign-in`
pub(super) async fn enter(
    State(portal): State<Portal>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Response {
    if !guard::is_own_page(&headers, &portal.0.addresses.portal) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(customer) = CUSTOMERS.iter().find(|known| known.person.id == entry.person) else {
        return Redirect::to("/sign-in").into_response();
    };
    // Whoever was signed in before is not any more.
    if let Some(old) = cookie(&headers, COOKIE_NAME) {
        portal.0.signed_in.leave(old);
    }
    let value = portal.0.signed_in.enter(customer);
    with_cookie("/analytics", &format!("{value}; Max-Age={}", LASTS.as_secs()))
}

/// `POST /sign-out`
pub(super) async fn leave(State(portal): State<Portal>, headers: HeaderMap) -> Response {
    if !guard::is_own_page(&headers, &portal.0.addresses.portal) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(value) = cookie(&headers, COOKIE_NAME) {
        portal.0.signed_in.leave(value);
    }
    with_cookie("/sign-in", "; Max-Age=0")
}

/// The cookie is for this host, this server and no script. `Secure` is missing because the demo
/// speaks plain HTTP on loopback.
fn with_cookie(to: &str, value: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let cookie = format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn signed_in() -> (Clock, SignedIn) {
        let clock = Clock::manual("2026-11-20T10:00:00Z".parse().unwrap());
        (clock.clone(), SignedIn::new(clock, Entropy::seeded([1; 32])))
    }

    #[test]
    fn a_visit_is_known_until_it_ends() {
        let (clock, signed_in) = signed_in();
        let value = signed_in.enter(&CUSTOMERS[1]);
        assert_eq!(value.len(), 64);
        assert_eq!(signed_in.who(&value).unwrap().id, CUSTOMERS[1].id);
        assert!(signed_in.who("0000").is_none());
        clock.advance(Duration::from_secs(12 * 3_600 - 1));
        assert!(signed_in.who(&value).is_some());
        clock.advance(Duration::from_secs(1));
        assert!(signed_in.who(&value).is_none());
    }

    #[test]
    fn signing_out_ends_one_visit_only() {
        let (_, signed_in) = signed_in();
        let (one, other) = (signed_in.enter(&CUSTOMERS[0]), signed_in.enter(&CUSTOMERS[0]));
        assert_ne!(one, other);
        signed_in.leave(&one);
        assert!(signed_in.who(&one).is_none());
        assert!(signed_in.who(&other).is_some());
    }

    #[test]
    fn visits_are_bounded() {
        let (clock, signed_in) = signed_in();
        let first = signed_in.enter(&CUSTOMERS[0]);
        for _ in 0..MOST {
            clock.advance(Duration::from_millis(1));
            signed_in.enter(&CUSTOMERS[2]);
        }
        assert!(signed_in.who(&first).is_none());
        assert_eq!(signed_in.visits.lock().len(), MOST);
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("x_tandem_session=1; a=b"));
        assert_eq!(cookie(&headers, COOKIE_NAME), None);
        headers.append(COOKIE, HeaderValue::from_static("a=b;  tandem_session=2"));
        assert_eq!(cookie(&headers, COOKIE_NAME), Some("2"));
    }
}
