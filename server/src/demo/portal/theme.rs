//! Light, dark, or as the system says: a cookie, so that no script and no storage is needed.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{REFERER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

use super::sign_in::cookie;
use super::{Portal, guard};

const COOKIE_NAME: &str = "tandem_theme";

/// The themes and their names for people.
pub(super) const THEMES: [(&str, &str); 3] =
    [("light", "Light"), ("dark", "Dark"), ("auto", "As the system says")];

/// The theme that the visitor chose; as the system says by default.
pub(super) fn chosen(headers: &HeaderMap) -> &'static str {
    cookie(headers, COOKIE_NAME).and_then(known).unwrap_or("auto")
}

fn known(name: &str) -> Option<&'static str> {
    THEMES.iter().map(|(theme, _)| *theme).find(|theme| *theme == name)
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    theme: String,
}

/// `POST /theme`: back to the page that it was sent from.
pub(super) async fn choose(
    State(portal): State<Portal>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    let origin = &portal.0.addresses.portal;
    if !guard::is_own_page(&headers, origin) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(theme) = known(&choice.theme) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok());
    let path = from.and_then(|from| from.strip_prefix(origin.as_str()));
    let back = path.filter(|path| path.starts_with('/') && !path.starts_with("//"));
    let mut response = Redirect::to(back.unwrap_or("/")).into_response();
    let cookie = format!("{COOKIE_NAME}={theme}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
