//! A host page that a test controls: its origin, its embed, and what its session endpoint answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use inlay_tests::{Caller as _, Inlay, TenantClient};
use serde_json::{Value, json};

/// A file beside the page: its path, type and text.
pub(crate) type File = (&'static str, &'static str, String);

const LOADER: &str = "<script type=module src='{base}/v1.js' crossorigin></script>";

/// A web server with one page. It listens on one port under every name below `localhost`.
#[derive(Clone)]
pub(crate) struct Host {
    shared: Arc<Shared>,
    port: u16,
}

struct Shared {
    html: String,
    files: Vec<File>,
    script: String,
    tenant: TenantClient,
    grant: Value,
    /// Tells what the endpoint answers instead of a session, if not 200.
    status: Mutex<u16>,
    minted: AtomicU64,
    /// The page's `Content-Security-Policy`, if it has one.
    policy: Mutex<String>,
}

impl Host {
    /// Serves a page with this body. It embeds `inlay` for a tenant that lists the name `portal`
    /// alone.
    pub(crate) async fn serve(inlay: &Inlay, body: &str) -> Self {
        Self::granting(inlay, body, json!({})).await
    }

    /// Serves a page without the loader for a tenant of that name, and files beside it: path, type, text.
    pub(crate) async fn bare_of(inlay: &Inlay, tenant: &str, body: &str, files: Vec<File>) -> Self {
        Self::new(inlay, tenant, inlay.door().url(), body, json!({}), files).await
    }

    /// Serves a page that reaches Inlay by another address: a proxy's.
    pub(crate) async fn behind(inlay: &Inlay, base: &str, head: &str, body: &str) -> Self {
        let page = format!("{head}{LOADER}{body}");
        Self::new(inlay, "north", base, &page, json!({}), Vec::new()).await
    }

    /// The same with sessions that say these things too.
    pub(crate) async fn granting(inlay: &Inlay, body: &str, more: Value) -> Self {
        let page = format!("{LOADER}{body}");
        Self::new(inlay, "north", inlay.door().url(), &page, more, Vec::new()).await
    }

    /// Serves a page that says everything itself.
    pub(crate) async fn new(
        inlay: &Inlay,
        tenant: &str,
        base: &str,
        body: &str,
        more: Value,
        files: Vec<File>,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let origin = format!("http://portal.localhost:{port}");
        let tenant = inlay.operator().await.create_tenant(tenant, &[&origin]).await;
        let mut grant = tenant.grant();
        grant["origin"] = json!(origin);
        grant["capabilities"] = json!(["filter"]);
        grant["ttl"] = json!(60);
        for (name, value) in more.as_object().into_iter().flatten() {
            grant[name] = value.clone();
        }
        let html = format!(
            "<!doctype html><title>Host</title><link rel=icon href='data:,'>\
             <script src=/page.js></script>{}",
            body.replace("{base}", base)
        );
        // Events are counted from the start, before any of them can happen.
        let script = "window.heard = []; window.complaints = [];\
            const complain = (e) => complaints.push(String(e.violatedDirective ?? e.message ?? e.reason));\
            for (const type of ['error', 'unhandledrejection', 'securitypolicyviolation'])\
              addEventListener(type, complain);\
            for (const type of ['ready', 'error', 'token', 'filter', 'select'])\
              addEventListener(`inlay-${type}`, (e) => heard.push([type, e.detail ?? {}]));\
            window.hellos = 0;\
            addEventListener('message', (e) => { if (e.data?.inlay === 'hello') hellos += 1; });";
        let shared = Arc::new(Shared {
            html,
            files,
            script: script.to_owned(),
            tenant,
            grant,
            status: Mutex::new(200),
            minted: AtomicU64::new(0),
            policy: Mutex::default(),
        });
        let router = Router::new()
            .route("/", get(page))
            .route("/page.js", get(script_of_page))
            .route("/session", post(session))
            .fallback(file)
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, port }
    }

    /// Its page under the name that the tenant lists.
    pub(crate) fn listed(&self) -> String {
        format!("http://portal.localhost:{}/", self.port)
    }

    /// Its page under a name that the tenant does not list.
    pub(crate) fn unlisted(&self) -> String {
        format!("http://stranger.localhost:{}/", self.port)
    }

    /// The tenant.
    pub(crate) fn tenant(&self) -> &TenantClient {
        &self.shared.tenant
    }

    /// How many sessions were handed out.
    pub(crate) fn minted(&self) -> u64 {
        self.shared.minted.load(Ordering::SeqCst)
    }

    /// Serves the page with this `Content-Security-Policy` from now on.
    pub(crate) fn enforce(&self, policy: &str) {
        policy
            .clone_into(&mut self.shared.policy.lock().expect("no test panics while it holds it"));
    }

    /// Lets the session endpoint answer with this status from now on.
    pub(crate) fn answer_sessions_with(&self, status: u16) {
        *self.shared.status.lock().expect("no test panics while it holds it") = status;
    }
}

async fn page(State(shared): State<Arc<Shared>>) -> Response {
    let mut response = Html(shared.html.clone()).into_response();
    let policy = shared.policy.lock().expect("no test panics while it holds it");
    if !policy.is_empty() {
        let policy = policy.parse().expect("tests write headers rightly");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn script_of_page(State(shared): State<Arc<Shared>>) -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], shared.script.clone()).into_response()
}

/// What else lies on the host.
async fn file(State(shared): State<Arc<Shared>>, uri: axum::http::Uri) -> Response {
    match shared.files.iter().find(|(path, ..)| *path == uri.path()) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], text.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Hands a session for the listed origin to whoever asks: the worst vendor there can be.
async fn session(State(shared): State<Arc<Shared>>) -> Response {
    let status = *shared.status.lock().expect("no test panics while it holds it");
    if status != 200 {
        let status = StatusCode::from_u16(status).expect("tests name statuses rightly");
        return status.into_response();
    }
    let session = shared.tenant.post("/v1/embed/sessions", &shared.grant).await.is(201).value();
    shared.minted.fetch_add(1, Ordering::SeqCst);
    axum::Json(json!({"token": session["token"], "expires_in": session["expires_in"]}))
        .into_response()
}
