//! The vendor's backend as a client of Inlay: HTTP and nothing else. It holds the operator's token
//! and the tenants' tokens exchanged for it until shortly before they end.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use inlay_shared::{MintRequest, Problem, Receipt, Session, TokenAnswer};
use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::clock::{Clock, Stopwatch};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// A token is not used in its last seconds: it could end on the way.
const MARGIN_MS: f64 = 30_000.0;

/// A request that came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InlayError {
    /// No answer.
    #[error("Inlay does not answer")]
    Away(#[from] reqwest::Error),
    /// An answer that says no.
    #[error("Inlay answered {status} to {what}: {detail}")]
    Refused {
        /// What was asked.
        what: String,
        /// The status.
        status: StatusCode,
        /// What the answer says.
        detail: String,
    },
}

impl InlayError {
    /// The status of a refusal.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Away(_) => None,
            Self::Refused { status, .. } => Some(*status),
        }
    }

    /// Whether the same request can work later.
    pub(crate) fn passes(&self) -> bool {
        self.status().is_none_or(|status| {
            status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
        })
    }
}

/// In whose name a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum As {
    /// The vendor.
    Operator,
    /// One tenant.
    Tenant(&'static str),
}

/// A client of Inlay's API.
#[derive(Debug)]
pub(crate) struct Inlay {
    http: reqwest::Client,
    base: String,
    client_id: String,
    client_secret: Secret,
    clock: Clock,
    tokens: Mutex<HashMap<As, Held>>,
}

/// Never printed.
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Debug)]
struct Held {
    token: Secret,
    since: Stopwatch,
    lives_ms: f64,
}

impl Inlay {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(
        base: String,
        client_id: String,
        client_secret: String,
        clock: Clock,
    ) -> Result<Self, InlayError> {
        // The server is on this machine: a proxy of the environment has no business in between.
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        let client_secret = Secret(client_secret);
        let tokens = Mutex::default();
        Ok(Self { http, base, client_id, client_secret, clock, tokens })
    }

    /// Mints an embed session, with the operator's right.
    pub(crate) async fn mint(&self, request: &MintRequest) -> Result<Session, InlayError> {
        self.send(As::Operator, Method::POST, "/v1/embed/sessions", Some(request)).await
    }

    /// Sends events of one tenant, gzipped NDJSON.
    pub(crate) async fn events(
        &self,
        tenant: &'static str,
        body: Vec<u8>,
    ) -> Result<Receipt, InlayError> {
        let body = bytes::Bytes::from(body);
        let build = || {
            self.http
                .post(self.url("/v1/events"))
                .header("Content-Type", "application/x-ndjson")
                .header("Content-Encoding", "gzip")
                .body(body.clone())
        };
        read(self.authorised(As::Tenant(tenant), "POST /v1/events", build).await?).await
    }

    /// Passes a reader's request on, with their token, as from a page of `origin`.
    pub(crate) async fn pass(
        &self,
        path: &str,
        token: Option<HeaderValue>,
        origin: &str,
    ) -> Result<Response, InlayError> {
        let mut request = self.http.get(self.url(path)).header("Origin", origin);
        if let Some(token) = token {
            request = request.header("Authorization", token);
        }
        Ok(request.send().await?)
    }

    /// Any request with a JSON body and a JSON answer.
    pub(crate) async fn send<B: Serialize, A: DeserializeOwned>(
        &self,
        who: As,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<A, InlayError> {
        let what = format!("{method} {path}");
        let build = || {
            let request = self.http.request(method.clone(), self.url(path));
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        read(self.authorised(who, &what, build).await?).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends with a token; a token that is refused is replaced once.
    async fn authorised(
        &self,
        who: As,
        what: &str,
        build: impl Fn() -> RequestBuilder,
    ) -> Result<Response, InlayError> {
        let token = self.token(who).await?;
        let mut response = build().bearer_auth(&token).send().await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.tokens.lock().await.clear();
            let token = self.token(who).await?;
            response = build().bearer_auth(&token).send().await?;
        }
        accept(what, response).await
    }

    /// The held token, or a new one. One request at a time asks for it; the others wait for that one.
    async fn token(&self, who: As) -> Result<String, InlayError> {
        let mut tokens = self.tokens.lock().await;
        let operator = match fresh(&tokens, As::Operator) {
            Some(token) => token,
            None => {
                let form = [("grant_type", "client_credentials")];
                self.ask_token(&mut tokens, As::Operator, &form).await?
            }
        };
        let As::Tenant(tenant) = who else { return Ok(operator) };
        if let Some(token) = fresh(&tokens, who) {
            return Ok(token);
        }
        let audience = format!("tenant:{tenant}");
        let form = [
            ("grant_type", EXCHANGE),
            ("audience", &audience),
            ("subject_token", &operator),
            ("subject_token_type", ACCESS_TOKEN),
        ];
        self.ask_token(&mut tokens, who, &form).await
    }

    async fn ask_token(
        &self,
        tokens: &mut HashMap<As, Held>,
        who: As,
        form: &[(&str, &str)],
    ) -> Result<String, InlayError> {
        let since = self.clock.stopwatch();
        let request = self.http.post(self.url("/v1/oauth/token")).form(form);
        let request = request.basic_auth(&self.client_id, Some(&self.client_secret.0));
        let response = accept("POST /v1/oauth/token", request.send().await?).await?;
        let answer: TokenAnswer = read(response).await?;
        let lives_ms = f64::from(answer.expires_in) * 1e3;
        let token = answer.access_token;
        tokens.insert(who, Held { token: Secret(token.clone()), since, lives_ms });
        Ok(token)
    }
}

fn fresh(tokens: &HashMap<As, Held>, who: As) -> Option<String> {
    let held = tokens.get(&who)?;
    (held.since.elapsed_ms() < held.lives_ms - MARGIN_MS).then(|| held.token.0.clone())
}

/// Lets an answer pass that says yes, and reads the reason of one that says no.
async fn accept(what: &str, response: Response) -> Result<Response, InlayError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let text = response.text().await.unwrap_or_default();
    let detail = match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => {
            let fields = problem.errors.iter().map(|e| format!("; {} {}", e.pointer, e.detail));
            format!("{} ({}){}", problem.detail, problem.code, fields.collect::<String>())
        }
        Err(_) => text.chars().take(300).collect(),
    };
    Err(InlayError::Refused { what: what.to_owned(), status, detail })
}

async fn read<A: DeserializeOwned>(response: Response) -> Result<A, InlayError> {
    Ok(response.json().await?)
}
