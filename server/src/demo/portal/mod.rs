//! Tandem, the portal in which the dashboards are embedded: a server of its own, on an origin of its
//! own, that knows Inlay by its HTTP API alone. It does what a vendor's portal does: signs people in,
//! shows pages with two lines of Inlay in them, and mints sessions for the people it has signed in.

mod gallery;
mod guard;
mod headers;
mod pages;
mod session;
mod sign_in;
mod static_files;
mod theme;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use self::sign_in::SignedIn;
use super::addresses::Addresses;
use super::inlay::Inlay;
use super::progress::Progress;
use crate::clock::Clock;
use crate::entropy::Entropy;

/// What the portal's handlers share.
#[derive(Debug, Clone)]
pub(crate) struct Portal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inlay: Arc<Inlay>,
    addresses: Addresses,
    progress: Arc<Progress>,
    signed_in: SignedIn,
    clock: Clock,
}

impl Portal {
    /// A portal whose backend speaks to Inlay through `inlay`.
    pub(crate) fn new(
        inlay: Arc<Inlay>,
        addresses: Addresses,
        progress: Arc<Progress>,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        let signed_in = SignedIn::new(clock.clone(), entropy);
        Self(Arc::new(Shared { inlay, addresses, progress, signed_in, clock }))
    }
}

/// Every page and endpoint of the portal.
pub(crate) fn router(portal: Portal) -> Router {
    Router::new()
        .route("/", get(pages::front))
        .route("/sign-in", get(sign_in::page).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/projects", get(pages::projects))
        .route("/analytics", get(pages::analytics))
        .route("/reports", get(pages::reports))
        .route("/your-domain", get(pages::own_domain))
        .route("/gallery", get(gallery::all))
        .route("/gallery/session", post(gallery::session))
        .route("/v1.js", get(gallery::slow))
        .route("/assets/{file}", get(gallery::slow))
        .route("/v1/embed/view", get(gallery::slow))
        .route("/gallery/{state}", get(gallery::one))
        .route("/inlay-session", post(session::mint))
        .route("/theme", post(theme::choose))
        .route("/arriving", get(pages::arriving))
        .route("/static/{file}", get(static_files::file))
        .fallback(pages::nothing_here)
        .layer(from_fn_with_state(portal.clone(), guard::own_host))
        .with_state(portal)
}

#[cfg(test)]
mod tests;
