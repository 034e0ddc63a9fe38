//! Who calls, as types: nobody, the vendor, a tenant's backend, a viewer's browser.

use http::Method;
use inlay_shared::{
    Client, DeadLetter, List, NewTenant, PublicKey, Receipt, Scope, Tenant, TokenAnswer,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::events::ndjson;
use crate::inlay::{Door, ORIGIN};
use crate::viewer::{Viewer, merge};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Somebody who calls.
pub trait Caller {
    /// The way to the server.
    fn door(&self) -> &Door;

    /// Adds what this caller shows with every call.
    fn dress(&self, call: Call) -> Call;

    /// A call of this caller.
    fn call(&self, method: Method, target: &str) -> Call {
        self.dress(Call::new(self.door(), method, target))
    }

    /// `GET`
    fn get(&self, target: &str) -> Call {
        self.call(Method::GET, target)
    }

    /// `POST` of JSON
    fn post(&self, target: &str, body: &impl Serialize) -> Call {
        self.call(Method::POST, target).json(body)
    }

    /// `PUT` of JSON
    fn put(&self, target: &str, body: &impl Serialize) -> Call {
        self.call(Method::PUT, target).json(body)
    }

    /// `DELETE`
    fn delete(&self, target: &str) -> Call {
        self.call(Method::DELETE, target)
    }
}

/// Somebody without a token.
#[derive(Debug, Clone)]
pub struct Anonymous {
    door: Door,
}

impl Anonymous {
    /// At this door.
    pub fn new(door: &Door) -> Self {
        Self { door: door.clone() }
    }

    /// Asks for a token with client credentials in the body.
    pub fn token(&self, client: &Client, more: &[(&str, &str)]) -> Call {
        let secret = client.client_secret.as_deref().expect("the client was just made");
        let mut fields = vec![("client_id", client.client_id.as_str()), ("client_secret", secret)];
        fields.extend(more);
        if !more.iter().any(|(name, _)| *name == "grant_type") {
            fields.push(("grant_type", "client_credentials"));
        }
        self.call(Method::POST, "/v1/oauth/token").form(&fields)
    }
}

impl Caller for Anonymous {
    fn door(&self) -> &Door {
        &self.door
    }

    fn dress(&self, call: Call) -> Call {
        call
    }
}

/// The vendor's backend: an operator's client and its token.
#[derive(Debug, Clone)]
pub struct Operator {
    door: Door,
    client: Client,
    token: String,
}

impl Operator {
    /// The client with a token of all its scopes.
    pub async fn of(door: &Door, client: &Client) -> Self {
        let answer = Anonymous::new(door).token(client, &[]).await.is(200);
        let token = answer.json::<TokenAnswer>().access_token;
        Self { door: door.clone(), client: client.clone(), token }
    }

    /// The same client with a token of these scopes only.
    pub async fn with_scopes(&self, scopes: &[Scope]) -> Self {
        let scope = join(scopes);
        let answer =
            Anonymous::new(&self.door).token(&self.client, &[("scope", &scope)]).await.is(200);
        Self { token: answer.json::<TokenAnswer>().access_token, ..self.clone() }
    }

    /// The same client with a token of every scope but this one.
    pub async fn without(&self, scope: Scope) -> Self {
        self.with_scopes(&all_but(&Scope::ALL, scope)).await
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Turns its token into one tenant's, with these scopes or all.
    pub async fn exchange(&self, tenant: &str, scopes: Option<&[Scope]>) -> TenantClient {
        let answer = self.try_exchange(tenant, scopes).await.is(200);
        let token = answer.json::<TokenAnswer>().access_token;
        TenantClient { operator: self.clone(), id: tenant.to_owned(), token }
    }

    /// Asks for one tenant's token.
    pub fn try_exchange(&self, tenant: &str, scopes: Option<&[Scope]>) -> Call {
        let (audience, scope) = (format!("tenant:{tenant}"), scopes.map(join));
        let mut fields = vec![
            ("grant_type", EXCHANGE),
            ("subject_token", &self.token),
            ("subject_token_type", ACCESS_TOKEN),
            ("audience", &audience),
        ];
        fields.extend(scope.as_deref().map(|scope| ("scope", scope)));
        Anonymous::new(&self.door).token(&self.client, &fields)
    }

    /// Makes a tenant that lists these origins, and speaks for it.
    pub async fn create_tenant(&self, id: &str, origins: &[&str]) -> TenantClient {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let new = NewTenant { id: id.to_owned(), name: None, origins };
        self.post("/v1/tenants", &new).await.is(201);
        self.exchange(id, None).await
    }

    /// Ids of all tenants on the first page.
    pub async fn tenants(&self) -> Vec<String> {
        let list: List<Tenant> = self.get("/v1/tenants?limit=200").await.is(200).json();
        list.data.into_iter().map(|tenant| tenant.id).collect()
    }
}

impl Caller for Operator {
    fn door(&self) -> &Door {
        &self.door
    }

    fn dress(&self, call: Call) -> Call {
        call.bearer(&self.token)
    }
}

/// A backend that speaks for one tenant.
#[derive(Debug, Clone)]
pub struct TenantClient {
    operator: Operator,
    id: String,
    token: String,
}

impl TenantClient {
    /// The tenant's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The vendor that made it.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The same tenant with a token of these scopes only.
    pub async fn with_scopes(&self, scopes: &[Scope]) -> Self {
        self.operator.exchange(&self.id, Some(scopes)).await
    }

    /// The same tenant with a token of every scope but this one.
    pub async fn without(&self, scope: Scope) -> Self {
        self.with_scopes(&all_but(&Scope::TENANT, scope)).await
    }

    /// A call under the tenant's own path, as the vendor makes it.
    pub fn configure(&self, what: &str, body: &impl Serialize) -> Call {
        self.operator.put(&format!("/v1/tenants/{}/{what}", self.id), body)
    }

    /// Makes a public key for the tenant's pages.
    pub async fn public_key(&self, name: &str) -> String {
        let target = format!("/v1/tenants/{}/public-keys", self.id);
        let made = self.operator.post(&target, &json!({"name": name})).await.is(201);
        made.json::<PublicKey>().key
    }

    /// Sends events as a JSON array.
    pub fn send_events(&self, events: &[Value]) -> Call {
        self.post("/v1/events", &events)
    }

    /// Sends events as NDJSON, looks that the very next answer has them, and tells what became of
    /// them. `total` is how many the tenant has then.
    pub async fn feed(&self, events: &[Value], total: u64) -> Receipt {
        let lines = ndjson(events);
        let call = self.call(Method::POST, "/v1/events").body("application/x-ndjson", lines);
        let receipt = call.await.is(202).json();
        self.sees(total).await;
        receipt
    }

    /// Looks that the tenant has that many events to see, at once.
    pub async fn sees(&self, total: u64) {
        assert_eq!(self.count(json!([])).await, total, "events of the tenant {}", self.id);
    }

    /// The id of a letter that was just refused.
    pub async fn dead_letter(&self) -> String {
        self.send_events(&[json!({"surprise": true})]).await.is(202);
        let list: List<DeadLetter> = self.get("/v1/dead-letters?limit=1").await.is(200).json();
        list.data.into_iter().next().expect("one was just refused").id
    }

    /// How many events pass these filters, ever.
    pub async fn count(&self, filters: Value) -> u64 {
        let query = json!({
            "measures": ["events"], "filters": filters,
            "time": {"from": "1970-01-01", "to": "2030-01-01"}
        });
        let answer = self.query(&query).await.is(200).value();
        answer["rows"][0][0].as_u64().unwrap_or_else(|| panic!("no count in {answer}"))
    }

    /// Asks a query.
    pub fn query(&self, query: &Value) -> Call {
        self.post("/v1/query", query)
    }

    /// A request to mint a session for the dashboard `overview` on a page of [`ORIGIN`].
    pub fn grant(&self) -> Value {
        json!({
            "tenant": self.id, "viewer": "viewer-1", "dashboards": ["overview"], "origin": ORIGIN
        })
    }

    /// A viewer with [`TenantClient::grant`], changed by `changes`.
    pub async fn viewer(&self, changes: Value) -> Viewer {
        let mut grant = self.grant();
        merge(&mut grant, changes);
        let origin = grant["origin"].as_str().unwrap_or_default().to_owned();
        let answer: Answer = self.post("/v1/embed/sessions", &grant).await.is(201);
        Viewer::of(self.door(), answer.json(), &origin)
    }
}

impl Caller for TenantClient {
    fn door(&self) -> &Door {
        self.operator.door()
    }

    fn dress(&self, call: Call) -> Call {
        call.bearer(&self.token)
    }
}

fn all_but(all: &[Scope], one: Scope) -> Vec<Scope> {
    all.iter().copied().filter(|scope| *scope != one).collect()
}

fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}
