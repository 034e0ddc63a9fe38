//! `POST /v1/tenants/{tenant}/clients`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use inlay_shared::{Client, ClientKind, FieldError, NewClient, Scope};

use super::existing;
use crate::access::{Deployment, ManageTenants};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::ids::TenantId;
use crate::problem::ApiError;

/// Creates a client of the tenant. Its secret is in this answer and nowhere else, ever again.
pub(crate) async fn create_client(
    Deployment(scope, ..): Deployment<ManageTenants>,
    State(inlay): State<Inlay>,
    Id(tenant): Id<TenantId>,
    Input(new): Input<NewClient>,
) -> Result<Response, ApiError> {
    existing(&inlay, &scope, &tenant).await?;
    let asked = new.scopes.unwrap_or_else(|| Scope::TENANT.to_vec());
    let scopes: BTreeSet<Scope> = asked.iter().copied().collect();
    let errors = check(&new.name, &asked, &scopes);
    if !errors.is_empty() {
        let detail = "The client cannot be made as asked; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_client", detail).with_errors(errors));
    }
    let (id, secret) = inlay.gate.create_client(&scope, Some(&tenant), &new.name, &scopes).await?;
    let client = Client {
        client_id: id.to_string(),
        client_secret: Some(secret.reveal().to_owned()),
        kind: ClientKind::Tenant,
        tenant: Some(tenant.to_string()),
        name: new.name,
        scopes: scopes.into_iter().collect(),
        created_at: inlay.clock.now().to_string(),
    };
    let mut response = (StatusCode::CREATED, Json(client)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn check(name: &str, asked: &[Scope], scopes: &BTreeSet<Scope>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: String| {
        errors.push(FieldError { pointer: pointer.into(), detail });
    };
    if name.trim().is_empty() || name.chars().count() > 80 {
        wrong("/name", "1 to 80 characters".into());
    }
    if scopes.is_empty() {
        wrong("/scopes", "at least one scope, or leave it out for all".into());
    }
    if asked.len() > scopes.len() {
        wrong("/scopes", "each scope once".into());
    }
    for scope in scopes.iter().filter(|scope| !Scope::TENANT.contains(scope)) {
        wrong("/scopes", format!("`{}` is for operators", scope.name()));
    }
    errors
}
