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
    if let Some(origin) = allowed(&gate, caller(&gate, &request)).await {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
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
    let allowed = allowed(&gate, caller(&gate, &request)).await;
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

/// Who is calling from where, as far as the request itself tells.
struct Caller {
    origin: Option<HeaderValue>,
    tenant: Option<TenantId>,
}

fn caller(gate: &Gate, request: &Request) -> Caller {
    Caller { origin: request.headers().get(ORIGIN).cloned(), tenant: tenant(gate, request) }
}

fn tenant(gate: &Gate, request: &Request) -> Option<TenantId> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (_, token) = value.split_once(' ')?;
    let claims = gate.tokens().check_embed(token, gate.clock().now()).ok()?;
    claims.grant.tid.parse().ok()
}

/// The caller's origin, if it may read the answer.
async fn allowed(gate: &Gate, caller: Caller) -> Option<HeaderValue> {
    let value = caller.origin?;
    let origin = value.to_str().ok()?;
    let listed = match &caller.tenant {
        Some(tenant) => of_tenant(gate, tenant, origin).await,
        None => gate.store().origin_is_listed(origin).await,
    };
    match listed {
        Ok(listed) => listed.then_some(value),
        Err(error) => {
            tracing::error!(cause = crate::problem::chain(&error), "origins cannot be read");
            None
        }
    }
}

async fn of_tenant(gate: &Gate, tenant: &TenantId, origin: &str) -> Result<bool, StoreError> {
    Ok(gate.store().origins(tenant).await?.iter().any(|listed| listed == origin))
}
