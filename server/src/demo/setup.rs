//! Makes the three customers known to Inlay, over its API, as a vendor's onboarding does. Every step
//! can be repeated: the second start changes nothing.

use anyhow::Context;
use http::{Method, StatusCode};
use inlay_shared::{Brand, Dashboard, Domains, NewTenant, Origins, Tenant};
use jiff::Timestamp;

use super::addresses::Addresses;
use super::customers::{CUSTOMERS, Customer};
use super::dashboard;
use super::inlay::{As, Inlay};

/// Sets up all customers and tells since when each is there: the answer comes from Inlay, so that a
/// later start simulates the same history.
pub(crate) async fn customers(
    inlay: &Inlay,
    addresses: &Addresses,
) -> anyhow::Result<Vec<Timestamp>> {
    let mut anchors = Vec::new();
    for known in &CUSTOMERS {
        let doing = || format!("{} cannot be set up", known.name);
        anchors.push(customer(inlay, addresses, known).await.with_context(doing)?);
    }
    Ok(anchors)
}

async fn customer(
    inlay: &Inlay,
    addresses: &Addresses,
    customer: &'static Customer,
) -> anyhow::Result<Timestamp> {
    let origins = vec![addresses.portal.clone()];
    let new = NewTenant {
        id: customer.id.into(),
        name: Some(customer.name.into()),
        origins: origins.clone(),
    };
    let path = format!("/v1/tenants/{}", customer.id);
    let made = inlay.send(As::Operator, Method::POST, "/v1/tenants", Some(&new)).await;
    let tenant: Tenant = match made {
        Err(error) if error.status() == Some(StatusCode::CONFLICT) => {
            inlay.send(As::Operator, Method::GET, &path, None::<&()>).await?
        }
        made => made?,
    };
    let put = async |part: &str, body: serde_json::Value| {
        let path = format!("{path}/{part}");
        inlay.send::<_, serde_json::Value>(As::Operator, Method::PUT, &path, Some(&body)).await
    };
    put("origins", serde_json::to_value(Origins { origins })?).await?;
    let domains = vec![Addresses::host_name(customer)];
    put("domains", serde_json::to_value(Domains { domains })?).await?;
    let brand = Brand {
        name: customer.name.into(),
        accent: customer.accent.into(),
        accent_dark: customer.accent_dark.into(),
    };
    put("brand", serde_json::to_value(brand)?).await?;

    let dashboard = dashboard::overview();
    let path = format!("/v1/dashboards/{}", dashboard::NAME);
    let who = As::Tenant(customer.id);
    let _: Dashboard = inlay.send(who, Method::PUT, &path, Some(&dashboard)).await?;
    tenant.created_at.parse().context("the tenant's created_at")
}
