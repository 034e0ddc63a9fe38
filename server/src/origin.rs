//! Web origins (RFC 6454): parsed once, compared as text ever after.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// An origin that may embed: `https`, or `http` on loopback, in the form in which a browser sends it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Text that is no origin that may embed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrigin {
    /// It does not read as `scheme://host[:port]`.
    #[error("write it as scheme://host[:port], without path, query or user")]
    Shape,
    /// It is neither `https` nor on loopback.
    #[error("use https; http is accepted for localhost and loopback addresses only")]
    Insecure,
}

impl Origin {
    /// Its text, as in an `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidOrigin::Shape)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        // The URL standard lets a host have a `*`, which `frame-ancestors` would take for anybody.
        let somebody = url.host_str().is_some_and(|host| !host.contains(['*', ';', ',']));
        if !bare
            || !nobody
            || !somebody
            || text.len() > 300
            || !matches!(url.scheme(), "http" | "https")
        {
            return Err(InvalidOrigin::Shape);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(InvalidOrigin::Insecure);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_take_the_form_that_browsers_send() {
        for (given, kept) in [
            ("https://Portal.Example", "https://portal.example"),
            ("https://portal.example:443/", "https://portal.example"),
            ("http://portal.localhost:8090", "http://portal.localhost:8090"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(given.parse::<Origin>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_could_be_anyone_is_refused() {
        for bad in [
            "null",
            "*",
            "",
            "https://",
            "https://a.example/path",
            "https://u:p@a.example",
            "https://a.example?x",
            "ftp://a.example",
            "//a.example",
            "https://*.example",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(InvalidOrigin::Shape), "{bad}");
        }
        assert_eq!("http://portal.example".parse::<Origin>(), Err(InvalidOrigin::Insecure));
        assert_eq!("http://localhost.example".parse::<Origin>(), Err(InvalidOrigin::Insecure));
    }
}
