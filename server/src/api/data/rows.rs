//! `POST /v1/rows`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use inlay_shared::RowsQuery;

use crate::access::{ReadData, Tenant};
use crate::api::accept::Form;
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::problem::ApiError;

/// Tells the cursor of the next page in every form, CSV included.
const NEXT: HeaderName = HeaderName::from_static("inlay-next");

/// A page of the tenant's single events, in the form that `Accept` names.
pub(crate) async fn rows(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
    form: Form,
    Input(query): Input<RowsQuery>,
) -> Result<Response, ApiError> {
    let page = inlay.engine.rows(&scope, &query, &[]).await?;
    let next = page.next.clone();
    let mut response = form.answer(page)?;
    if let Some(next) = next {
        let next = HeaderValue::try_from(next).expect("base64 is ASCII");
        response.headers_mut().insert(NEXT, next);
    }
    Ok(response)
}
