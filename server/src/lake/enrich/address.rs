//! Addresses of pages, as far as they tell something.

use url::Url;

/// Parameters that only a paid click has.
const PAID_CLICKS: [&str; 7] =
    ["gclid", "gbraid", "wbraid", "dclid", "msclkid", "ttclid", "twclid"];

/// A page's address: whole, or a path with parameters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// In small letters, without `www.`; none for a plain path.
    pub(super) host: Option<String>,
    pub(super) path: String,
    parameters: Vec<(String, String)>,
}

impl Address {
    /// Reads a whole address, or a plain path with parameters; any other text tells nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            let (path, query) = text.split_once('?')?;
            let query = query.split('#').next().unwrap_or_default();
            let parameters = parameters(query);
            return Some(Self { host: None, path: path.to_owned(), parameters });
        }
        if !text.contains("://") {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?.to_lowercase();
        let host = host.strip_prefix("www.").map_or(host.clone(), str::to_owned);
        let path = if url.path().is_empty() { "/" } else { url.path() };
        let parameters = parameters(url.query().unwrap_or_default());
        Some(Self { host: Some(host), path: path.to_owned(), parameters })
    }

    /// The value of the first parameter of that name, if it is not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Did a click on an advertisement lead here?
    pub(super) fn is_paid_click(&self) -> bool {
        PAID_CLICKS.iter().any(|name| self.parameter(name).is_some())
    }
}

fn parameters(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_one_spelling() {
        for (text, host, path) in [
            ("https://WWW.Example.com/A/b?c#d", "example.com", "/A/b"),
            ("http://example.com:8080", "example.com", "/"),
            ("android-app://org.app/", "org.app", "/"),
            ("https://bücher.example/ä", "xn--bcher-kva.example", "/%C3%A4"),
        ] {
            let address = Address::read(text).unwrap();
            assert_eq!((address.host.as_deref(), address.path.as_str()), (Some(host), path));
        }
        for text in ["", "google.com", "/path", "about:blank", "://x", "https://"] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }

    #[test]
    fn parameters_are_unescaped_and_empty_ones_are_none() {
        let address =
            Address::read("/a?utm_source=a+b%26c&utm_medium=&gclid=1#utm_term=x").unwrap();
        assert_eq!(address.parameter("utm_source"), Some("a b&c"));
        assert_eq!(address.parameter("utm_medium"), None);
        assert_eq!(address.parameter("utm_term"), None);
        assert!(address.is_paid_click());
    }
}
