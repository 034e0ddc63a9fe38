//! `POST /v1/oauth/token`

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use crate::access::{ClientCredentials, ClientSecret, Gate, OAuthError, TokenRequest};
use crate::api::body;
use crate::problem::ApiError;

/// The largest token request: 16 KB.
const MAX_FORM: usize = 16 * 1024;

/// Issues an access token to a client (RFC 6749 section 4.4), or one tenant's token for an operator's
/// (RFC 8693). Refusals have the form of RFC 6749 section 5.2.
pub(crate) async fn issue_token(
    State(gate): State<Gate>,
    request: Request,
) -> Result<Response, ApiError> {
    if body::media_type(&request).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(body::unsupported("application/x-www-form-urlencoded"));
    }
    let (parts, content) = request.into_parts();
    let form = body::read(content, MAX_FORM).await?;
    let answer = async {
        let basic = basic(&parts.headers)?;
        gate.token(&TokenRequest::parse(&form)?, basic).await
    };
    let mut response = match answer.await {
        Ok(token) => Json(token).into_response(),
        Err(OAuthError::Store(error)) => return Err(error.into()),
        Err(OAuthError::Key(error)) => return Err(ApiError::internal(&error)),
        Err(error) => refuse(&error),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn refuse(error: &OAuthError) -> Response {
    let body = json!({"error": error.code(), "error_description": error.to_string()});
    if matches!(error, OAuthError::InvalidClient) {
        let challenge = HeaderValue::from_static("Basic realm=\"inlay\"");
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)], Json(body))
            .into_response();
    }
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// Id and secret of an `Authorization: Basic` header, each form-encoded within it (RFC 6749 section
/// 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<ClientCredentials>, OAuthError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|value| value.split_once(' '));
    let Some((scheme, encoded)) = text else { return Err(OAuthError::InvalidClient) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(OAuthError::InvalidClient);
    }
    let pair = STANDARD.decode(encoded.trim()).ok().and_then(|b| String::from_utf8(b).ok());
    let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':')) else {
        return Err(OAuthError::InvalidClient);
    };
    Ok(Some(ClientCredentials {
        id: form_decode(id),
        secret: ClientSecret::presented(form_decode(secret)),
    }))
}

fn form_decode(text: &str) -> String {
    let pair = format!("v={text}");
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into())
        .unwrap_or_default()
}
