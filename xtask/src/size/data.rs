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
/// A new tenant has this dashboard at once.
const VIEW: &str = "/v1/embed/view?dashboard=overview";

/// Starts a server, gives it events, and measures the view in each encoding.
pub(crate) fn measure(binary: &Path) -> Result<Sizes> {
    let house = House::new(binary)?;
    let client: Value =
        serde_json::from_str(&house.inlay(&["client", "create", "--operator", "--json"])?)
            .context("`inlay client create --json` printed no JSON")?;
    house.inlay(&["tenant", "create", TENANT, "--origin", ORIGIN])?;
    let events = house.write("events.csv", &seed::csv(TENANT, now()?))?;
    let events = events.to_str().context("the temporary folder has a plain name")?;
    house.inlay(&["import", events, "--tenant-column", "tenant_id"])?;
    let server = house.serve()?;
    let token = server.session(&server.access(&client)?)?;
    let raw = server.view(&token, "identity")?;
    ensure!(
        String::from_utf8_lossy(&raw).lines().count() > 2,
        "the view has no panels: {}",
        String::from_utf8_lossy(&raw)
    );
    let gzip = server.view(&token, "gzip")?.len();
    let brotli = server.view(&token, "br")?.len();
    Ok(Sizes { raw: raw.len(), gzip, brotli })
}

impl Server {
    /// The vendor's access token.
    fn access(&self, client: &Value) -> Result<String> {
        let basic = STANDARD.encode(format!(
            "{}:{}",
            text(client, "client_id")?,
            text(client, "client_secret")?
        ));
        let answer = http::send(
            self.address,
            &Request {
                method: "POST",
                path: "/v1/oauth/token",
                headers: &[
                    ("authorization", &format!("Basic {basic}")),
                    ("content-type", "application/x-www-form-urlencoded"),
                ],
                body: "grant_type=client_credentials",
            },
        )?;
        text(&answer.json().context("no access token")?, "access_token")
    }

    /// A viewer's embed token.
    fn session(&self, access: &str) -> Result<String> {
        let request = json!({
            "tenant": TENANT, "viewer": "u1", "dashboards": ["overview"],
            "capabilities": ["filter"], "origin": ORIGIN, "zone": "UTC", "lang": "en",
        });
        let answer = http::send(
            self.address,
            &Request {
                method: "POST",
                path: "/v1/embed/sessions",
                headers: &[
                    ("authorization", &format!("Bearer {access}")),
                    ("content-type", "application/json"),
                ],
                body: &request.to_string(),
            },
        )?;
        text(&answer.json().context("no session")?, "token")
    }

    /// The body of the view, as it comes over the wire in this encoding.
    fn view(&self, token: &str, encoding: &str) -> Result<Vec<u8>> {
        let answer = http::send(
            self.address,
            &Request {
                method: "GET",
                path: VIEW,
                headers: &[
                    ("authorization", &format!("Bearer {token}")),
                    ("origin", ORIGIN),
                    ("accept-encoding", encoding),
                ],
                body: "",
            },
        )?;
        ensure!(answer.status == 200, "the view: {}", String::from_utf8_lossy(&answer.body));
        Ok(answer.body)
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
