//! Entity tags that a caller has (`If-None-Match`, RFC 9110 section 13.1.2).

use http::header::IF_NONE_MATCH;
use http::{HeaderMap, HeaderValue};

/// The tags of a request, which may name the view's and those of its panels.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(Vec<String>);

impl Known {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let lists = headers.get_all(IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
        Self(lists.flat_map(|list| list.split(',')).filter_map(opaque).collect())
    }

    /// Does the caller have what this tag stands for?
    pub(super) fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag)
    }
}

/// What stands between the quotes.
fn opaque(tag: &str) -> Option<String> {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// A tag as the header `ETag` has it.
pub(super) fn header(tag: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{tag}\"")).expect("a hash in hexadecimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_read() {
        let mut headers = HeaderMap::new();
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("\"a\", W/\"b\",\"c\""));
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("\"d\", e, *"));
        let known = Known::of(&headers);
        assert!(["a", "b", "c", "d"].iter().all(|tag| known.has(tag)));
        assert!(!known.has("e") && !known.has("*") && !known.has(""));
    }
}
