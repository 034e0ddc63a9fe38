//! Where a request comes from. What a header says of it is believed from a trusted proxy alone: anybody
//! else could write what they like.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::header::{FORWARDED, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use crate::network::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[Network]>);

/// The client's address. It is personal, so it prints nothing of itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl TrustedProxies {
    /// These networks.
    pub fn new(networks: &[Network]) -> Self {
        Self(networks.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client behind `peer`. Each proxy adds on the right whom it heard, so the list is read from
    /// there, as far as trusted proxies vouch for it.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let plain = listed(headers, &X_FORWARDED_FOR).map(|list| self.walk(peer, &list, bare));
        let standard = listed(headers, &FORWARDED).map(|list| self.walk(peer, &list, forwarded));
        match (plain, standard) {
            // A proxy writes one of them and hands on the other as the client sent it. Where they do
            // not agree, one is a lie.
            (Some(plain), Some(standard)) if plain != standard => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        }
    }

    fn walk(&self, peer: IpAddr, list: &[&str], read: fn(&str) -> Option<IpAddr>) -> IpAddr {
        let mut client = peer;
        for hop in list.iter().rev() {
            let Some(address) = read(hop) else { return client };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

impl ClientAddress {
    /// The address itself, for who must have it for a moment.
    pub fn reveal(self) -> IpAddr {
        self.0
    }
}

impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAddress(…)")
    }
}

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    TrustedProxies: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a connection (a router that is called in process) there is nobody to tell apart.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let proxies = TrustedProxies::from_ref(state);
        Ok(Self(proxies.client(peer.to_canonical(), &parts.headers)))
    }
}

/// The elements of a header that is a list, over all its lines; `None` where it is not there.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    if lines.is_empty() {
        return None;
    }
    let texts = lines.into_iter().map(|line| line.to_str().unwrap_or_default());
    Some(texts.flat_map(|text| text.split(',')).map(str::trim).collect())
}

/// An address, perhaps with a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn bare(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| {
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner
            .and_then(|inner| inner.parse().ok())
            .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
    });
    address.map(|address| address.to_canonical())
}

/// The `for` of an element of `Forwarded` (RFC 7239 section 5.2). `unknown` and hidden names are no
/// addresses.
fn forwarded(element: &str) -> Option<IpAddr> {
    let value = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
    })?;
    bare(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, headers: &[(&HeaderName, &str)]) -> String {
        let networks: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        TrustedProxies::new(&networks).client(peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn who_is_no_proxy_cannot_name_another_address() {
        for header in [(&X_FORWARDED_FOR, "198.51.100.1"), (&FORWARDED, "for=198.51.100.1")] {
            assert_eq!(client(&[], "203.0.113.9", &[header]), "203.0.113.9");
            assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &[header]), "203.0.113.9");
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed_as_far_as_it_saw() {
        let of = |list: &str| client(&["10.0.0.0/8"], "10.0.0.1", &[(&X_FORWARDED_FOR, list)]);
        assert_eq!(of("198.51.100.1"), "198.51.100.1");
        // The client wrote the first; the proxy saw the second.
        assert_eq!(of("192.0.2.66, 198.51.100.1"), "198.51.100.1");
        assert_eq!(of("192.0.2.66, 198.51.100.1, 10.0.0.7"), "198.51.100.1");
        assert_eq!(of("198.51.100.1, unknown"), "10.0.0.1");
        assert_eq!(of("[2001:db8::1]:443"), "2001:db8::1");
        assert_eq!(of("198.51.100.1:5000"), "198.51.100.1");
        assert_eq!(of("::ffff:198.51.100.1"), "198.51.100.1");
        assert_eq!(of(""), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let of = |list: &str| client(&["10.0.0.0/8"], "10.0.0.1", &[(&FORWARDED, list)]);
        assert_eq!(of("for=198.51.100.1;proto=http;by=10.0.0.1"), "198.51.100.1");
        assert_eq!(of("For=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
        assert_eq!(of("for=192.0.2.66, for=198.51.100.1, for=10.0.0.3"), "198.51.100.1");
        assert_eq!(of("for=198.51.100.1, for=_hidden"), "10.0.0.1");
        assert_eq!(of("proto=https"), "10.0.0.1");
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let both = |plain: &str, standard: &str| {
            let headers = [(&X_FORWARDED_FOR, plain), (&FORWARDED, standard)];
            client(&["10.0.0.0/8"], "10.0.0.1", &headers)
        };
        assert_eq!(both("198.51.100.1", "for=198.51.100.1"), "198.51.100.1");
        assert_eq!(both("198.51.100.1", "for=192.0.2.66"), "10.0.0.1");
    }
}
