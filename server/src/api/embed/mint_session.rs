//! `POST /v1/embed/sessions`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use inlay_shared::{FieldError, MintRequest, Session};

use crate::access::{EmbedGrant, MAX_EMBED_TTL, Minter};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::ids::{SessionId, TenantId};
use crate::origin::Origin;
use crate::policy::TenantScope;
use crate::problem::ApiError;
use crate::query;

/// Seconds that a token lives where the request does not say.
const DEFAULT_TTL: u32 = 300;
/// Seconds that a token lives at least.
const MIN_TTL: u32 = 10;

/// Mints a session for a viewer whom the vendor's backend has signed in. The body is the whole right
/// of the viewer, and everything in it is checked now, so that a mistake is seen here and not as an
/// empty page.
pub(crate) async fn mint_session(
    minter: Minter,
    State(inlay): State<Inlay>,
    Input(request): Input<MintRequest>,
) -> Result<Response, ApiError> {
    let unknown =
        || ApiError::not_found("unknown_tenant", "There is no such tenant for this token.");
    let tenant: TenantId = request.tenant.parse().map_err(|_| unknown())?;
    let scope = minter.of(&tenant)?;
    if inlay.store.system(&inlay.present).tenant(&tenant).await?.is_none() {
        return Err(unknown());
    }
    let ttl = request.ttl.unwrap_or(DEFAULT_TTL);
    let grant = check(&inlay, &scope, request, ttl).await?;
    let now = inlay.clock.now();
    let id = SessionId::new(now, &inlay.entropy).to_string();
    let token = inlay.gate.tokens().issue_embed(grant, id.clone(), ttl, now);
    let token = token.map_err(|error| ApiError::internal(&error))?;
    let session = Session { id, token, expires_in: ttl };
    let mut response = (StatusCode::CREATED, Json(session)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn check(
    inlay: &Inlay,
    scope: &TenantScope,
    request: MintRequest,
    ttl: u32,
) -> Result<EmbedGrant, ApiError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: String| {
        errors.push(FieldError { pointer: pointer.into(), detail });
    };
    if !(MIN_TTL..=MAX_EMBED_TTL).contains(&ttl) {
        wrong("/ttl", format!("between {MIN_TTL} and {MAX_EMBED_TTL} seconds"));
    }
    if request.viewer.is_empty() || request.viewer.len() > 128 {
        wrong("/viewer", "the vendor's own id of the viewer, 1 to 128 bytes".into());
    }
    if request.dashboards.is_empty() || request.dashboards.len() > 32 {
        wrong("/dashboards", "1 to 32 names of dashboards".into());
    }
    let named = &request.dashboards[..request.dashboards.len().min(32)];
    let known = inlay.store.tenant(scope).dashboards_among(named).await?;
    for (index, name) in named.iter().enumerate() {
        if !known.contains(name) {
            wrong(
                &format!("/dashboards/{index}"),
                "the tenant has no dashboard of this name".into(),
            );
        }
    }
    let capabilities: BTreeSet<_> = request.capabilities.iter().copied().collect();
    if request.capabilities.len() > capabilities.len() {
        wrong("/capabilities", "each capability once".into());
    }
    let origin = match request.origin.parse::<Origin>() {
        Ok(origin) => {
            let store = inlay.store.system(&inlay.present);
            if !store.has_origin(scope.tenant(), origin.as_str()).await? {
                let list = format!(
                    "not in the tenant's list; add it with PUT /v1/tenants/{}/origins",
                    scope.tenant()
                );
                wrong("/origin", list);
            }
            origin.to_string()
        }
        Err(error) => {
            wrong("/origin", error.to_string());
            String::new()
        }
    };
    let zone = request.zone.unwrap_or_else(|| "UTC".into());
    if let Err(error) = query::check_zone(&zone) {
        wrong("/zone", error.to_string());
    }
    if request.filters.len() > 16 {
        wrong("/filters", "at most 16 filters".into());
    }
    if !request.filters.is_empty() {
        let model = inlay.engine.model(scope).await?;
        for (index, filter) in request.filters.iter().enumerate() {
            if let Err(error) = query::check_filter(&model, filter) {
                wrong(&format!("/filters/{index}"), error.to_string());
            }
        }
    }
    let lang = request.lang.unwrap_or_default();
    if lang.len() > 35 || !lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        wrong("/lang", "a language tag (BCP 47), such as `de` or `pt-BR`".into());
    }
    if !errors.is_empty() {
        let detail = "The session cannot be minted as asked; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_session", detail).with_errors(errors));
    }
    Ok(EmbedGrant {
        tid: scope.tenant().to_string(),
        sub: request.viewer,
        dashboards: request.dashboards.into_iter().collect::<BTreeSet<_>>(),
        capabilities,
        filters: request.filters,
        origin,
        zone,
        lang,
    })
}
