//! Who is asking.

use std::collections::BTreeSet;

use inlay_shared::{Capability, Scope};

use crate::ids::{ClientId, DashboardName, PublicKeyId, TenantId};

/// An authenticated caller, as `access` established it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A client of the vendor, acting on the deployment.
    Operator {
        /// The client.
        client: ClientId,
        /// What its token carries.
        scopes: BTreeSet<Scope>,
    },
    /// A client acting on one tenant: the tenant's own, or an operator after token exchange.
    TenantClient {
        /// The client.
        client: ClientId,
        /// The tenant of its token.
        tenant: TenantId,
        /// What its token carries.
        scopes: BTreeSet<Scope>,
    },
    /// The bearer of an embed token.
    Viewer(Viewer),
    /// A page of a site, by the key that it carries. Anybody can read the key in the page.
    PublicKey {
        /// The key.
        key: PublicKeyId,
        /// The tenant whose key it is.
        tenant: TenantId,
    },
    /// The process itself, for work that nobody asked for over HTTP.
    Process(Duty),
}

/// What an embed token says about its bearer's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The vendor's id of the person.
    pub id: String,
    /// The tenant whose numbers may be seen.
    pub tenant: TenantId,
    /// The dashboards that may be seen.
    pub dashboards: BTreeSet<DashboardName>,
    /// What may be done beyond looking.
    pub capabilities: BTreeSet<Capability>,
}

/// Work of the process itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Find out who is calling: clients, keys, revocations.
    Authenticate,
    /// Carry out imports that tenants asked for.
    Import,
    /// Keep what taking events from pages needs: the salt of the day, counts of bots.
    Collect,
    /// Move events from the raw log to the lake.
    Maintain,
    /// A command typed on the machine itself, by someone who can read its files anyway.
    Shell,
    /// Say publicly what a page needs before anybody is known: origins, domains, brand.
    Present,
}
