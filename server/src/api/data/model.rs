//! `GET` and `PUT /v1/model`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_MATCH};
use http::{HeaderMap, StatusCode};
use inlay_shared::ModelDefinition;

use crate::access::{ReadData, Tenant, WriteDashboards};
use crate::api::body::Input;
use crate::api::state::Inlay;
use crate::policy::TenantScope;
use crate::problem::ApiError;
use crate::store::{ApplyError, ModelChange};

/// Everything that the tenant's questions can name, and what it declares itself.
pub(crate) async fn get_model(
    Tenant(scope, ..): Tenant<ReadData>,
    State(inlay): State<Inlay>,
) -> Result<Response, ApiError> {
    in_force(&inlay, &scope).await
}

/// Replaces what the tenant declares itself. With `If-Match`, only if nothing changed meanwhile.
pub(crate) async fn put_model(
    Tenant(scope, ..): Tenant<WriteDashboards>,
    State(inlay): State<Inlay>,
    headers: HeaderMap,
    Input(definition): Input<ModelDefinition>,
) -> Result<Response, ApiError> {
    let expected = match headers.get(IF_MATCH).map(|value| value.to_str()) {
        None | Some(Ok("*")) => None,
        Some(value) => Some(value.unwrap_or_default().trim_matches('"')),
    };
    let change = ModelChange {
        definition: &definition,
        dashboards: &[],
        expected,
        dry_run: false,
        now: inlay.clock.now(),
    };
    match inlay.store.tenant(&scope).apply_model(&change).await {
        Ok(_) => in_force(&inlay, &scope).await,
        Err(ApplyError::Store(error)) => Err(error.into()),
        Err(ApplyError::UnknownTenant) => {
            Err(ApiError::not_found("unknown_tenant", "There is no such tenant for this token."))
        }
        Err(ApplyError::Changed(version)) => Err(ApiError::new(
            StatusCode::PRECONDITION_FAILED,
            "model_changed",
            format!("The model is version \"{version}\" by now. Read it again, and change that."),
        )),
        Err(ApplyError::Wrong(errors)) => {
            let detail = "The model cannot be applied as it is; `errors` names each reason.";
            Err(ApiError::invalid("invalid_model", detail).with_errors(errors))
        }
        Err(ApplyError::Breaks(broken)) => {
            let first = broken.first().map_or("", String::as_str);
            let detail = format!(
                "With this model something would no longer work. Change that first: {first}."
            );
            Err(ApiError::new(StatusCode::CONFLICT, "model_in_use", detail))
        }
    }
}

async fn in_force(inlay: &Inlay, scope: &TenantScope) -> Result<Response, ApiError> {
    let (model, own) = inlay.store.tenant(scope).model_and_own().await?;
    let tag = format!("\"{}\"", model.version());
    Ok(([(ETAG, tag)], Json(model.wire(own))).into_response())
}
