//! The gallery: every chart in every state, from events that are the same on every run.
//!
//! It is a tenant like the others: its events are sent, its dashboards written and its sessions minted
//! over the API. So what its page shows went the whole way.

mod dashboards;
mod events;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, StatusCode};
use inlay_shared::{Dashboard, NewTenant, Origins, Tenant};
use jiff::Timestamp;

use super::addresses::Addresses;
use super::inlay::{As, Inlay};

pub(crate) use self::dashboards::{STATES, State};

/// The tenant's id.
pub(crate) const TENANT: &str = "gallery";

/// Makes the tenant, its events and its dashboards. It can be repeated; the second time changes nothing.
pub(crate) async fn set_up(
    inlay: &Inlay,
    addresses: &Addresses,
    now: Timestamp,
) -> anyhow::Result<()> {
    let origins = vec![addresses.portal.clone()];
    let new =
        NewTenant { id: TENANT.into(), name: Some("Gallery".into()), origins: origins.clone() };
    let made = inlay.send::<_, Tenant>(As::Operator, Method::POST, "/v1/tenants", Some(&new)).await;
    match made {
        Err(error) if error.status() == Some(StatusCode::CONFLICT) => {
            let path = format!("/v1/tenants/{TENANT}/origins");
            let origins = Origins { origins };
            let _: Origins = inlay.send(As::Operator, Method::PUT, &path, Some(&origins)).await?;
        }
        made => drop(made?),
    }
    for dashboard in dashboards::all() {
        let path = format!("/v1/dashboards/{}", dashboard.name);
        let who = As::Tenant(TENANT);
        let _: Dashboard = inlay.send(who, Method::PUT, &path, Some(&dashboard)).await?;
    }
    let events = events::until(now);
    for batch in events.chunks(500) {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        for event in batch {
            serde_json::to_writer(&mut gzip, event)?;
            std::io::Write::write_all(&mut gzip, b"\n")?;
        }
        let receipt = inlay.events(TENANT, gzip.finish()?).await?;
        let refused = receipt.rejected.first().map(|first| first.detail.clone());
        if let Some(detail) = refused {
            anyhow::bail!("an event of the gallery was refused: {detail}");
        }
    }
    Ok(())
}

/// The dashboards' names, for sessions.
pub(crate) fn names() -> Vec<String> {
    STATES.iter().map(|state| state.name.to_owned()).collect()
}

/// The state of that name.
pub(crate) fn state(name: &str) -> anyhow::Result<&'static State> {
    STATES.iter().find(|state| state.name == name).context("no such state")
}
