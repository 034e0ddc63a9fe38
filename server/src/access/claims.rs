//! What tokens say.

use std::collections::BTreeSet;

use inlay_shared::{Capability, Filter};
use serde::{Deserialize, Serialize};

/// Claims of an access token (RFC 9068 section 2.2), and the tenant that it is for. One that is not known
/// could narrow what the token is good for, so it is not passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims {
    /// The deployment.
    pub iss: String,
    /// The deployment again: it is its own resource server.
    pub aud: String,
    /// The client.
    pub sub: String,
    /// The client.
    pub client_id: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    pub iat: i64,
    /// Unique.
    pub jti: String,
    /// Space-separated scopes.
    pub scope: String,
    /// The tenant; none in an operator's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    /// Who exchanged its own token for this one (RFC 8693 section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
}

/// The party that acts (RFC 8693 section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Its client.
    pub sub: String,
}

/// What an embed token grants. Every claim is required; an absent right is an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedGrant {
    /// The tenant whose numbers are seen.
    pub tid: String,
    /// The vendor's id of the viewer.
    pub sub: String,
    /// The dashboards that may be seen.
    pub dashboards: BTreeSet<String>,
    /// What may be done beyond looking.
    pub capabilities: BTreeSet<Capability>,
    /// Row filters that hold for every query.
    pub filters: Vec<Filter>,
    /// The origin of the page that embeds.
    pub origin: String,
    /// The viewer's IANA zone.
    pub zone: String,
    /// The viewer's language; empty where the vendor named none.
    pub lang: String,
}

/// Claims of an embed token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedClaims {
    /// The deployment.
    pub iss: String,
    /// The embed endpoints of the deployment.
    pub aud: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub nbf: i64,
    /// The session.
    pub jti: String,
    /// What it grants.
    #[serde(flatten)]
    pub grant: EmbedGrant,
}
