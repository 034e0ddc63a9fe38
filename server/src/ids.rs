//! Identifiers: TypeIDs (a prefix and a UUIDv7 in base 32) for what Inlay names, slugs for what the
//! vendor names. Each kind is its own type, so that one cannot be passed for another.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::entropy::Entropy;

/// Text that is no identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {kind}: {rule}")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
    rule: &'static str,
}

macro_rules! type_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// A new one, ordered by time of making.
            pub fn new(now: Timestamp, entropy: &Entropy) -> Self {
                Self(type_id($prefix, now, entropy))
            }

            /// Its text, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// When it was made, to the millisecond: a UUIDv7 tells.
            pub fn made_at(&self) -> Timestamp {
                made_at(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match text.parse::<TypeSafeId<DynamicType>>() {
                    Ok(id) if id.type_prefix() == $prefix => Ok(Self(text.to_owned())),
                    _ => Err(InvalidId {
                        kind: concat!($prefix, " id"),
                        text: shorten(text),
                        rule: concat!("it looks like ", $prefix, "_01h455vb4pex5vsknk084sn02q"),
                    }),
                }
            }
        }
    };
}

type_id! {
    /// A client that may ask for tokens.
    ClientId, "client"
}
type_id! {
    /// A key that pages carry: the right to append one tenant's events, and no other.
    PublicKeyId, "pk"
}
type_id! {
    /// A file of events on its way in.
    ImportId, "import"
}
type_id! {
    /// A minted embed session.
    SessionId, "ses"
}
type_id! {
    /// The erasure of a person.
    ErasureId, "erase"
}
type_id! {
    /// A refused event.
    DeadLetterId, "dead"
}
type_id! {
    /// A Parquet segment of the lake.
    SegmentId, "seg"
}
type_id! {
    /// One access token, its `jti`.
    TokenId, "token"
}
type_id! {
    /// One HTTP request.
    RequestId, "req"
}

fn type_id(prefix: &str, now: Timestamp, entropy: &Entropy) -> String {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &entropy.bytes()).into_uuid();
    let kind = DynamicType::new(prefix).expect("prefixes are lower-case letters");
    TypeSafeId::from_type_and_uuid(kind, Uuid::from_bytes(*uuid.as_bytes())).to_string()
}

fn made_at(id: &str) -> Timestamp {
    let uuid = id.parse::<TypeSafeId<DynamicType>>().map(|id| id.uuid().as_u128());
    let millis = i64::try_from(uuid.unwrap_or(0) >> 80).expect("48 bits fit");
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A tenant's id: the vendor's own slug. Lower-case letters, digits, `-` and `_`, 1 to 63, beginning
/// with a letter or digit: safe as a folder name, in a URL and in a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(String);

impl TenantId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TenantId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        slug(text, 63, "tenant id", "lower-case letters, digits, `-` and `_`, at most 63").map(Self)
    }
}

/// Name of a dashboard or panel: lower-case letters, digits, `-` and `_`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DashboardName(String);

impl DashboardName {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DashboardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DashboardName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        slug(text, 64, "dashboard name", "lower-case letters, digits, `-` and `_`, at most 64")
            .map(Self)
    }
}

/// Label of a source of events: lower-case letters, digits, `-` and `_`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(String);

impl SourceName {
    /// The source of events that name none: `default`.
    pub fn unnamed() -> Self {
        Self("default".to_owned())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SourceName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        slug(text, 64, "source", "lower-case letters, digits, `-` and `_`, at most 64").map(Self)
    }
}

fn slug(
    text: &str,
    longest: usize,
    kind: &'static str,
    rule: &'static str,
) -> Result<String, InvalidId> {
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let fits = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
    if starts && fits && text.len() <= longest {
        Ok(text.to_owned())
    } else {
        Err(InvalidId { kind, text: shorten(text), rule })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_one_kind() {
        let entropy = Entropy::seeded([7; 32]);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let session = SessionId::new(now, &entropy);
        assert_eq!(session.as_str().parse(), Ok(session.clone()));
        assert!(session.as_str().parse::<ClientId>().is_err());
        assert!(session.as_str().starts_with("ses_"));
        assert_eq!(session.made_at(), now);
    }

    #[test]
    fn slugs_cannot_leave_a_folder() {
        for bad in ["", "..", "a/b", "A", "-a", "ä", &"a".repeat(64), "a.b", "a\0"] {
            assert!(bad.parse::<TenantId>().is_err(), "{bad:?}");
        }
        assert!("acme-co_2".parse::<TenantId>().is_ok());
    }
}
