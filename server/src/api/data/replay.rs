//! `POST /v1/dead-letters/{letter}/replay`, `POST /v1/dead-letters/replay`

use axum::Json;
use axum::extract::State;
use inlay_shared::{ReplayAll, ReplayLetter, ReplayedAll, ReplayedLetter};

use super::dead_letters::unknown;
use crate::access::{Ingest, Tenant};
use crate::api::body::{Id, Input};
use crate::api::state::Inlay;
use crate::ids::DeadLetterId;
use crate::problem::ApiError;

/// Judges one letter anew, with its source's rules of now or an event that was put right.
pub(crate) async fn replay_letter(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Id(letter): Id<DeadLetterId>,
    Input(ReplayLetter { event }): Input<ReplayLetter>,
) -> Result<Json<ReplayedLetter>, ApiError> {
    let replayed = inlay.ingest.replay_letter(&scope, &letter, event.as_ref()).await?;
    replayed.map(Json).ok_or_else(unknown)
}

/// Judges the letters of one reason anew, some hundred a call.
pub(crate) async fn replay_letters(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Input(ReplayAll { code, after }): Input<ReplayAll>,
) -> Result<Json<ReplayedAll>, ApiError> {
    let after = after.map(|after| after.parse::<DeadLetterId>()).transpose();
    let after = after.map_err(|_| {
        ApiError::invalid("invalid_cursor", "Take `after` from `next` of the answer before.")
    })?;
    let after = after.as_ref().map(DeadLetterId::as_str);
    Ok(Json(inlay.ingest.replay_letters(&scope, &code, after).await?))
}
