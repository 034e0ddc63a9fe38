//! `GET /v1/dead-letters`

use axum::extract::State;
use axum::response::Response;

use crate::access::{ReadData, Tenant};
use crate::api::body::Params;
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// Events that were refused, the newest first, as they came and with the reason.
pub(crate) async fn dead_letters(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let page = params.check()?;
    let letters =
        inlay.store.tenant(&scope).dead_letters(page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer("/v1/dead-letters", letters, |letter| &letter.id))
}
