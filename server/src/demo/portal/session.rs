//! `POST /inlay-session`: the one endpoint that a vendor writes to embed Inlay. Who is signed in
//! decides what is minted; the body is empty and the browser chooses nothing.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use inlay_shared::{Capability, MintRequest, Session};
use serde::Serialize;

use super::sign_in::Visitor;
use super::{Portal, guard};
use crate::demo::customers::Customer;
use crate::demo::dashboard;

/// What the page gets; the session's id stays here.
#[derive(Serialize)]
struct Answer {
    token: String,
    expires_in: u32,
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
}

/// Mints a session for whoever is signed in.
pub(super) async fn mint(State(portal): State<Portal>, headers: HeaderMap) -> Response {
    if !guard::is_own_page(&headers, &portal.0.addresses.portal) {
        return refuse(StatusCode::FORBIDDEN, "not one of our pages");
    }
    let Some(Visitor(customer)) = Visitor::of(&headers, &portal) else {
        return refuse(StatusCode::UNAUTHORIZED, "sign in first");
    };
    match portal.0.inlay.mint(&request(customer, &portal.0.addresses.portal)).await {
        Ok(Session { token, expires_in, .. }) => {
            no_store(Json(Answer { token, expires_in }).into_response())
        }
        Err(error) => {
            tracing::warn!(%error, customer = customer.id, "no session was minted");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "analytics are away for the moment")
        }
    }
}

/// What a signed-in person may see: the dashboards of their own company, narrowed as they like.
fn request(customer: &Customer, origin: &str) -> MintRequest {
    MintRequest {
        tenant: customer.id.into(),
        viewer: customer.person.id.into(),
        dashboards: vec![dashboard::NAME.into()],
        capabilities: vec![
            Capability::Filter,
            Capability::Drill,
            Capability::Rows,
            Capability::ExportCsv,
            Capability::ExportPng,
        ],
        filters: Vec::new(),
        origin: origin.into(),
        zone: Some(customer.zone.into()),
        lang: Some(customer.person.lang.into()),
        ttl: None,
    }
}

fn refuse(status: StatusCode, error: &'static str) -> Response {
    no_store((status, Json(Refusal { error })).into_response())
}

fn no_store(mut response: Response) -> Response {
    let value = http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, value);
    response
}
