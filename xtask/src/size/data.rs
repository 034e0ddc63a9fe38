//! The first data, asked of a real server as the loader asks for it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{self, Request};
use super::seed;
use super::server::{House, Server};
use crate::assets::Sizes;

const TENANT: &str = "acme";
const ORIGIN: &str = "http://portal.localhost";
const TRACKER: &str = "/t.js";
/// A new tenant has this dashboard at once.
const VIEW: &str = "/v1/embed/view?dashboard=overview";

/// Events in a request.
const BATCH: usize = 500;

/// What only a server can show.
pub(crate) struct Served {
    /// The first data.
    pub(crate) data: Sizes,
    /// The tracker of sites, which is in the binary itself.
    pub(crate) tracker: Sizes,
}

/// Starts a server, gives it events as a backend would, and measures the view and the tracker in each
/// encoding.
pub(crate) fn measure(binary: &Path) -> Result<Served> {
    let house = House::new(binary)?;
    house.inlay(&["tenant", "create", TENANT, "--origin", ORIGIN])?;
    let operator = client(&house, &["--operator"])?;
    let backend = client(&house, &["--tenant", TENANT])?;
    let server = house.serve()?;
    server.fill(&server.access(&backend)?)?;
    let token = server.session(&server.access(&operator)?)?;
    let bearer = format!("Bearer {token}");
    let viewer = [("authorization", &*bearer), ("origin", ORIGIN)];
    Ok(Served { data: server.sizes(VIEW, &viewer)?, tracker: server.sizes(TRACKER, &[])? })
}

/// Makes a client and returns its id and secret.
fn client(house: &House, kind: &[&str]) -> Result<Value> {
    let arguments = [&["client", "create", "--json"], kind].concat();
    serde_json::from_str(&house.inlay(&arguments)?).context("the client is not JSON")
}

impl Server {
    /// Sends the events, and looks that queries see them all.
    fn fill(&self, access: &str) -> Result<()> {
        let end = now()?;
        let events = seed::events(end);
        for batch in events.chunks(BATCH) {
            let receipt = self.post("/v1/events", access, &json!(batch))?;
            let accepted = receipt["accepted"].as_u64();
            ensure!(accepted == Some(batch.len() as u64), "not all was accepted: {receipt}");
        }
        let (from, to) = (seed::rfc3339(0), seed::rfc3339(end));
        let count = json!({ "measures": ["events"], "time": { "from": from, "to": to } });
        let answer = self.post("/v1/query", access, &count)?;
        let seen = answer["rows"][0][0].as_u64();
        ensure!(seen == Some(events.len() as u64), "not all events are visible: {answer}");
        Ok(())
    }

    /// An access token for a client.
    fn access(&self, client: &Value) -> Result<String> {
        let (id, secret) = (text(client, "client_id")?, text(client, "client_secret")?);
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let request = Request {
            method: "POST",
            path: "/v1/oauth/token",
            headers: &[
                ("authorization", &basic),
                ("content-type", "application/x-www-form-urlencoded"),
            ],
            body: "grant_type=client_credentials",
        };
        let answer = http::send(self.address, &request)?.json().context("no access token")?;
        text(&answer, "access_token")
    }

    /// A viewer's embed token.
    fn session(&self, access: &str) -> Result<String> {
        let request = json!({
            "tenant": TENANT, "viewer": "u1", "dashboards": ["overview"],
            "capabilities": ["filter"], "origin": ORIGIN, "zone": "UTC", "lang": "en",
        });
        text(&self.post("/v1/embed/sessions", access, &request)?, "token")
    }

    /// The length of an answer's body, as it comes over the wire in each encoding.
    fn sizes(&self, path: &str, headers: &[(&str, &str)]) -> Result<Sizes> {
        let length = |encoding: &str| {
            let headers = [headers, &[("accept-encoding", encoding)]].concat();
            let request = Request { method: "GET", path, headers: &headers, body: "" };
            let answer = http::send(self.address, &request)?;
            ensure!(answer.status == 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
            Ok(answer.body.len())
        };
        Ok(Sizes { raw: length("identity")?, gzip: length("gzip")?, brotli: length("br")? })
    }

    fn post(&self, path: &str, access: &str, body: &Value) -> Result<Value> {
        let request = Request {
            method: "POST",
            path,
            headers: &[
                ("authorization", &format!("Bearer {access}")),
                ("content-type", "application/json"),
            ],
            body: &body.to_string(),
        };
        http::send(self.address, &request)?.json().with_context(|| path.to_owned())
    }
}

fn text(object: &Value, name: &str) -> Result<String> {
    let value = object.get(name).and_then(Value::as_str);
    Ok(value.with_context(|| format!("the answer has no `{name}`"))?.to_owned())
}

#[expect(
    clippy::disallowed_methods,
    reason = "dashboards look back from today, so the events must be recent"
)]
fn now() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.context("the clock stands before 1970")?.as_secs())
}
