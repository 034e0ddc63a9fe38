//! `DELETE /v1/embed/sessions/{session}`

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;

use crate::access::{MAX_EMBED_TTL, Mint, Tenant};
use crate::api::body::Id;
use crate::api::state::Inlay;
use crate::ids::SessionId;
use crate::problem::ApiError;

/// Ends a session at once. A session that never was, or another tenant's, is answered the same.
pub(crate) async fn revoke_session(
    Tenant(scope, ..): Tenant<Mint>,
    State(inlay): State<Inlay>,
    Id(session): Id<SessionId>,
) -> Result<StatusCode, ApiError> {
    let dead = inlay.clock.now() + Duration::from_secs(u64::from(MAX_EMBED_TTL));
    inlay.store.tenant(&scope).revoke_session(&session, dead).await?;
    Ok(StatusCode::NO_CONTENT)
}
