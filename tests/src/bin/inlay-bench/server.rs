//! A server under measurement: the built binary on a folder, and a client that adds as little as it can.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use inlay_shared::{Client, NewTenant};
use inlay_tests::{Door, Operator, Process, command, operator_client};
use serde_json::{Value, json};

/// The span of the generated events.
pub(crate) const FROM: &str = "2026-07-03";
/// Its end, exclusive.
pub(crate) const TO: &str = "2026-10-01";

/// The port changes with every start; the issuer of the tokens must not.
const SETTINGS: &str = "[server]\npublic_url = \"http://inlay.bench\"\n";

/// A data folder, with an operator's client.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    client: Client,
}

impl Folder {
    /// An empty folder in place of what was there.
    pub(crate) fn new(path: PathBuf) -> Result<Self> {
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        std::fs::write(path.join("inlay.toml"), SETTINGS)?;
        let client = operator_client(&path);
        Ok(Self { path, client })
    }

    /// The folder of an earlier run, as it was left.
    pub(crate) fn again(path: PathBuf) -> Self {
        let client = operator_client(&path);
        Self { path, client }
    }

    /// An empty folder, without rollups: what is measured then are the columns themselves.
    pub(crate) fn without_rollups(path: PathBuf) -> Result<Self> {
        let folder = Self::new(path)?;
        let settings = format!("{SETTINGS}[lake]\nrollup_rows = {}\n", u32::MAX);
        std::fs::write(folder.path.join("inlay.toml"), settings)?;
        Ok(folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Imports a file as an operator does, and answers with the seconds that it took.
    pub(crate) fn import(&self, file: &Path, asked: &[&str]) -> Result<f64> {
        let watch = Instant::now();
        let mut import = command(&["import", "--tenant-column", "tenant_id", "--create-tenants"]);
        for map in [
            "event_time=time",
            "event_name=name",
            "page_path=page",
            "referrer_domain=referrer",
            "company=account",
            "user_id=user",
            "revenue=value",
        ] {
            import.args(["--map", map]);
        }
        let output =
            import.arg("--data").arg(&self.path).arg(file).current_dir(&self.path).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the import failed: {complaint}");
        // What is in no file yet would be read from the raw log: what is asked about is written out.
        for tenant in asked {
            let mut flush = command(&["lake", "flush", "--tenant", tenant, "--data"]);
            let output = flush.arg(&self.path).current_dir(&self.path).output()?;
            let complaint = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "the flush failed: {complaint}");
        }
        Ok(watch.elapsed().as_secs_f64())
    }

    /// Starts a server on the folder.
    pub(crate) async fn serve(&self) -> Server {
        let process = Process::serve(&self.path);
        let operator = Operator::of(&Door::new(process.url()), &self.client).await;
        Server { process, operator, http: client() }
    }
}

/// A client that keeps its connections.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client without TLS can be built")
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    operator: Operator,
    http: reqwest::Client,
}

impl Server {
    /// The operator.
    pub(crate) fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        self.process.url()
    }

    /// Makes a tenant that may be embedded on `origin`.
    pub(crate) async fn create(&self, tenant: &str, origin: &str) -> Result<()> {
        let new = NewTenant { id: tenant.into(), name: None, origins: vec![origin.into()] };
        let request = self.http.post(format!("{}/v1/tenants", self.url()));
        let answer = request.bearer_auth(self.operator.token()).json(&new).send().await?;
        ensure!(answer.status() == 201, "the tenant was not made: {}", answer.text().await?);
        Ok(())
    }

    /// Speaks for one tenant.
    pub(crate) async fn tenant(&self, id: &str) -> Tenant {
        let token = self.operator.exchange(id, None).await.token().to_owned();
        Tenant { url: self.url().to_owned(), token, http: self.http.clone() }
    }

    /// Memory that the process has in use, and the most that it ever had, in bytes.
    pub(crate) fn memory(&self) -> Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .context("memory is read from /proc, which Linux has")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            kilobytes.map(|kilobytes: f64| kilobytes * 1024.0).context("no such field")
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }
}

/// A tenant's backend.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    url: String,
    token: String,
    http: reqwest::Client,
}

impl Tenant {
    /// The same one, with connections of its own.
    pub(crate) fn another(&self) -> Self {
        Self { http: client(), ..self.clone() }
    }

    /// Asks a query: the answer, and the milliseconds until its last byte was here.
    pub(crate) async fn ask(&self, query: &Value) -> Result<(Value, f64)> {
        let request = self.http.post(format!("{}/v1/query", self.url)).bearer_auth(&self.token);
        let watch = Instant::now();
        let answer = request.json(query).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        let took = watch.elapsed().as_secs_f64() * 1e3;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
        Ok((serde_json::from_slice(&body)?, took))
    }

    /// How many events there are.
    pub(crate) async fn count(&self) -> Result<u64> {
        let query =
            json!({"measures": ["events"], "time": {"from": "2020-01-01", "to": "2030-01-01"}});
        let (answer, _) = self.ask(&query).await?;
        answer["rows"][0][0].as_u64().context("a count is a number")
    }

    /// Sends events as NDJSON, and answers with how many were accepted; `None` if the server was too
    /// busy to take them.
    pub(crate) async fn send(&self, body: String) -> Result<Option<u64>> {
        let request = self.http.post(format!("{}/v1/events", self.url)).bearer_auth(&self.token);
        let request = request.header("content-type", "application/x-ndjson").body(body);
        let answer = request.send().await?;
        if answer.status() == 429 {
            return Ok(None);
        }
        let status = answer.status();
        let receipt: Value = answer.json().await?;
        ensure!(status == 202, "{status}: {receipt}");
        Ok(receipt["accepted"].as_u64())
    }
}

/// An event as a backend sends it, `number` of `sender`.
pub(crate) fn event(sender: &str, number: u64) -> String {
    let second = number % 86_400;
    format!(
        "{{\"id\":\"{sender}-{number}\",\"name\":\"task.created\",\
         \"time\":\"2026-09-30T{:02}:{:02}:{:02}Z\",\"user\":\"u{}\",\"account\":\"a{}\",\
         \"page\":\"/board/{}\",\"country\":\"DE\",\"device\":\"desktop\",\"value\":\"12.50\",\
         \"currency\":\"EUR\",\"duration_ms\":{},\"properties\":{{\"priority\":\"high\"}}}}\n",
        second / 3600,
        second / 60 % 60,
        second % 60,
        number % 5_000,
        number % 50,
        number % 40,
        number % 3_000,
    )
}
