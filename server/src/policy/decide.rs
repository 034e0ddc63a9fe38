//! Asks Cedar, and turns its yes into a scope and its no into a reason.

use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, PolicySet, Request};
use inlay_shared::{Capability, Scope};

use super::entities::{capability_name, dashboard_entity, entity, principal_entity, text, uid};
use super::{Principal, SystemScope, TenantScope, Viewer};
use crate::ids::{DashboardName, TenantId};

/// What a caller wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Create and configure tenants and their clients.
    ManageTenants,
    /// See tenants.
    ReadTenants,
    /// Turn an operator's token into one tenant's (RFC 8693).
    Exchange,
    /// Mint and revoke embed sessions.
    Mint,
    /// Send events.
    Ingest,
    /// Take events from the pages of a site.
    Collect,
    /// Carry out imports that tenants asked for.
    Import,
    /// Ask queries, see dashboards and dead letters.
    ReadData,
    /// Change dashboards.
    WriteDashboards,
    /// Erase people, see erasures.
    Erase,
    /// Read clients, keys and revocations to find out who is calling.
    Authenticate,
    /// Make, list and withdraw the keys that sign tokens.
    ManageKeys,
    /// Move events from the raw log to the lake.
    Maintain,
    /// Read origins, domains and brand to build a page.
    Present,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::ManageTenants => "manage_tenants",
            Self::ReadTenants => "read_tenants",
            Self::Exchange => "exchange",
            Self::Mint => "mint",
            Self::Ingest => "ingest",
            Self::Collect => "collect",
            Self::Import => "import",
            Self::ReadData => "read_data",
            Self::WriteDashboards => "write_dashboards",
            Self::Erase => "erase",
            Self::Authenticate => "authenticate",
            Self::ManageKeys => "manage_keys",
            Self::Maintain => "maintain",
            Self::Present => "present",
        }
    }

    /// The scope that a client's token must carry for it.
    const fn scope(self) -> Option<Scope> {
        match self {
            Self::ManageTenants => Some(Scope::TenantsWrite),
            Self::ReadTenants => Some(Scope::TenantsRead),
            Self::Mint => Some(Scope::SessionsWrite),
            Self::Ingest => Some(Scope::EventsWrite),
            Self::ReadData => Some(Scope::DataRead),
            Self::WriteDashboards => Some(Scope::DashboardsWrite),
            Self::Erase => Some(Scope::PrivacyWrite),
            Self::Exchange
            | Self::Collect
            | Self::Import
            | Self::Authenticate
            | Self::ManageKeys
            | Self::Maintain
            | Self::Present => None,
        }
    }
}

/// Why the answer is no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The token lacks a scope.
    #[error("the token does not carry the scope `{}`", .0.name())]
    MissingScope(Scope),
    /// The token lacks a capability.
    #[error("the session does not carry the capability {0:?}")]
    MissingCapability(Capability),
    /// This kind of token cannot do that, whatever it carries.
    #[error("this kind of token cannot do that")]
    WrongKind,
    /// The thing does not exist, or the caller may not know that it does.
    #[error("there is no such thing for this caller")]
    Unknown,
}

/// The policies of this build. They are the same for everybody, so they are parsed once a process,
/// and a `Policy` is a handle to them.
#[derive(Clone, Copy)]
pub struct Policy(&'static Rules);

struct Rules {
    authorizer: Authorizer,
    policies: PolicySet,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let policies =
        PolicySet::from_str(include_str!("inlay.cedar")).expect("the policies parse: tested");
    Rules { authorizer: Authorizer::new(), policies }
});

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Policy(…)")
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

impl Policy {
    /// The policies of `inlay.cedar`.
    pub fn new() -> Self {
        Self(&RULES)
    }

    /// May `who` do `action` on the data of `tenant`?
    ///
    /// # Errors
    /// [`Denied`], with the reason that the caller may know.
    pub fn tenant(
        &self,
        who: &Principal,
        action: Action,
        tenant: &TenantId,
    ) -> Result<TenantScope, Denied> {
        let resource = entity("Tenant", tenant.as_str(), [("slug", text(tenant.as_str()))]);
        if self.allows(who, action.name(), &needs(who, action), resource) {
            return Ok(TenantScope::new(tenant.clone()));
        }
        Err(reason(who, action))
    }

    /// May `who` do `action` on the deployment?
    ///
    /// # Errors
    /// [`Denied`], with the reason that the caller may know.
    pub fn system(&self, who: &Principal, action: Action) -> Result<SystemScope, Denied> {
        let resource = entity("Deployment", "this", []);
        if self.allows(who, action.name(), &needs(who, action), resource) {
            return Ok(SystemScope::new());
        }
        Err(reason(who, action))
    }

    /// May this viewer see `dashboard` of the token's tenant?
    ///
    /// # Errors
    /// [`Denied::Unknown`] for a dashboard that is not in the token.
    pub fn dashboard(
        &self,
        viewer: &Viewer,
        dashboard: &DashboardName,
    ) -> Result<TenantScope, Denied> {
        let who = Principal::Viewer(viewer.clone());
        if self.allows(&who, "view", "", dashboard_entity(viewer, dashboard)) {
            return Ok(TenantScope::new(viewer.tenant.clone()));
        }
        Err(Denied::Unknown)
    }

    /// May this viewer use `capability` on `dashboard`?
    ///
    /// # Errors
    /// [`Denied::MissingCapability`].
    pub fn capability(
        &self,
        viewer: &Viewer,
        dashboard: &DashboardName,
        capability: Capability,
    ) -> Result<(), Denied> {
        let who = Principal::Viewer(viewer.clone());
        let resource = dashboard_entity(viewer, dashboard);
        if self.allows(&who, "use_capability", capability_name(capability), resource) {
            return Ok(());
        }
        Err(Denied::MissingCapability(capability))
    }

    /// A policy that cannot be evaluated permits nothing.
    fn allows(&self, who: &Principal, action: &str, needs: &str, resource: Entity) -> bool {
        let principal = principal_entity(who);
        let context = Context::from_pairs([("needs".to_owned(), text(needs))])
            .expect("one pair has no duplicate key");
        let request =
            Request::new(principal.uid(), uid("Action", action), resource.uid(), context, None)
                .expect("without a schema every request is valid");
        let entities = Entities::from_entities([principal, resource], None)
            .expect("a principal and a resource are two entities");
        let answer = self.0.authorizer.is_authorized(&request, &self.0.policies, &entities);
        answer.decision() == Decision::Allow
    }
}

/// What the policy compares with: the scope for clients, the duty for the process.
fn needs(who: &Principal, action: Action) -> String {
    match who {
        Principal::Process(_) => action.name().to_owned(),
        _ => action.scope().map_or("", Scope::name).to_owned(),
    }
}

fn reason(who: &Principal, action: Action) -> Denied {
    let (scopes, kind_fits) = match who {
        Principal::Operator { scopes, .. } => {
            (scopes, matches!(action, Action::ManageTenants | Action::ReadTenants | Action::Mint))
        }
        Principal::TenantClient { scopes, .. } => (
            scopes,
            matches!(
                action,
                Action::Mint
                    | Action::Ingest
                    | Action::ReadData
                    | Action::WriteDashboards
                    | Action::Erase
            ),
        ),
        Principal::Viewer(_) | Principal::PublicKey { .. } | Principal::Process(_) => {
            return Denied::WrongKind;
        }
    };
    match action.scope() {
        _ if !kind_fits => Denied::WrongKind,
        Some(scope) if !scopes.contains(&scope) => Denied::MissingScope(scope),
        _ => Denied::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::policy::Duty;

    const ACTIONS: [Action; 14] = [
        Action::ManageTenants,
        Action::ReadTenants,
        Action::Exchange,
        Action::Mint,
        Action::Ingest,
        Action::Collect,
        Action::Import,
        Action::ReadData,
        Action::WriteDashboards,
        Action::Erase,
        Action::Authenticate,
        Action::ManageKeys,
        Action::Maintain,
        Action::Present,
    ];

    fn tenant(id: &str) -> TenantId {
        id.parse().unwrap()
    }

    fn client(scopes: &[Scope]) -> Principal {
        Principal::TenantClient {
            client: "client_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            tenant: tenant("acme"),
            scopes: scopes.iter().copied().collect(),
        }
    }

    fn operator(scopes: &[Scope]) -> Principal {
        Principal::Operator {
            client: "client_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            scopes: scopes.iter().copied().collect(),
        }
    }

    fn viewer(capabilities: &[Capability]) -> Viewer {
        Viewer {
            id: "u1".into(),
            tenant: tenant("acme"),
            dashboards: BTreeSet::from(["overview".parse().unwrap()]),
            capabilities: capabilities.iter().copied().collect(),
        }
    }

    #[test]
    fn a_client_reaches_its_own_tenant_with_the_right_scope_and_nothing_else() {
        let policy = Policy::new();
        for action in ACTIONS {
            for scope in Scope::ALL {
                for asked in ["acme", "globex"] {
                    let yes = policy.tenant(&client(&[scope]), action, &tenant(asked)).is_ok();
                    let expected = asked == "acme"
                        && action.scope() == Some(scope)
                        && Scope::TENANT.contains(&scope);
                    assert_eq!(yes, expected, "{action:?} with {scope:?} on {asked}");
                }
            }
            assert!(policy.system(&client(&Scope::ALL), action).is_err(), "{action:?}");
        }
    }

    #[test]
    fn an_operator_reaches_no_tenant_data() {
        let policy = Policy::new();
        let all = operator(&Scope::ALL);
        for action in [Action::Ingest, Action::ReadData, Action::WriteDashboards, Action::Erase] {
            assert_eq!(policy.tenant(&all, action, &tenant("acme")), Err(Denied::WrongKind));
        }
        assert!(policy.tenant(&all, Action::Mint, &tenant("acme")).is_ok());
        assert!(policy.system(&all, Action::ManageTenants).is_ok());
        assert_eq!(policy.system(&all, Action::ManageKeys), Err(Denied::WrongKind));
        assert_eq!(
            policy.system(&operator(&[]), Action::ManageTenants),
            Err(Denied::MissingScope(Scope::TenantsWrite)),
        );
    }

    #[test]
    fn a_public_key_appends_to_its_own_tenant_and_does_nothing_else() {
        let policy = Policy::new();
        let who = Principal::PublicKey {
            key: "pk_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            tenant: tenant("acme"),
        };
        for action in ACTIONS {
            for asked in ["acme", "globex"] {
                let yes = policy.tenant(&who, action, &tenant(asked)).is_ok();
                assert_eq!(yes, asked == "acme" && action == Action::Collect, "{action:?} {asked}");
            }
            assert!(policy.system(&who, action).is_err(), "{action:?}");
        }
    }

    #[test]
    fn a_viewer_sees_the_dashboards_of_the_token_only() {
        let policy = Policy::new();
        let viewer = viewer(&[]);
        let overview: DashboardName = "overview".parse().unwrap();
        let scope = policy.dashboard(&viewer, &overview).unwrap();
        assert_eq!(scope.tenant(), &tenant("acme"));
        assert_eq!(policy.dashboard(&viewer, &"sales".parse().unwrap()), Err(Denied::Unknown));
        let who = Principal::Viewer(viewer);
        for action in ACTIONS {
            assert!(policy.tenant(&who, action, &tenant("acme")).is_err(), "{action:?}");
            assert!(policy.system(&who, action).is_err(), "{action:?}");
        }
    }

    #[test]
    fn capabilities_are_those_of_the_token() {
        let policy = Policy::new();
        let overview: DashboardName = "overview".parse().unwrap();
        let viewer = viewer(&[Capability::Filter]);
        assert!(policy.capability(&viewer, &overview, Capability::Filter).is_ok());
        assert_eq!(
            policy.capability(&viewer, &overview, Capability::ExportCsv),
            Err(Denied::MissingCapability(Capability::ExportCsv)),
        );
        assert!(policy.capability(&viewer, &"sales".parse().unwrap(), Capability::Filter).is_err());
    }

    #[test]
    fn a_duty_is_for_its_own_work() {
        let policy = Policy::new();
        for duty in [Duty::Authenticate, Duty::Collect, Duty::Import, Duty::Maintain, Duty::Present]
        {
            for action in ACTIONS {
                let fits = format!("{duty:?}").to_lowercase() == action.name();
                let yes = policy.system(&Principal::Process(duty), action).is_ok();
                assert_eq!(yes, fits, "{duty:?} {action:?}");
            }
        }
    }
}
