//! Visitors without cookies: the same browser at the same address on the same day is the same visitor of
//! a tenant. Tomorrow there is another salt, and nobody can tell any more who it was.

use std::net::{IpAddr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::ids::TenantId;

const DAY_SECONDS: i64 = 86_400;

/// The number of the day, UTC, since 1970.
pub(super) fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(DAY_SECONDS)
}

/// The secret of a day.
#[derive(Clone)]
pub(super) struct Salt {
    day: i64,
    bytes: [u8; 32],
}

/// A visitor of a tenant on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Visitor([u8; 16]);

/// A visit: what a visitor does without a long pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session([u8; 16]);

impl Salt {
    pub(super) fn new(day: i64, bytes: [u8; 32]) -> Self {
        Self { day, bytes }
    }

    pub(super) fn day(&self) -> i64 {
        self.day
    }

    /// Whoever looks. Of an IPv6 address the network counts (the first 64 bits): the rest changes by
    /// itself during a day.
    pub(super) fn visitor(&self, tenant: &TenantId, address: IpAddr, user_agent: &str) -> Visitor {
        let address = match address.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)),
        };
        let octets = address.octets();
        Visitor(self.hash(&[
            b"visitor",
            tenant.as_str().as_bytes(),
            &octets,
            user_agent.as_bytes(),
        ]))
    }

    /// The visit that the visitor began at `start`, microseconds since 1970.
    pub(super) fn session(&self, visitor: Visitor, start: i64) -> Session {
        Session(self.hash(&[b"session", &visitor.0, &start.to_le_bytes()]))
    }

    /// Each part goes with its length, so that no two lists of parts are the same bytes.
    fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.bytes);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        let mut half = [0; 16];
        half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        half
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Salt").field("day", &self.day).finish_non_exhaustive()
    }
}

impl Visitor {
    /// As it stands in an event's `user`.
    pub(super) fn text(self) -> String {
        format!("v_{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl Session {
    /// As it stands in an event's `session`.
    pub(super) fn text(self) -> String {
        format!("s_{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(salt: &Salt, tenant: &str, address: &str, user_agent: &str) -> Visitor {
        salt.visitor(&tenant.parse().unwrap(), address.parse().unwrap(), user_agent)
    }

    #[test]
    fn a_visitor_is_one_browser_at_one_address_of_one_tenant_on_one_day() {
        let salt = Salt::new(1, [1; 32]);
        let one = of(&salt, "acme", "192.0.2.1", "A");
        assert_eq!(one, of(&salt, "acme", "192.0.2.1", "A"));
        assert_eq!(one, of(&salt, "acme", "::ffff:192.0.2.1", "A"));
        assert_ne!(one, of(&salt, "acme", "192.0.2.2", "A"));
        assert_ne!(one, of(&salt, "acme", "192.0.2.1", "B"));
        assert_ne!(one, of(&salt, "globex", "192.0.2.1", "A"));
        assert_ne!(one, of(&Salt::new(2, [2; 32]), "acme", "192.0.2.1", "A"));
    }

    #[test]
    fn the_changing_half_of_an_ipv6_address_makes_no_new_visitor() {
        let salt = Salt::new(1, [1; 32]);
        let one = of(&salt, "acme", "2001:db8:1:2::1", "A");
        assert_eq!(one, of(&salt, "acme", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", "A"));
        assert_ne!(one, of(&salt, "acme", "2001:db8:1:3::1", "A"));
    }

    #[test]
    fn the_day_is_utc() {
        let at = |text: &str| day(text.parse().unwrap());
        assert_eq!(at("2026-11-20T00:00:00Z"), at("2026-11-20T23:59:59.999Z"));
        assert_eq!(at("2026-11-20T23:59:59Z") + 1, at("2026-11-21T00:00:00Z"));
    }
}
