//! The whole API on one page.

use std::collections::BTreeSet;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodFilter, on};
use http::Method;

use super::state::Inlay;
use super::{
    collect, data, embed, encoding, governance, imports, metrics, once, operation, tenants, tokens,
};
use crate::access;

/// A method and a path, as the contract writes them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The HTTP method.
    pub method: String,
    /// The path with its `{parameters}`.
    pub path: &'static str,
}

/// A router that remembers what it routes, so that a test can hold it against the contract.
#[derive(Default)]
struct Table {
    router: Router<Inlay>,
    operations: Vec<Operation>,
}

impl Table {
    fn on<H, T>(mut self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Inlay>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("a method of RFC 9110");
        self.router = self.router.route(path, on(filter, handler));
        self.operations.push(Operation { method: method.to_string(), path });
        self
    }

    fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.operations.extend(other.operations);
        self
    }
}

/// Called by a viewer's browser from another origin.
fn from_pages(inlay: &Inlay) -> Table {
    let mut table = Table::default()
        .on(Method::GET, "/v1/embed/view", embed::view)
        .on(Method::POST, "/v1/embed/query", embed::query_panel)
        .on(Method::POST, "/v1/embed/rows", embed::rows)
        .on(Method::POST, "/v1/embed/values", embed::values)
        .on(Method::GET, "/v1/embed/export", embed::export)
        .on(Method::GET, "/v1/embed/live", embed::live);
    let cors = from_fn_with_state(inlay.gate.clone(), access::allow_embedders);
    table.router = table.router.route_layer(cors);
    // A preflight carries no token: there is nothing to find out about its caller.
    let paths: BTreeSet<_> = table.operations.iter().map(|operation| operation.path).collect();
    for path in paths {
        table.router = table.router.route(path, axum::routing::options(access::preflight));
    }
    table
}

fn from_anywhere() -> Table {
    Table::default()
        .on(Method::POST, "/v1/oauth/token", tokens::issue_token)
        .on(Method::GET, "/.well-known/oauth-authorization-server", tokens::metadata)
        .on(Method::GET, "/.well-known/jwks.json", tokens::jwks)
        .on(Method::POST, "/v1/embed/sessions", embed::mint_session)
        .on(Method::DELETE, "/v1/embed/sessions/{session}", embed::revoke_session)
        .on(Method::GET, "/v1.js", embed::loader)
        .on(Method::GET, "/t.js", collect::tracker)
        .on(Method::GET, "/assets/{file}", embed::asset)
        .on(Method::GET, "/embed/{dashboard}", embed::frame_page)
        .on(Method::GET, "/", embed::own_page)
        .on(Method::POST, "/v1/events", data::send_events)
        .on(Method::POST, "/v1/imports", imports::start)
        .on(Method::GET, "/v1/imports", imports::list)
        .on(Method::GET, "/v1/imports/{import}", imports::get)
        .on(Method::DELETE, "/v1/imports/{import}", imports::cancel)
        .on(Method::GET, "/v1/dead-letters", data::dead_letters)
        .on(Method::GET, "/v1/dead-letters/reasons", data::dead_letter_reasons)
        .on(Method::POST, "/v1/dead-letters/replay", data::replay_letters)
        .on(Method::GET, "/v1/dead-letters/{letter}", data::dead_letter)
        .on(Method::POST, "/v1/dead-letters/{letter}/replay", data::replay_letter)
        .on(Method::GET, "/v1/mappings", data::list_mappings)
        .on(Method::GET, "/v1/mappings/{source}", data::get_mapping)
        .on(Method::PUT, "/v1/mappings/{source}", data::put_mapping)
        .on(Method::POST, "/v1/query", data::query)
        .on(Method::POST, "/v1/query/funnel", data::funnel)
        .on(Method::POST, "/v1/query/retention", data::retention)
        .on(Method::GET, "/v1/model", data::get_model)
        .on(Method::PUT, "/v1/model", data::put_model)
        .on(Method::POST, "/v1/rows", data::rows)
        .on(Method::GET, "/v1/dashboards", data::list_dashboards)
        .on(Method::GET, "/v1/dashboards/{dashboard}", data::get_dashboard)
        .on(Method::PUT, "/v1/dashboards/{dashboard}", data::put_dashboard)
        .on(Method::GET, "/v1/tenants", tenants::list)
        .on(Method::POST, "/v1/tenants", tenants::create)
        .on(Method::GET, "/v1/tenants/{tenant}", tenants::get)
        .on(Method::GET, "/v1/tenants/{tenant}/origins", tenants::get_origins)
        .on(Method::PUT, "/v1/tenants/{tenant}/origins", tenants::put_origins)
        .on(Method::GET, "/v1/tenants/{tenant}/domains", tenants::get_domains)
        .on(Method::PUT, "/v1/tenants/{tenant}/domains", tenants::put_domains)
        .on(Method::GET, "/v1/tenants/{tenant}/brand", tenants::get_brand)
        .on(Method::PUT, "/v1/tenants/{tenant}/brand", tenants::put_brand)
        .on(Method::POST, "/v1/tenants/{tenant}/clients", tenants::create_client)
        .on(Method::GET, "/v1/tenants/{tenant}/public-keys", tenants::list_public_keys)
        .on(Method::POST, "/v1/tenants/{tenant}/public-keys", tenants::create_public_key)
        .on(Method::DELETE, "/v1/tenants/{tenant}/public-keys/{key}", tenants::revoke_public_key)
        .on(Method::DELETE, "/v1/tenants/{tenant}", governance::delete_tenant)
        .on(Method::GET, "/v1/tenants/{tenant}/erasure", governance::get_tenant_erasure)
        .on(Method::GET, "/v1/tenants/{tenant}/retention", governance::get_retention)
        .on(Method::PUT, "/v1/tenants/{tenant}/retention", governance::put_retention)
        .on(Method::POST, "/v1/privacy/erasures", governance::request_erasure)
        .on(Method::GET, "/v1/privacy/erasures", governance::list_erasures)
        .on(Method::GET, "/v1/privacy/erasures/{erasure}", governance::get_erasure)
        .on(Method::GET, "/livez", operation::live)
        .on(Method::GET, "/readyz", operation::ready)
        .on(Method::GET, "/metrics", metrics::metrics)
        .on(Method::GET, "/openapi.json", operation::contract)
}

/// Called by the pages of a site. Their origin is judged with their key, in the operation itself.
fn from_sites() -> Table {
    let mut table = Table::default().on(Method::POST, "/v1/collect", collect::take);
    table.router = table.router.route("/v1/collect", axum::routing::options(access::preflight));
    table
}

fn table(inlay: &Inlay) -> Table {
    from_anywhere().merge(from_pages(inlay)).merge(from_sites())
}

/// Every operation that is routed. Preflights are no operations of the contract.
pub fn operations(inlay: &Inlay) -> Vec<Operation> {
    table(inlay).operations
}

/// The router of the whole API.
pub fn router(inlay: Inlay) -> Router {
    let encode = from_fn(encoding::encode);
    let once = from_fn_with_state(inlay.clone(), once::once);
    table(&inlay)
        .router
        .layer(once)
        .layer(encode)
        .fallback(operation::no_such_path)
        .with_state(inlay)
}
