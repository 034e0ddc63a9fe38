//! A valid request of every operation: the common ground of the suites that go through all of them.

use http::Method;
use inlay_shared::{Erasure, Scope};
use serde_json::{Value, json};

use crate::sample_dashboard::dashboard;

use crate::call::Call;
use crate::callers::{Anonymous, Caller as _, TenantClient};
use crate::contract::{ContractOperation, contract};
use crate::inlay::{Door, ORIGIN};
use crate::viewer::Viewer;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Nothing,
    /// A client's secret.
    Secret,
    /// A tenant's token with this scope.
    Tenant(Scope),
    /// An operator's token with this scope.
    Deployment(Scope),
    /// An operator's or the tenant's token with this scope.
    Mint,
    /// An embed token.
    Embed,
    /// A public key in the body, on a page of a declared origin.
    Page,
}

/// A valid request, but for the token.
#[derive(Debug, Clone)]
pub struct Sample {
    /// `operationId`
    pub id: &'static str,
    /// Who may send it.
    pub need: Need,
    /// Path and query.
    pub target: String,
    /// The JSON body, if it takes one.
    pub body: Option<Value>,
}

impl Sample {
    /// Its operation in the contract.
    pub fn operation(&self) -> &'static ContractOperation {
        let operation = contract().operations().iter().find(|operation| operation.id == self.id);
        operation.unwrap_or_else(|| panic!("{} is not in the contract", self.id))
    }

    /// The request without a token.
    pub fn call(&self, door: &Door) -> Call {
        let method: Method = self.operation().method.parse().expect("a method of RFC 9110");
        let call = Call::new(door, method, &self.target);
        if self.id == "startImport" {
            return call.body("text/csv", "time,name,plan\n2026-11-19T10:00:00Z,signup,pro\n");
        }
        match &self.body {
            Some(body) => call.json(body),
            None => call,
        }
    }

    /// The request as the right caller sends it: the tenant, its vendor, or its viewer.
    pub fn by_right(&self, tenant: &TenantClient, viewer: &Viewer) -> Call {
        let call = self.call(tenant.door());
        match self.need {
            Need::Nothing | Need::Secret => Anonymous::new(tenant.door()).dress(call),
            Need::Tenant(_) | Need::Mint => tenant.dress(call),
            Need::Deployment(_) => tenant.operator().dress(call),
            Need::Embed => viewer.dress(call),
            Need::Page => call.from_page(ORIGIN),
        }
    }
}

/// A sample of every operation, about `tenant`, its dashboard `overview`, and what is made here for
/// operations that need an id. `other` is the id of a tenant that does not exist yet.
pub async fn samples(tenant: &TenantClient, other: &str) -> Vec<Sample> {
    let key = tenant.public_key("sample").await;
    let asked = tenant.post("/v1/privacy/erasures", &json!({"user": "u8"})).await.is(202);
    let erasure = asked.json::<Erasure>().id;
    let import = tenant.call(Method::POST, "/v1/imports").body("text/csv", "time,name\n").await;
    let import = import.is(202).header("location").expect("it is somewhere").to_owned();
    let sample = |id, need, target: String, body| Sample { id, need, target, body };
    let own = |rest: &str| format!("/v1/tenants/{}{rest}", tenant.id());
    let plain = |id, target: &str| sample(id, Need::Nothing, target.to_owned(), None);
    let ingest = Need::Tenant(Scope::EventsWrite);
    let read = Need::Tenant(Scope::DataRead);
    let erase = Need::Tenant(Scope::PrivacyWrite);
    let see = Need::Deployment(Scope::TenantsRead);
    let manage = Need::Deployment(Scope::TenantsWrite);
    let session = "/v1/embed/sessions/ses_01h455vb4pex5vsknk084sn02q";
    let event = crate::events::event("sample-1", "task.created", "2026-11-19T10:00:00Z");
    let query = json!({
        "measures": ["events", "users"], "dimensions": ["page"],
        "time": {"from": "2026-11-01", "to": "2026-11-21", "zone": "Europe/Berlin", "grain": "day"},
        "filters": [{"or": [
            {"dimension": "country", "op": "in", "values": ["DE"]},
            {"not": {"dimension": "value", "op": "between", "values": ["1", "2.50"]}},
            {"and": [{"dimension": "user", "op": "is_set"}]},
        ]}],
        "order": [{"by": "events", "desc": true}], "limit": 10, "compare": "previous_period"
    });
    let letter = "/v1/dead-letters/dead_01h455vb4pex5vsknk084sn02q";
    let mapping = json!({"rules": [{"action": "move", "from": "prop1", "to": "page_type"}]});
    let panel = json!({
        "dashboard": "overview", "panel": "events", "zone": "Europe/Berlin"
    });
    let rows = json!({
        "columns": ["time", "name", "properties.plan"],
        "time": {"from": "2026-11-01", "to": "2026-11-21", "zone": "Europe/Berlin"},
        "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}],
        "order": "oldest_first", "limit": 10
    });
    let is = |value: &str| json!([{"dimension": "name", "op": "in", "values": [value]}]);
    let funnel = json!({
        "steps": [
            {"label": "Came", "filters": is("page.viewed")},
            {"label": "Did", "filters": is("task.created")},
        ],
        "by": "session", "window_seconds": 3600,
        "time": {"from": "2026-11-01", "to": "2026-11-21", "zone": "Europe/Berlin"},
        "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}]
    });
    let retention = json!({
        "cohort": is("signup"), "returning": is("task.created"), "by": "account",
        "time": {
            "from": "2026-11-01", "to": "2026-11-21", "zone": "Europe/Berlin", "grain": "week",
            "week_start": "sunday"
        },
        "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}]
    });
    let mut behind = panel.clone();
    behind["limit"] = json!(10);
    let values = json!({
        "dashboard": "overview", "dimension": "country", "search": "d", "range": "7d",
        "filters": [{"dimension": "device", "op": "in", "values": ["phone"]}], "limit": 5
    });
    let brand = json!({"name": "Acme", "accent": "#1f5eff", "accent_dark": "#88aaff"});
    vec![
        Sample { body: None, ..sample("issueToken", Need::Secret, "/v1/oauth/token".into(), None) },
        plain("getAuthorizationServerMetadata", "/.well-known/oauth-authorization-server"),
        plain("getJwks", "/.well-known/jwks.json"),
        sample("mintSession", Need::Mint, "/v1/embed/sessions".into(), Some(grant(tenant))),
        sample("revokeSession", Need::Tenant(Scope::SessionsWrite), session.into(), None),
        sample("viewDashboard", Need::Embed, "/v1/embed/view?dashboard=overview".into(), None),
        sample("listenLive", Need::Embed, "/v1/embed/live?dashboard=overview".into(), None),
        sample("queryPanel", Need::Embed, "/v1/embed/query".into(), Some(panel)),
        sample("rowsOfPanel", Need::Embed, "/v1/embed/rows".into(), Some(behind)),
        sample("valuesOfDimension", Need::Embed, "/v1/embed/values".into(), Some(values)),
        sample(
            "exportPanel",
            Need::Embed,
            "/v1/embed/export?dashboard=overview&panel=events".into(),
            None,
        ),
        plain("getLoader", "/v1.js"),
        plain("getTracker", "/t.js"),
        sample("collect", Need::Page, "/v1/collect".into(), Some(page(&key))),
        plain("getAsset", &format!("/assets/{}", asset())),
        plain("getFramePage", &format!("/embed/overview?tenant={}", tenant.id())),
        plain("getOwnPage", "/"),
        sample("sendEvents", ingest, "/v1/events".into(), Some(json!([event]))),
        sample("startImport", ingest, "/v1/imports?map=plan=properties.tariff".into(), None),
        sample("listImports", ingest, "/v1/imports".into(), None),
        sample("getImport", ingest, import.clone(), None),
        sample("cancelImport", ingest, import, None),
        sample("listDeadLetters", read, "/v1/dead-letters".into(), None),
        sample("listDeadLetterReasons", read, "/v1/dead-letters/reasons".into(), None),
        sample("getDeadLetter", read, letter.into(), None),
        sample("replayDeadLetter", ingest, format!("{letter}/replay"), Some(json!({}))),
        sample(
            "replayDeadLetters",
            ingest,
            "/v1/dead-letters/replay".into(),
            Some(json!({"code": "unknown_field"})),
        ),
        sample("listMappings", read, "/v1/mappings".into(), None),
        sample("getMapping", read, "/v1/mappings/segment".into(), None),
        sample("putMapping", ingest, "/v1/mappings/segment".into(), Some(mapping)),
        sample("query", read, "/v1/query".into(), Some(query)),
        sample("queryFunnel", read, "/v1/query/funnel".into(), Some(funnel)),
        sample("queryRetention", read, "/v1/query/retention".into(), Some(retention)),
        sample("getModel", read, "/v1/model".into(), None),
        sample(
            "putModel",
            Need::Tenant(Scope::DashboardsWrite),
            "/v1/model".into(),
            Some(json!({"version": 1, "measures": [{"name": "sample", "kind": "count"}]})),
        ),
        sample("rows", read, "/v1/rows".into(), Some(rows)),
        sample("listDashboards", read, "/v1/dashboards".into(), None),
        sample("getDashboard", read, "/v1/dashboards/overview".into(), None),
        sample(
            "putDashboard",
            Need::Tenant(Scope::DashboardsWrite),
            "/v1/dashboards/sample".into(),
            Some(dashboard("sample")),
        ),
        sample("listTenants", see, "/v1/tenants".into(), None),
        sample(
            "createTenant",
            manage,
            "/v1/tenants".into(),
            Some(json!({"id": other, "name": "Other", "origins": ["https://other.example"]})),
        ),
        sample("getTenant", see, own(""), None),
        sample("getOrigins", see, own("/origins"), None),
        sample("putOrigins", manage, own("/origins"), Some(json!({"origins": [ORIGIN]}))),
        sample("getDomains", see, own("/domains"), None),
        sample("putDomains", manage, own("/domains"), Some(json!({"domains": ["a.acme.example"]}))),
        sample("getBrand", see, own("/brand"), None),
        sample("putBrand", manage, own("/brand"), Some(brand)),
        sample(
            "createClient",
            manage,
            own("/clients"),
            Some(json!({"name": "collector", "scopes": ["events:write"]})),
        ),
        sample("getRetention", see, own("/retention"), None),
        sample("putRetention", manage, own("/retention"), Some(json!({"days": 400}))),
        sample("requestErasure", erase, "/v1/privacy/erasures".into(), Some(json!({"user": "u9"}))),
        sample("listErasures", erase, "/v1/privacy/erasures".into(), None),
        sample("getErasure", erase, format!("/v1/privacy/erasures/{erasure}"), None),
        sample("deleteTenant", manage, format!("/v1/tenants/{other}"), None),
        sample("getTenantErasure", see, format!("/v1/tenants/{other}/erasure"), None),
        sample("listPublicKeys", see, own("/public-keys"), None),
        sample("createPublicKey", manage, own("/public-keys"), Some(json!({"name": "site"}))),
        sample("revokePublicKey", manage, own(&format!("/public-keys/{key}")), None),
        plain("live", "/livez"),
        plain("ready", "/readyz"),
        sample("getMetrics", see, "/metrics".into(), None),
        plain("getContract", "/openapi.json"),
    ]
}

/// What a page sends, with every field.
fn page(key: &str) -> Value {
    json!({"key": key, "automated": false, "events": [{
        "id": "sample-1", "name": "page.viewed", "age_ms": 10, "page": "/", "duration_ms": 5,
        "referrer": "search.example", "value": "1.50", "currency": "EUR", "utm_source": "a",
        "utm_medium": "b", "utm_campaign": "c", "utm_term": "d", "utm_content": "e",
        "properties": {"plan": "pro"}
    }]})
}

/// A mint request that uses every field.
fn grant(tenant: &TenantClient) -> Value {
    let mut grant = tenant.grant();
    grant["capabilities"] = json!(["filter"]);
    grant["filters"] = json!([{"dimension": "country", "op": "in", "values": ["DE"]}]);
    grant["zone"] = json!("Europe/Berlin");
    grant["lang"] = json!("de");
    grant["ttl"] = json!(300);
    grant
}

/// The name of some asset; one that does not exist where the binary was built without assets.
fn asset() -> &'static str {
    inlay_server::assets::loader().map_or("v1-0000000000000000.js", |asset| asset.name)
}
