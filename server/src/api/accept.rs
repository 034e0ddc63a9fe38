//! In which form an answer is wanted (RFC 9110 section 12.5.1).

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use crate::problem::ApiError;
use crate::query::formats::{self, Names, Table};

/// The forms that answers come in, the preferred ones first.
const FORMS: [(Form, &str); 3] = [
    (Form::Json, "application/json"),
    (Form::Csv, "text/csv"),
    (Form::Arrow, "application/vnd.apache.arrow.stream"),
];

/// The form that the caller wants most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON, also where nothing is said.
    Json,
    /// Comma-separated values with a header line.
    Csv,
    /// Arrow's stream form.
    Arrow,
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::wanted(&parts.headers).ok_or_else(|| {
            let known = FORMS.map(|(_, name)| name).join(", ");
            ApiError::new(
                StatusCode::NOT_ACCEPTABLE,
                "not_acceptable",
                format!("Accept asks for none of the forms of this answer: {known}."),
            )
        })
    }
}

impl Form {
    fn wanted(headers: &HeaderMap) -> Option<Self> {
        let ranges: Vec<(String, u16)> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .filter_map(range)
            .collect();
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let mut best: Option<(Self, u16)> = None;
        for (form, name) in FORMS {
            let weight = weight(&ranges, name);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((form, weight));
            }
        }
        best.map(|(form, _)| form)
    }

    /// The answer in this form.
    pub(super) fn answer<T: Serialize + Into<Table>>(
        self,
        answer: T,
    ) -> Result<Response, ApiError> {
        let mut response = match self {
            Self::Json => Json(answer).into_response(),
            Self::Csv => csv(answer.into(), Names::Plain),
            Self::Arrow => {
                let parts = formats::arrow(answer.into())?;
                let mut response =
                    Body::from_stream(futures_util::stream::iter(parts)).into_response();
                let kind = HeaderValue::from_static(FORMS[2].1);
                response.headers_mut().insert(CONTENT_TYPE, kind);
                response
            }
        };
        response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
        Ok(response)
    }
}

/// A table as CSV, written while it is read.
pub(super) fn csv(table: Table, names: Names) -> Response {
    let parts = formats::csv(table, names).map(Ok::<_, std::convert::Infallible>);
    let mut response = Body::from_stream(futures_util::stream::iter(parts)).into_response();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A media range and its weight in thousandths. What is no range says nothing.
fn range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| name.contains('/'))?.to_ascii_lowercase();
    let weight = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())?
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000")]
    let weight = (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1_000.0) as u16;
    Some((name, weight))
}

/// The weight of a type: that of the most exact range that it is in.
fn weight(ranges: &[(String, u16)], name: &str) -> u16 {
    let group = name.split('/').next().map(|group| format!("{group}/*")).unwrap_or_default();
    let find = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted);
    let found = find(name).or_else(|| find(&group)).or_else(|| find("*/*"));
    found.map_or(0, |(_, weight)| *weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &[&'static str]) -> Option<Form> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        Form::wanted(&headers)
    }

    #[test]
    fn the_heaviest_form_wins_and_json_where_nothing_is_said() {
        let arrow = "application/vnd.apache.arrow.stream";
        for (accept, form) in [
            (&[][..], Some(Form::Json)),
            (&["*/*"], Some(Form::Json)),
            (&["application/*"], Some(Form::Json)),
            (&["text/*"], Some(Form::Csv)),
            (&["TEXT/CSV; charset=utf-8"], Some(Form::Csv)),
            (&[arrow], Some(Form::Arrow)),
            (&["application/json;q=0.5, text/csv"], Some(Form::Csv)),
            (&["application/json;q=0.5", "text/csv;q=0.4"], Some(Form::Json)),
            (&["*/*;q=0.1, text/csv;q=0"], Some(Form::Json)),
            (&["application/json;q=0, */*;q=0.1"], Some(Form::Csv)),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["text/html, application/xhtml+xml, */*;q=0.8"], Some(Form::Json)),
        ] {
            assert_eq!(wanted(accept), form, "{accept:?}");
        }
    }
}
