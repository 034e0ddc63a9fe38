//! Who is looking: an embed token, on the page that it was minted for.

use axum::extract::{FromRef, FromRequestParts};
use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use inlay_shared::{Capability, Filter};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::claims::EmbedClaims;
use super::extract::{bearer, refuse, refuse_token};
use super::gate::Gate;
use super::token::InvalidToken;
use crate::ids::{DashboardName, SessionId, TenantId};
use crate::policy::{TenantScope, Viewer};
use crate::problem::ApiError;

/// The header in which Inlay's own pages name the origin that gave them the token.
pub(super) const EMBEDDER: &str = "inlay-embedder";

/// What a good embed token says, and where its tenant lets itself be embedded. The CORS layer finds
/// it out for every call of a page, and leaves it in the request's extensions for [`EmbedCaller`]: a
/// token is verified once a request.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    claims: EmbedClaims,
    withdrawn: CancellationToken,
    viewer: Viewer,
    session: SessionId,
    origins: Vec<String>,
}

/// An [`Identity`], or why there is none.
pub(super) type Identified = Result<Identity, ApiError>;

impl Identity {
    /// Verifies the token of a request and reads the origins of its tenant.
    pub(super) async fn of(gate: &Gate, headers: &HeaderMap) -> Identified {
        let token = bearer(headers)?;
        let (claims, withdrawn) = gate.check_embed(token).await.map_err(refuse_token)?;
        let (viewer, session) = viewer(&claims)
            .ok_or_else(|| refuse_token(InvalidToken::Invalid("its claims do not parse")))?;
        let origins = gate.store().origins(&viewer.tenant).await;
        let origins = origins.map_err(|error| ApiError::internal(&error))?;
        Ok(Self { claims, withdrawn, viewer, session, origins })
    }

    /// Does the tenant list this origin?
    pub(super) fn lists(&self, origin: &str) -> bool {
        self.origins.iter().any(|listed| listed == origin)
    }
}

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
    /// The session of the token.
    pub session: SessionId,
    /// The origin of the page that the token is bound to.
    pub origin: String,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Told when the key that signed the token is withdrawn, and the token with it.
    pub withdrawn: CancellationToken,
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
        let identified = match parts.extensions.remove::<Identified>() {
            Some(identified) => identified,
            None => Identity::of(&gate, &parts.headers).await,
        };
        let identity = identified?;
        check_origin(&parts.headers, &identity.claims.grant.origin)?;
        let store = gate.store();
        let revoked = store.session_is_revoked(&identity.viewer.tenant, &identity.session).await;
        if revoked.map_err(|error| ApiError::internal(&error))? {
            return Err(ApiError::unauthorized("session_revoked", "The session was ended."));
        }
        // The list may have changed since the token was minted, and the list rules.
        if !identity.lists(&identity.claims.grant.origin) {
            return Err(mismatch());
        }
        let Identity { claims, withdrawn, viewer, session, .. } = identity;
        let grant = claims.grant;
        Ok(Self {
            viewer,
            filters: grant.filters,
            zone: grant.zone,
            lang: Some(grant.lang).filter(|lang| !lang.is_empty()),
            session,
            origin: grant.origin,
            expires_at: Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX),
            withdrawn,
            gate,
        })
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
fn check_origin(headers: &HeaderMap, bound: &str) -> Result<(), ApiError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
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
