//! Embed sessions: what a backend asks for, and what a page gets.

use serde::{Deserialize, Serialize};

use crate::Filter;
use crate::given::given;

/// Body of `POST /v1/embed/sessions`: what one viewer may see, and where. Nothing is allowed by
/// default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MintRequest {
    /// The tenant's slug.
    pub tenant: String,
    /// The vendor's own id of the viewer, 1 to 128 characters.
    pub viewer: String,
    /// Names of the dashboards, 1 to 32.
    pub dashboards: Vec<String>,
    /// What the viewer may do beyond looking.
    #[serde(default)]
    pub capabilities: Vec<Capability>,
    /// Row filters that hold for every query of the session.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Origin of the page that embeds, one of the tenant's list.
    pub origin: String,
    /// IANA zone of the viewer; `UTC` by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// BCP 47 language of the viewer.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Seconds until the token dies, 10 to 900; 300 by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
}

/// What a viewer may do beyond looking. The server enforces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Capability {
    /// Pick another range, and narrow by dimension.
    #[serde(rename = "filter")]
    Filter,
    /// Go from a mark to what is behind it.
    #[serde(rename = "drill")]
    Drill,
    /// Take a panel's numbers away as CSV.
    #[serde(rename = "export:csv")]
    ExportCsv,
    /// Take a panel's picture away.
    #[serde(rename = "export:png")]
    ExportPng,
    /// See single events.
    #[serde(rename = "rows")]
    Rows,
}

/// A minted session. The portal's backend hands `token` and `expires_in` on to its page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `ses_…`, to revoke it by.
    pub id: String,
    /// The embed token, a JWT of type `inlay-embed+jwt`.
    pub token: String,
    /// Seconds that it lives from now.
    pub expires_in: u32,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
