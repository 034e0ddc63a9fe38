//! Pages of lists: keyset cursors and the `Link` to the next one.

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use http::header::LINK;
use inlay_shared::List;
use serde::{Deserialize, Serialize};

use crate::problem::ApiError;

/// Parameters of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParams {
    pub(super) limit: Option<u64>,
    pub(super) cursor: Option<String>,
}

/// Where to go on, checked.
#[derive(Debug)]
pub(super) struct PageOf {
    /// Things a page, 1 to 200.
    pub limit: u64,
    /// The key after which it begins.
    pub after: Option<String>,
}

impl ListParams {
    /// Checks limit and cursor.
    ///
    /// # Errors
    /// 422 for a limit out of range, or a cursor that this API did not make.
    pub(super) fn check(self) -> Result<PageOf, ApiError> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(ApiError::invalid("invalid_limit", "limit is between 1 and 200."));
        }
        let after = self.cursor.map(|cursor| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
                ApiError::invalid("invalid_cursor", "Take the cursor from a Link header as it is.")
            })
        });
        Ok(PageOf { limit, after: after.transpose()? })
    }
}

impl PageOf {
    /// How many to ask the store for: one more than the page, to know whether there is a next one.
    pub(super) fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// The page at `path`, which may have parameters, where `key` tells a thing's place in the order.
    pub(super) fn answer<T: Serialize>(
        &self,
        path: &str,
        mut things: Vec<T>,
        key: impl Fn(&T) -> &str,
    ) -> Response {
        let limit = usize::try_from(self.limit).expect("at most 200");
        let more = things.len() > limit;
        things.truncate(limit);
        let last = things.last().map(|thing| URL_SAFE_NO_PAD.encode(key(thing)));
        let mut response = Json(List { data: things }).into_response();
        if let (true, Some(cursor)) = (more, last) {
            let mark = if path.contains('?') { '&' } else { '?' };
            let link = format!("<{path}{mark}limit={limit}&cursor={cursor}>; rel=\"next\"");
            let link = HeaderValue::try_from(link).expect("a path and base64 are ASCII");
            response.headers_mut().insert(LINK, link);
        }
        response
    }
}
