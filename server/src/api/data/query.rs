//! `POST /v1/query`

use axum::extract::State;
use axum::response::Response;
use inlay_shared::Query;

use crate::access::{ReadData, Tenant};
use crate::api::accept::Form;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// Answers a typed question about the token's tenant, in the form that `Accept` names.
pub(crate) async fn query(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    form: Form,
    Input(query): Input<Query>,
) -> Result<Response, ApiError> {
    form.answer(inlay.engine.answer(&scope, &query, &[]).await?)
}
