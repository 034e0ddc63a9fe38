//! Clients of the API and what their tokens may do.

use serde::{Deserialize, Serialize};

use crate::given::given;

/// What a client's tokens may do. Operator clients act on the deployment, tenant clients on one
/// tenant's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Operator: create and configure tenants and their clients.
    #[serde(rename = "tenants:write")]
    TenantsWrite,
    /// Operator: see tenants.
    #[serde(rename = "tenants:read")]
    TenantsRead,
    /// Mint and revoke embed sessions.
    #[serde(rename = "sessions:write")]
    SessionsWrite,
    /// Tenant: send events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Tenant: ask queries, see dashboards and dead letters.
    #[serde(rename = "data:read")]
    DataRead,
    /// Tenant: change dashboards.
    #[serde(rename = "dashboards:write")]
    DashboardsWrite,
    /// Tenant: erase people, see erasures.
    #[serde(rename = "privacy:write")]
    PrivacyWrite,
}

impl Scope {
    /// Every scope, in the order in which they are written.
    pub const ALL: [Self; 7] = [
        Self::TenantsWrite,
        Self::TenantsRead,
        Self::SessionsWrite,
        Self::EventsWrite,
        Self::DataRead,
        Self::DashboardsWrite,
        Self::PrivacyWrite,
    ];

    /// Scopes that a tenant's token can carry.
    pub const TENANT: [Self; 5] = [
        Self::SessionsWrite,
        Self::EventsWrite,
        Self::DataRead,
        Self::DashboardsWrite,
        Self::PrivacyWrite,
    ];

    /// Its name in tokens and requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TenantsWrite => "tenants:write",
            Self::TenantsRead => "tenants:read",
            Self::SessionsWrite => "sessions:write",
            Self::EventsWrite => "events:write",
            Self::DataRead => "data:read",
            Self::DashboardsWrite => "dashboards:write",
            Self::PrivacyWrite => "privacy:write",
        }
    }

    /// The scope of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Body of `POST /v1/tenants/{tenant}/clients`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// Name for people, at most 80 characters.
    pub name: String,
    /// What its tokens may do; every tenant scope by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
}

/// A machine that may ask for tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_…`.
    pub client_id: String,
    /// Shown once, when the client is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Operator or tenant.
    pub kind: ClientKind,
    /// The tenant of a tenant client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Name for people.
    pub name: String,
    /// What its tokens may do.
    pub scopes: Vec<Scope>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.client_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Whom a client acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// The vendor: the whole deployment.
    Operator,
    /// One tenant.
    Tenant,
}

/// Answer of `POST /v1/oauth/token` (RFC 6749 section 5.1, RFC 8693 section 2.2.1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// A JWT of type `at+jwt` (RFC 9068).
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds that it lives from now.
    pub expires_in: u32,
    /// Space-separated scopes that it carries.
    pub scope: String,
    /// What was issued, after a token exchange (RFC 8693).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<String>,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenAnswer")
            .field("scope", &self.scope)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
