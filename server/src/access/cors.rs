//! CORS for the embed endpoints: exactly the origins that tenants listed, never `*`, never `null`,
//! never with credentials.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, ORIGIN, VARY,
};
use http::{HeaderValue, StatusCode};

use super::gate::Gate;
use crate::ids::TenantId;
use crate::store::StoreError;

/// Answers a preflight. It carries no token, so all that can be asked is whether some tenant listed
/// the origin; whether it is the right tenant is asked when the request itself comes.
pub async fn preflight(State(gate): State<Gate>, request: Request) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = request.headers().get(ORIGIN) else { return response };
    if is_allowed(&gate, &request, origin).await {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let allowed = HeaderValue::from_static("authorization, content-type, if-none-match");
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    response
}

/// Lets pages of the token's tenant read the answer, and without a good token pages of any tenant:
/// they must be able to read that it is refused.
pub async fn allow_embedders(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let allowed = match request.headers().get(ORIGIN).cloned() {
        Some(origin) if is_allowed(&gate, &request, &origin).await => Some(origin),
        _ => None,
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("etag, x-request-id, retry-after");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

async fn is_allowed(gate: &Gate, request: &Request, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let listed = match tenant(gate, request) {
        Some(tenant) => of_tenant(gate, &tenant, origin).await,
        None => gate.store().origin_is_listed(origin).await,
    };
    listed.unwrap_or_else(|error| {
        tracing::error!(cause = crate::problem::chain(&error), "origins cannot be read");
        false
    })
}

async fn of_tenant(gate: &Gate, tenant: &TenantId, origin: &str) -> Result<bool, StoreError> {
    Ok(gate.store().origins(tenant).await?.iter().any(|listed| listed == origin))
}

fn tenant(gate: &Gate, request: &Request) -> Option<TenantId> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (_, token) = value.split_once(' ')?;
    let claims = gate.tokens().check_embed(token, gate.clock().now()).ok()?;
    claims.grant.tid.parse().ok()
}
