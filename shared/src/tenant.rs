//! Tenants, with their origins, domains and brand.

use serde::{Deserialize, Serialize};

use crate::given::given;

/// Body of `POST /v1/tenants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// The vendor's own slug: lower-case letters, digits, `-` and `_`, 1 to 63, beginning with a
    /// letter or digit.
    pub id: String,
    /// Name for people; the slug by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Origins that may embed its dashboards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
}

/// One customer of the vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// RFC 3339, UTC.
    pub created_at: String,
}

/// Origins of pages that may embed a tenant's dashboards: `scheme://host[:port]`, `https` except on
/// loopback, never `null`, at most 50.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origins {
    /// The whole list; a write replaces it.
    pub origins: Vec<String>,
}

/// Host names that answer as the tenant's own (white label), unique over all tenants, at most 10.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domains {
    /// The whole list of host names, without scheme or port; a write replaces it.
    pub domains: Vec<String>,
}

/// How a tenant's own pages look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Name in the page's head, at most 80 characters.
    pub name: String,
    /// Accent colour on light ground, `#rrggbb`.
    pub accent: String,
    /// Accent colour on dark ground, `#rrggbb`.
    pub accent_dark: String,
}
