//! `POST /v1/imports`

use std::io::ErrorKind;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION};
use http::{HeaderValue, StatusCode};
use inlay_shared::Import;

use crate::access::{Ingest, Tenant};
use crate::api::body;
use crate::api::once::Once;
use crate::api::state::Inlay;
use crate::ingest::import::Kind;
use crate::jobs::imports::{Mapping, UploadError};
use crate::problem::ApiError;

/// A sender that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// Takes a file and makes a job of it. 202 means that the file is on disk and will be read, also if
/// the process ends before.
pub(crate) async fn start(
    Tenant(scope, ..): Tenant<Ingest>,
    State(inlay): State<Inlay>,
    request: Request,
) -> Result<Response, ApiError> {
    let media_type = body::media_type(&request).unwrap_or_default();
    let kind = Kind::of_media_type(&media_type).ok_or_else(|| {
        body::unsupported("text/csv, application/x-ndjson or application/vnd.apache.parquet")
    })?;
    if request.headers().get(CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            "Send the file as it is, without Content-Encoding.",
        ));
    }
    let mapping = mapping(request.uri().query().unwrap_or_default())?;
    let most = inlay.imports.most_bytes();
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse().ok()).is_some_and(|bytes: u64| bytes > most) {
        return Err(UploadError::TooLarge { most }.into());
    }
    let once = request.extensions().get::<Once>().cloned();
    let mut upload = inlay.imports.receive(&scope).await?;
    let mut chunks = request.into_body().into_data_stream();
    while let Some(chunk) =
        tokio::time::timeout(SILENCE, chunks.next()).await.map_err(|_| cut_off())?
    {
        upload.write(&chunk.map_err(|_| cut_off())?).await?;
    }
    let (body, imports) = (upload.hash(), inlay.imports.clone());
    let accept = async move { Ok(accepted(&imports.add(&scope, upload, kind, &mapping).await?)) };
    match once {
        Some(once) => once.run(inlay, body, accept).await,
        None => accept.await,
    }
}

fn accepted(import: &Import) -> Response {
    let location = format!("/v1/imports/{}", import.id);
    let mut response = (StatusCode::ACCEPTED, Json(import)).into_response();
    let location = HeaderValue::try_from(location).expect("a TypeID is ASCII");
    response.headers_mut().insert(LOCATION, location);
    response
}

/// `map` and `skip`, each as often as there are columns to say something of.
fn mapping(query: &str) -> Result<Mapping, ApiError> {
    let wrong = |detail: String| ApiError::invalid("invalid_parameter", detail);
    let mut mapping = Mapping::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "map" => mapping.map.push(value.into_owned()),
            "skip" => mapping.skip.push(value.into_owned()),
            _ => {
                let name: String = name.chars().take(64).collect();
                return Err(wrong(format!(
                    "There is no parameter `{name}`. There are `map=COLUMN=FIELD` and `skip=COLUMN`."
                )));
            }
        }
    }
    mapping.columns().map_err(|error| wrong(format!("In the query string: {error}.")))?;
    Ok(mapping)
}

fn cut_off() -> ApiError {
    ApiError::bad_request("body_cut_off", "The body ended early. Send the file again.")
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match &error {
            UploadError::TooMany => Self::too_many(
                "too_many_imports",
                "Ten imports of the tenant have not ended. Wait for one, or cancel it.",
                30,
            ),
            UploadError::NoTenant => Self::unauthorized(
                "token_invalid",
                "The tenant of this token was erased while the file came.",
            ),
            UploadError::Empty => Self::bad_request("empty_body", error.to_string()),
            UploadError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", error.to_string())
            }
            UploadError::Disk(cause)
                if matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
            {
                tracing::error!("there is no room for the file of an import");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "storage_full",
                    "There is no room for the file. Tell the operator, and try again later.",
                )
            }
            UploadError::Disk(_) | UploadError::Store(_) => Self::internal(&error),
        }
    }
}
