//! `GET /v1/mappings`, `GET` and `PUT /v1/mappings/{source}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use inlay_shared::{FieldError, Mapping, NewMapping};

use crate::access::{Ingest, ReadData, Tenant};
use crate::api::body::{Id, Input, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::event;
use crate::ids::SourceName;
use crate::problem::ApiError;

/// The rules of each source that has some, in the order of the labels.
pub(crate) async fn list_mappings(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let mappings = inlay.store.tenant(&scope).mappings(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/mappings", mappings, |mapping| &mapping.source))
}

/// The rules of one source. One that has none has version 0.
pub(crate) async fn get_mapping(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Id(source): Id<SourceName>,
) -> Result<Json<Mapping>, ApiError> {
    Ok(Json(inlay.store.tenant(&scope).mapping(&source).await?))
}

/// Writes the rules of one source. They hold for what it sends from now on, and for its dead letters.
pub(crate) async fn put_mapping(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Id(source): Id<SourceName>,
    Input(mapping): Input<NewMapping>,
) -> Result<Json<Mapping>, ApiError> {
    if let Err(wrong) = event::Mapping::new(&mapping.rules) {
        let error =
            |rule: event::InvalidRule| FieldError { pointer: rule.pointer, detail: rule.detail };
        let detail = "The rules cannot be applied; `errors` names each reason.";
        return Err(ApiError::invalid("invalid_mapping", detail)
            .with_errors(wrong.into_iter().map(error).collect()));
    }
    let store = inlay.store.tenant(&scope);
    Ok(Json(store.put_mapping(&source, &mapping.rules, inlay.clock.now()).await?))
}
