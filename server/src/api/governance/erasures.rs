//! `POST` and `GET /v1/privacy/erasures`, `GET /v1/privacy/erasures/{erasure}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::header::LOCATION;
use http::{HeaderName, StatusCode};
use inlay_shared::{Erasure, FieldError, NewErasure};

use crate::access::{Erase, Tenant};
use crate::api::body::{Id, Input, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::ErasureId;
use crate::problem::ApiError;

/// Has a person erased: from the raw log, the lake, the dead letters and every answer.
pub(crate) async fn request_erasure(
    Tenant(scope, ..): Tenant<Erase>,
    State(inlay): State<Inlay>,
    Input(new): Input<NewErasure>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Erasure>), ApiError> {
    if !(1..=256).contains(&new.user.chars().count()) {
        let wrong = FieldError { pointer: "/user".into(), detail: "1 to 256 characters".into() };
        let detail = "Name the person by the id that events carry in `user`.";
        return Err(ApiError::invalid("invalid_erasure", detail).with_errors(vec![wrong]));
    }
    let now = inlay.clock.now();
    let id = ErasureId::new(now, &inlay.entropy);
    let erasure = inlay.store.tenant(&scope).request_erasure(&id, &new.user, now).await?;
    let location = format!("/v1/privacy/erasures/{id}");
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(erasure)))
}

/// Erasures, the newest first.
pub(crate) async fn list_erasures(
    Tenant(scope, ..): Tenant<Erase>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let erasures = inlay.store.tenant(&scope).erasures(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/privacy/erasures", erasures, |erasure| &erasure.id))
}

/// How far an erasure has come.
pub(crate) async fn get_erasure(
    Tenant(scope, ..): Tenant<Erase>,
    State(inlay): State<Inlay>,
    Id(id): Id<ErasureId>,
) -> Result<Json<Erasure>, ApiError> {
    let found = inlay.store.tenant(&scope).erasure(&id).await?;
    found
        .map(Json)
        .ok_or_else(|| ApiError::not_found("unknown_erasure", "There is no such erasure."))
}
