//! `GET /v1/imports` and `GET /v1/imports/{import}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use inlay_shared::Import;

use super::unknown;
use crate::access::{Ingest, Tenant};
use crate::api::body::{Id, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::ImportId;
use crate::problem::ApiError;

/// How far an import is.
pub(crate) async fn get(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Id(import): Id<ImportId>,
) -> Result<Json<Import>, ApiError> {
    let import = inlay.store.tenant(&scope).import(&import).await?;
    import.map(Json).ok_or_else(unknown)
}

/// The tenant's imports, the newest first.
pub(crate) async fn list(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let imports = inlay.store.tenant(&scope).imports(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/imports", imports, |import| &import.id))
}
