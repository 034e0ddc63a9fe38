//! `GET /v1/dead-letters`, `GET /v1/dead-letters/reasons`, `GET /v1/dead-letters/{letter}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use inlay_shared::{DeadLetter, DeadLetterReason, List};
use serde::Deserialize;

use crate::access::{ReadData, Tenant};
use crate::api::body::{Id, Params};
use crate::api::page::ListParams;
use crate::api::state::Inlay;
use crate::ids::DeadLetterId;
use crate::problem::ApiError;

/// Which letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Letters {
    code: Option<String>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Events that were refused, the newest first, as they came and with the reason.
pub(crate) async fn dead_letters(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Params(Letters { code, limit, cursor }): Params<Letters>,
) -> Result<Response, ApiError> {
    let page = ListParams { limit, cursor }.check()?;
    let known = |code: &String| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let target = match &code {
        None => "/v1/dead-letters".to_owned(),
        Some(code) if known(code) && code.len() <= 64 => format!("/v1/dead-letters?code={code}"),
        Some(_) => {
            let detail = "`code` is one of GET /v1/dead-letters/reasons.";
            return Err(ApiError::invalid("invalid_parameter", detail));
        }
    };
    let store = inlay.store.tenant(&scope);
    let letters = store.dead_letters(code.as_deref(), page.after.as_deref(), page.fetch()).await?;
    Ok(page.answer(&target, letters, |letter| &letter.id))
}

/// One refused event.
pub(crate) async fn dead_letter(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    Id(letter): Id<DeadLetterId>,
) -> Result<Json<DeadLetter>, ApiError> {
    inlay.store.tenant(&scope).dead_letter(&letter).await?.map(Json).ok_or_else(unknown)
}

/// How many letters there are of each reason, the most frequent first.
pub(crate) async fn dead_letter_reasons(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
) -> Result<Json<List<DeadLetterReason>>, ApiError> {
    Ok(Json(List { data: inlay.store.tenant(&scope).dead_letter_reasons().await? }))
}

pub(super) fn unknown() -> ApiError {
    ApiError::not_found(
        "unknown_dead_letter",
        "The tenant has no such dead letter: it may have been replayed.",
    )
}
