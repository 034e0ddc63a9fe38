//! Request bodies and parameters, with refusals that say what to do.

use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use inlay_shared::FieldError;
use serde::de::DeserializeOwned;

use crate::problem::ApiError;

/// The largest JSON body, events apart: 256 KB.
const MAX_JSON: usize = 256 * 1024;

/// A JSON body, its type checked.
#[derive(Debug)]
pub(super) struct Input<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(unsupported("application/json"));
        }
        let bytes = read(request.into_body(), MAX_JSON).await?;
        parse(&bytes).map(Self)
    }
}

/// The whole body, if it is no larger than `most` bytes.
pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, ApiError> {
    to_bytes(body, most).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        if too_large {
            let detail = format!("The body is larger than {most} bytes. Send less at a time.");
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        } else {
            ApiError::bad_request("body_cut_off", "The body ended early. Send the request again.")
        }
    })
}

/// 415, naming what is taken.
pub(super) fn unsupported(takes: &str) -> ApiError {
    let detail = format!("Send the body as {takes}, and say so in Content-Type.");
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
}

/// The media type of the body, without its parameters, in lower case.
pub(super) fn media_type(request: &Request) -> Option<String> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn is_json(request: &Request) -> bool {
    media_type(request).as_deref() == Some("application/json")
}

/// Reads a JSON value, naming the place of what is wrong.
///
/// # Errors
/// 400 for what is no JSON, 422 for JSON of another shape.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        let detail = cause.to_string();
        if cause.classify() == serde_json::error::Category::Data {
            let code =
                if detail.starts_with("unknown field") { "unknown_field" } else { "invalid_body" };
            ApiError::invalid(
                code,
                format!("The body does not have the form of /openapi.json: {detail}"),
            )
            .with_errors(vec![FieldError { pointer, detail }])
        } else {
            ApiError::bad_request("invalid_json", format!("The body is no JSON: {detail}"))
        }
    })?;
    json.end().map_err(|_| {
        ApiError::bad_request("invalid_json", "There is something after the JSON value.")
    })?;
    Ok(value)
}

/// JSON pointer (RFC 6901) of a path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

/// Query parameters; an unknown one is an error where `T` says so.
#[derive(Debug)]
pub(super) struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Query::from_request_parts(parts, state).await.map(|Query(value)| Self(value)).map_err(
            |refused: QueryRejection| {
                ApiError::invalid(
                    "invalid_parameter",
                    format!("In the query string: {}.", refused.body_text()),
                )
            },
        )
    }
}

/// A path parameter that is an id; what is none cannot exist, so it is 404.
#[derive(Debug)]
pub(super) struct Id<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        path.ok()
            .and_then(|Path(text)| text.parse().ok())
            .map(Self)
            .ok_or_else(|| ApiError::not_found("not_found", "There is nothing under this path."))
    }
}
