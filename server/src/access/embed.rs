//! Who is looking: an embed token, on the page that it was minted for.

use axum::extract::{FromRef, FromRequestParts};
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use inlay_shared::{Capability, Filter};

use super::extract::{bearer, refuse, refuse_token};
use super::gate::Gate;
use super::token::{EmbedClaims, InvalidToken};
use crate::ids::{DashboardName, SessionId, TenantId};
use crate::policy::{TenantScope, Viewer};
use crate::problem::ApiError;

/// The header in which Inlay's own pages name the origin that gave them the token.
pub(super) const EMBEDDER: &str = "inlay-embedder";

/// The bearer of a good embed token, calling from the token's origin.
#[derive(Debug, Clone)]
pub struct EmbedCaller {
    viewer: Viewer,
    /// Row filters that hold for every query of the session.
    pub filters: Vec<Filter>,
    /// The viewer's IANA zone.
    pub zone: String,
    /// The viewer's language, if the vendor named one.
    pub lang: Option<String>,
    gate: Gate,
}

impl EmbedCaller {
    /// The scope to see `dashboard` with.
    ///
    /// # Errors
    /// 404 for a dashboard that the token does not name.
    pub fn see(&self, dashboard: &DashboardName) -> Result<TenantScope, ApiError> {
        let scope = self.gate.policy().dashboard(&self.viewer, dashboard);
        scope.map_err(|denied| refuse(denied, "unknown_dashboard", "dashboard"))
    }

    /// Makes sure that the token carries `capability` for `dashboard`.
    ///
    /// # Errors
    /// 403 naming the capability.
    pub fn need(&self, dashboard: &DashboardName, capability: Capability) -> Result<(), ApiError> {
        let answer = self.gate.policy().capability(&self.viewer, dashboard, capability);
        answer.map_err(|denied| refuse(denied, "unknown_dashboard", "dashboard"))
    }

    /// What the token allows beyond looking.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.viewer.capabilities.iter().copied().collect()
    }
}

impl<S> FromRequestParts<S> for EmbedCaller
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let gate = Gate::from_ref(state);
        let token = bearer(parts)?;
        let claims = gate.tokens().check_embed(token, gate.clock().now()).map_err(refuse_token)?;
        let (viewer, session) = viewer(&claims)
            .ok_or_else(|| refuse_token(InvalidToken::Invalid("its claims do not parse")))?;
        check_origin(parts, &claims.grant.origin)?;
        let store = gate.store();
        let revoked = store.session_is_revoked(&viewer.tenant, &session).await;
        if revoked.map_err(|error| ApiError::internal(&error))? {
            return Err(ApiError::unauthorized("session_revoked", "The session was ended."));
        }
        // The list may have changed since the token was minted, and the list rules.
        let listed = store.origins(&viewer.tenant).await;
        if !listed.map_err(|error| ApiError::internal(&error))?.contains(&claims.grant.origin) {
            return Err(mismatch());
        }
        let grant = claims.grant;
        let lang = Some(grant.lang).filter(|lang| !lang.is_empty());
        Ok(Self { viewer, filters: grant.filters, zone: grant.zone, lang, gate })
    }
}

fn viewer(claims: &EmbedClaims) -> Option<(Viewer, SessionId)> {
    let tenant: TenantId = claims.grant.tid.parse().ok()?;
    let dashboards = claims.grant.dashboards.iter().map(|name| name.parse().ok());
    let viewer = Viewer {
        id: claims.grant.sub.clone(),
        tenant,
        dashboards: dashboards.collect::<Option<_>>()?,
        capabilities: claims.grant.capabilities.clone(),
    };
    Some((viewer, claims.jti.parse().ok()?))
}

/// A page of another origin must be the token's. A page of our own (the frame, the white-labelled
/// page) got its token over a MessagePort from an origin that it checked, and names that one.
fn check_origin(parts: &Parts, bound: &str) -> Result<(), ApiError> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let calling = match header(ORIGIN.as_str()) {
        Some(origin) if !is_own(origin, header(HOST.as_str())) => Some(origin),
        _ if header("sec-fetch-site").is_none_or(|site| site == "same-origin") => header(EMBEDDER),
        _ => None,
    };
    if calling == Some(bound) { Ok(()) } else { Err(mismatch()) }
}

fn is_own(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some() && authority == host
}

fn mismatch() -> ApiError {
    ApiError::forbidden(
        "origin_mismatch",
        "The session was minted for a page of another origin. Mint it with the origin of the page \
         that embeds, which must be in the tenant's list of origins.",
    )
}
