//! The token endpoint: client credentials (RFC 6749 section 4.4) and token exchange (RFC 8693).

use std::collections::{BTreeMap, BTreeSet};

use inlay_shared::{Scope, TokenAnswer};

use super::gate::Gate;
use super::secret::ClientSecret;
use super::token::{ACCESS_TTL, NoKey};
use crate::ids::{ClientId, TenantId, TokenId};
use crate::policy::{Action, Principal};
use crate::store::{ClientRecord, StoreError};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Grants that the token endpoint understands.
pub const GRANTS: [&str; 2] = ["client_credentials", EXCHANGE];

/// A refusal (RFC 6749 section 5.2, RFC 8693 section 2.2.2).
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The request cannot be read.
    #[error("{0}")]
    InvalidRequest(String),
    /// The client is unknown or its secret is wrong; which of them is not told.
    #[error("the client is unknown, or its secret is wrong")]
    InvalidClient,
    /// The token to be exchanged is no good.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// A scope that the client does not have.
    #[error("the client may not have the scope `{0}`")]
    InvalidScope(String),
    /// A tenant that does not exist.
    #[error("there is no tenant `{0}`; create it with POST /v1/tenants")]
    InvalidTarget(String),
    /// The client may not use this grant.
    #[error("only an operator's client can exchange its token for a tenant's")]
    UnauthorizedClient,
    /// A grant that is not understood.
    #[error("grant_type is `client_credentials` or `{EXCHANGE}`")]
    UnsupportedGrantType,
    /// The control database failed.
    #[error("clients cannot be read")]
    Store(#[from] StoreError),
    /// Nothing can be signed.
    #[error(transparent)]
    Key(#[from] NoKey),
}

impl OAuthError {
    /// The code of RFC 6749.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::InvalidScope(_) => "invalid_scope",
            Self::InvalidTarget(_) => "invalid_target",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::Store(_) | Self::Key(_) => "server_error",
        }
    }
}

/// A client as it introduced itself.
#[derive(Debug)]
pub struct ClientCredentials {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: ClientSecret,
}

/// The parameters of a token request, each at most once.
pub struct TokenRequest(BTreeMap<String, String>);

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl TokenRequest {
    /// Reads a form. A repeated parameter is an error (RFC 6749 section 3.2); an empty one counts as
    /// absent.
    ///
    /// # Errors
    /// [`OAuthError::InvalidRequest`] names the repeated parameter.
    pub fn parse(form: &[u8]) -> Result<Self, OAuthError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(form) {
            if value.is_empty() {
                continue;
            }
            if parameters.insert(name.to_string(), value.to_string()).is_some() {
                let detail = format!("the parameter `{name}` is given twice");
                return Err(OAuthError::InvalidRequest(detail));
            }
        }
        Ok(Self(parameters))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn need(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::InvalidRequest(format!("the parameter `{name}` is missing")))
    }
}

impl Gate {
    /// Answers a token request. `basic` is what the `Authorization` header said.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn token(
        &self,
        request: &TokenRequest,
        basic: Option<ClientCredentials>,
    ) -> Result<TokenAnswer, OAuthError> {
        let grant = request.need("grant_type")?;
        if !GRANTS.contains(&grant) {
            return Err(OAuthError::UnsupportedGrantType);
        }
        let credentials = credentials(request, basic)?;
        let client = self
            .authenticate(&credentials.id, credentials.secret)
            .await?
            .ok_or(OAuthError::InvalidClient)?;
        if grant == EXCHANGE {
            return self.exchange(request, &client).await;
        }
        let scopes = narrow(request.get("scope"), &client.scopes)?;
        let tenant = client.tenant.as_ref().map(TenantId::as_str);
        Ok(self.issue(&client, tenant, &scopes, None)?)
    }

    async fn exchange(
        &self,
        request: &TokenRequest,
        client: &ClientRecord,
    ) -> Result<TokenAnswer, OAuthError> {
        if request.need("subject_token_type")? != ACCESS_TOKEN {
            let detail = format!("subject_token_type is `{ACCESS_TOKEN}`");
            return Err(OAuthError::InvalidRequest(detail));
        }
        if request.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
            let detail = format!("requested_token_type is `{ACCESS_TOKEN}`, or absent");
            return Err(OAuthError::InvalidRequest(detail));
        }
        let claims = self
            .check_access(request.need("subject_token")?)
            .await
            .map_err(|_| OAuthError::InvalidGrant("the subject token is not valid"))?;
        if claims.client_id != client.id.as_str() {
            return Err(OAuthError::InvalidGrant("the subject token belongs to another client"));
        }
        let who = Principal::Operator { client: client.id.clone(), scopes: client.scopes.clone() };
        if client.tenant.is_some() || self.policy().system(&who, Action::Exchange).is_err() {
            return Err(OAuthError::UnauthorizedClient);
        }
        let audience = request.need("audience")?;
        let tenant = match audience.strip_prefix("tenant:").map(str::parse::<TenantId>) {
            Some(Ok(tenant)) => tenant,
            _ => {
                let detail = "audience is `tenant:` and the tenant's id".to_owned();
                return Err(OAuthError::InvalidRequest(detail));
            }
        };
        if self.store().tenant(&tenant).await?.is_none() {
            return Err(OAuthError::InvalidTarget(tenant.to_string()));
        }
        // The exchange narrows: what the subject token carries, and of that what a tenant's may.
        let may: BTreeSet<Scope> = claims
            .scope
            .split_whitespace()
            .filter_map(Scope::parse)
            .filter(|scope| Scope::TENANT.contains(scope))
            .collect();
        let scopes = narrow(request.get("scope"), &may)?;
        let mut answer = self.issue(client, Some(tenant.as_str()), &scopes, Some(&client.id))?;
        answer.issued_token_type = Some(ACCESS_TOKEN.to_owned());
        Ok(answer)
    }

    fn issue(
        &self,
        client: &ClientRecord,
        tenant: Option<&str>,
        scopes: &BTreeSet<Scope>,
        actor: Option<&ClientId>,
    ) -> Result<TokenAnswer, NoKey> {
        let now = self.clock().now();
        let jti = TokenId::new(now, self.entropy()).to_string();
        let id = client.id.as_str();
        let actor = actor.map(ClientId::as_str);
        let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
        Ok(TokenAnswer {
            access_token: self.tokens().issue_access(id, tenant, scopes, actor, jti, now)?,
            token_type: "Bearer".into(),
            expires_in: ACCESS_TTL,
            scope: names.join(" "),
            issued_token_type: None,
        })
    }
}

/// One way to authenticate, not two (RFC 6749 section 2.3).
fn credentials(
    request: &TokenRequest,
    basic: Option<ClientCredentials>,
) -> Result<ClientCredentials, OAuthError> {
    let body = match (request.get("client_id"), request.get("client_secret")) {
        (Some(id), Some(secret)) => Some(ClientCredentials {
            id: id.to_owned(),
            secret: ClientSecret::presented(secret.to_owned()),
        }),
        _ => None,
    };
    match (basic, body) {
        (Some(_), Some(_)) => Err(OAuthError::InvalidRequest(
            "authenticate the client by HTTP Basic or in the body, not both".into(),
        )),
        (Some(basic), None) => Ok(basic),
        (None, Some(body)) => Ok(body),
        (None, None) => Err(OAuthError::InvalidClient),
    }
}

fn narrow(asked: Option<&str>, may: &BTreeSet<Scope>) -> Result<BTreeSet<Scope>, OAuthError> {
    let Some(asked) = asked else { return Ok(may.clone()) };
    asked
        .split_whitespace()
        .map(|name| {
            Scope::parse(name)
                .filter(|scope| may.contains(scope))
                .ok_or_else(|| OAuthError::InvalidScope(name.to_owned()))
        })
        .collect()
}
