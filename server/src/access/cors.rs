//! CORS for the embed endpoints: exactly the origins that tenants listed, never `*`, never `null`,
//! never with credentials.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderValue, StatusCode};

use super::embed::{Identified, Identity};
use super::gate::Gate;

/// Answers a preflight. It carries no token, so all that can be asked is whether some tenant listed
/// the origin; whether it is the right tenant is asked when the request itself comes.
pub async fn preflight(State(gate): State<Gate>, request: Request) -> Response {
    let allowed = of_any_tenant(&gate, request.headers().get(ORIGIN)).await;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let taken = "authorization, content-type, if-none-match, last-event-id";
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(taken));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    response
}

/// Lets pages of the token's tenant read the answer, and without a good token pages of any tenant:
/// they must be able to read that it is refused. What it finds out about the caller is left for the
/// handler's proof.
pub async fn allow_embedders(
    State(gate): State<Gate>,
    mut request: Request,
    next: Next,
) -> Response {
    let identified: Identified = Identity::of(&gate, request.headers()).await;
    let origin = request.headers().get(ORIGIN);
    let allowed = match &identified {
        Ok(identity) => {
            let is_listed =
                |origin: &&HeaderValue| origin.to_str().is_ok_and(|o| identity.lists(o));
            origin.filter(is_listed).cloned()
        }
        Err(_) => of_any_tenant(&gate, origin).await,
    };
    request.extensions_mut().insert(identified);
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

/// The origin, if some tenant lists it.
async fn of_any_tenant(gate: &Gate, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    let value = origin?;
    match gate.store().origin_is_listed(value.to_str().ok()?).await {
        Ok(listed) => listed.then(|| value.clone()),
        Err(error) => {
            tracing::error!(cause = crate::problem::chain(&error), "origins cannot be read");
            None
        }
    }
}
