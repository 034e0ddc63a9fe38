//! `POST /v1/events`

use axum::Json;
use axum::extract::{Request, State};
use http::StatusCode;
use http::header::CONTENT_ENCODING;
use inlay_shared::Receipt;
use serde::Deserialize;

use crate::access::{Ingest, Tenant};
use crate::api::body::{self, Params};
use crate::api::state::Inlay;
use crate::ids::SourceName;
use crate::ingest::{Batch, Form, MAX_BODY};
use crate::problem::ApiError;

/// Where the events come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct From {
    source: Option<String>,
}

/// Takes events in. 202 means that what is accepted is committed and synced.
pub(crate) async fn send_events(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    Params(From { source }): Params<From>,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), ApiError> {
    let source = source.map(|source| source.parse::<SourceName>()).transpose();
    let source =
        source.map_err(|wrong| ApiError::invalid("invalid_parameter", wrong.to_string()))?;
    let form = match body::media_type(&request).as_deref() {
        Some("application/json") => Form::Array,
        Some("application/x-ndjson") => Form::Lines,
        _ => return Err(body::unsupported("application/json or application/x-ndjson")),
    };
    let gzip = match request.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_encoding",
                "Send the body as it is, or gzip it and say so in Content-Encoding.",
            ));
        }
    };
    let bytes = body::read(request.into_body(), MAX_BODY).await?;
    let receipt = inlay.ingest.accept(&scope, Batch { bytes, form, gzip, source }).await?;
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}
