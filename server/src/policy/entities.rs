//! Callers and things, as Cedar sees them.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use inlay_shared::Capability;

use super::{Duty, Principal, Viewer};
use crate::ids::DashboardName;

pub(super) fn principal_entity(who: &Principal) -> Entity {
    match who {
        Principal::Operator { client, scopes } => {
            entity("Operator", client.as_str(), [("scopes", set(scopes.iter().map(|s| s.name())))])
        }
        Principal::TenantClient { client, tenant, scopes } => entity(
            "TenantClient",
            client.as_str(),
            [("tenant", text(tenant.as_str())), ("scopes", set(scopes.iter().map(|s| s.name())))],
        ),
        Principal::Viewer(viewer) => entity(
            "Viewer",
            &viewer.id,
            [
                ("tenant", text(viewer.tenant.as_str())),
                ("dashboards", set(viewer.dashboards.iter().map(DashboardName::as_str))),
                ("capabilities", set(viewer.capabilities.iter().map(|c| capability_name(*c)))),
            ],
        ),
        Principal::PublicKey { key, tenant } => {
            entity("PublicKey", key.as_str(), [("tenant", text(tenant.as_str()))])
        }
        Principal::Process(duty) => {
            let name = match duty {
                Duty::Authenticate => "authenticate",
                Duty::Collect => "collect",
                Duty::Import => "import",
                Duty::Maintain => "maintain",
                Duty::Present => "present",
                Duty::Shell => "shell",
            };
            entity("Process", name, [("duty", text(name))])
        }
    }
}

pub(super) fn dashboard_entity(viewer: &Viewer, dashboard: &DashboardName) -> Entity {
    let tenant = viewer.tenant.as_str();
    let id = format!("{tenant}/{dashboard}");
    entity("Dashboard", &id, [("tenant", text(tenant)), ("name", text(dashboard.as_str()))])
}

pub(super) const fn capability_name(capability: Capability) -> &'static str {
    match capability {
        Capability::Filter => "filter",
        Capability::Drill => "drill",
        Capability::ExportCsv => "export:csv",
        Capability::ExportPng => "export:png",
        Capability::Rows => "rows",
    }
}

pub(super) fn entity<const N: usize>(
    kind: &str,
    id: &str,
    attributes: [(&str, RestrictedExpression); N],
) -> Entity {
    let attributes: HashMap<_, _> =
        attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Entity::new(uid(kind, id), attributes, HashSet::new())
        .expect("strings and sets of strings always evaluate")
}

pub(super) fn uid(kind: &str, id: &str) -> EntityUid {
    let kind = EntityTypeName::from_str(kind).expect("type names are identifiers of this file");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

pub(super) fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn set<'a>(values: impl Iterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.map(text))
}
