//! Extractors that are proofs: a handler that names one in its arguments has the right, and a
//! request without it never reaches the handler.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts, Request};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use inlay_shared::Scope;

use super::claims::AccessClaims;
use super::gate::Gate;
use super::token::InvalidToken;
use crate::ids::{ClientId, TenantId};
use crate::policy::{Action, Denied, Principal, SystemScope, TenantScope};
use crate::problem::ApiError;

/// Something that a caller may be allowed to do, as a type.
pub trait Task: Send + Sync {
    /// The action that policy is asked about.
    const ACTION: Action;
}

macro_rules! task {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Task for $name {
            const ACTION: Action = Action::$name;
        }
    };
}

task! {
    /// Send events.
    Ingest
}
task! {
    /// Ask queries, see dashboards and dead letters.
    ReadData
}
task! {
    /// Change dashboards.
    WriteDashboards
}
task! {
    /// Erase people, see erasures.
    Erase
}
task! {
    /// Create and configure tenants and their clients.
    ManageTenants
}
task! {
    /// See tenants.
    ReadTenants
}
task! {
    /// Mint and revoke embed sessions.
    Mint
}

/// Declares a proof for one kind of scope and how it is asked for; a handler takes it apart as
/// `Tenant(scope, ..)`.
macro_rules! proof {
    ($(#[$doc:meta])* $name:ident, $scope:ty, $ask:path) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T>(pub $scope, pub PhantomData<T>);

        impl<S, T> FromRequestParts<S> for $name<T>
        where
            S: Send + Sync,
            T: Task,
            Gate: FromRef<S>,
        {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let gate = Gate::from_ref(state);
                let (who, tenant) = client(&gate, parts).await?;
                $ask(&gate, &who, tenant.as_ref(), T::ACTION).map(|scope| Self(scope, PhantomData))
            }
        }
    };
}

proof! {
    /// A tenant's token that allows `T`: the scope of that tenant.
    Tenant, TenantScope, of_tenant
}
proof! {
    /// An operator's token that allows `T`: the scope of the deployment.
    Deployment, SystemScope, of_deployment
}

/// Somebody who may be allowed to mint sessions; for which tenant, the body says.
#[derive(Debug)]
pub struct Minter {
    who: Principal,
    gate: Gate,
}

impl Minter {
    /// The scope of `tenant`, if this caller may mint for it.
    ///
    /// # Errors
    /// A problem: 403 for a missing scope, 404 for a tenant that is not the caller's.
    pub fn of(&self, tenant: &TenantId) -> Result<TenantScope, ApiError> {
        if self.gate.refuses(tenant) {
            return Err(refuse(Denied::Unknown, "unknown_tenant", "tenant"));
        }
        let scope = self.gate.policy().tenant(&self.who, Action::Mint, tenant);
        scope.map_err(|denied| refuse(denied, "unknown_tenant", "tenant"))
    }
}

fn of_tenant(
    gate: &Gate,
    who: &Principal,
    tenant: Option<&TenantId>,
    action: Action,
) -> Result<TenantScope, ApiError> {
    let Some(tenant) = tenant else {
        return Err(ApiError::forbidden(
            "tenant_token_needed",
            "An operator's token reaches no tenant's data. Exchange it for the tenant's: POST \
             /v1/oauth/token with the token-exchange grant and audience=tenant:<id>.",
        ));
    };
    if gate.refuses(tenant) {
        return Err(refuse_token(InvalidToken::Invalid("its tenant is being erased")));
    }
    let scope = gate.policy().tenant(who, action, tenant);
    scope.map_err(|denied| refuse(denied, "unknown_tenant", "tenant"))
}

fn of_deployment(
    gate: &Gate,
    who: &Principal,
    _tenant: Option<&TenantId>,
    action: Action,
) -> Result<SystemScope, ApiError> {
    let scope = gate.policy().system(who, action);
    scope.map_err(|denied| refuse(denied, "operator_token_needed", "deployment"))
}

impl<S> FromRequestParts<S> for Minter
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let gate = Gate::from_ref(state);
        let (who, _) = client(&gate, parts).await?;
        Ok(Self { who, gate })
    }
}

/// Policy's no, as the caller may know it.
pub(super) fn refuse(denied: Denied, unknown: &'static str, thing: &str) -> ApiError {
    match denied {
        Denied::MissingScope(scope) => ApiError::forbidden(
            "missing_scope",
            format!("The token does not carry the scope `{}`. Ask for it.", scope.name()),
        ),
        Denied::MissingCapability(capability) => ApiError::forbidden(
            "missing_capability",
            format!(
                "The session does not carry the capability {}. Mint it with that capability.",
                serde_json::to_string(&capability).unwrap_or_default()
            ),
        ),
        Denied::WrongKind => ApiError::forbidden(
            "operator_token_needed",
            "This is for an operator's token. A tenant's token cannot do it.",
        ),
        Denied::Unknown => {
            ApiError::not_found(unknown, format!("There is no such {thing} for this token."))
        }
    }
}

/// Who calls with an access token, before anything is asked of policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The client.
    pub client: ClientId,
    /// The tenant of the token; none in an operator's.
    pub tenant: Option<TenantId>,
    /// What the token carries.
    pub scopes: BTreeSet<Scope>,
}

/// Finds out who calls, and leaves it in the request for the handler's proof: a token is verified
/// once a request.
///
/// # Errors
/// 401 for a request without a good access token.
pub async fn identify(gate: &Gate, request: &mut Request) -> Result<Bearer, ApiError> {
    let bearer = verify(gate, request.headers()).await?;
    request.extensions_mut().insert(bearer.clone());
    Ok(bearer)
}

async fn verify(gate: &Gate, headers: &HeaderMap) -> Result<Bearer, ApiError> {
    let token = bearer(headers)?;
    let claims = gate.check_access(token).await.map_err(refuse_token)?;
    read(&claims).ok_or_else(|| refuse_token(InvalidToken::Invalid("its claims")))
}

fn read(claims: &AccessClaims) -> Option<Bearer> {
    let scopes = claims.scope.split_whitespace().map(Scope::parse).collect::<Option<_>>()?;
    let tenant = claims.tid.as_ref().map(|tenant| tenant.parse().ok());
    let tenant = match tenant {
        Some(None) => return None,
        tenant => tenant.flatten(),
    };
    Some(Bearer { client: claims.client_id.parse().ok()?, tenant, scopes })
}

async fn client(gate: &Gate, parts: &Parts) -> Result<(Principal, Option<TenantId>), ApiError> {
    let Bearer { client, tenant, scopes } = match parts.extensions.get::<Bearer>() {
        Some(known) => known.clone(),
        None => verify(gate, &parts.headers).await?,
    };
    let who = match &tenant {
        None => Principal::Operator { client, scopes },
        Some(tenant) => Principal::TenantClient { client, tenant: tenant.clone(), scopes },
    };
    Ok((who, tenant))
}

/// The token of the `Authorization` header, the one place where a token is taken from.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(missing());
    };
    let value = value.to_str().map_err(|_| missing())?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => {
            Ok(token)
        }
        _ => Err(missing()),
    }
}

fn missing() -> ApiError {
    ApiError::unauthorized(
        "token_missing",
        "Send one token in the Authorization header: `Authorization: Bearer <token>`.",
    )
}

/// The log has the reason; the caller learns only whether a new token would help.
pub(super) fn refuse_token(why: InvalidToken) -> ApiError {
    tracing::debug!(%why, "a token was refused");
    match why {
        InvalidToken::Expired => {
            ApiError::unauthorized("token_expired", "The token has expired. Get a new one.")
        }
        InvalidToken::Invalid(_) => ApiError::unauthorized(
            "token_invalid",
            "The token is not valid here. Use one that this deployment issued for this purpose.",
        ),
    }
}
