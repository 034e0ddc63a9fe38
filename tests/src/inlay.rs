//! A server in this process: real parts, a folder of its own, a clock that stands still.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use inlay_server::app::{self, Running};
use inlay_server::clock::Clock;
use inlay_server::config::{Aws, Config};
use inlay_server::entropy::Entropy;
use inlay_server::policy::{Action, Duty, Policy, Principal, TenantScope};
use inlay_shared::Client;
use tempfile::TempDir;

use crate::binary::operator_client;
use crate::bucket::Bucket;
use crate::call::Call;
use crate::callers::{Anonymous, Operator, TenantClient};

/// When every server starts by its own clock: a Friday.
pub const NOW: &str = "2026-11-20T12:00:00Z";
/// The origin that tenants list if a test does not say otherwise.
pub const ORIGIN: &str = "https://portal.example";

/// A way to a server.
#[derive(Debug, Clone)]
pub struct Door {
    url: Arc<str>,
    http: reqwest::Client,
    /// A server's folder lives as long as somebody can still call it.
    folder: Option<Arc<TempDir>>,
}

impl Door {
    /// The way to the server at `url`.
    pub fn new(url: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .expect("a client without TLS can be built");
        Self { url: url.trim_end_matches('/').into(), http, folder: None }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

/// What a test asks of its server beyond the usual.
#[derive(Debug, Default)]
pub struct Setup {
    public_url: Option<String>,
    ahead: Duration,
    proxies: Vec<String>,
    folder: Option<Arc<TempDir>>,
    settings: Option<fn(&mut Config)>,
    lake: Option<(String, Aws)>,
    geo: Option<Vec<u8>>,
}

impl Setup {
    /// With other settings than the usual ones.
    pub fn settings(mut self, change: fn(&mut Config)) -> Self {
        self.settings = Some(change);
        self
    }

    /// Known to the world under this address, which is the issuer in its tokens.
    pub fn known_as(mut self, url: &str) -> Self {
        self.public_url = Some(url.to_owned());
        self
    }

    /// Whose clock is ahead of [`NOW`].
    pub fn ahead(mut self, by: Duration) -> Self {
        self.ahead = by;
        self
    }

    /// Behind proxies of these networks.
    pub fn behind(mut self, proxies: &[&str]) -> Self {
        self.proxies = proxies.iter().map(|network| (*network).to_owned()).collect();
        self
    }

    /// On the data folder of another server.
    pub fn beside(mut self, other: &Inlay) -> Self {
        self.folder.clone_from(&other.door.folder);
        self
    }

    /// With its lake in a bucket.
    pub fn lake_in(mut self, bucket: &Bucket) -> Self {
        self.lake = Some((bucket.url(), bucket.aws()));
        self
    }

    /// With this file of countries.
    pub fn with_geo(mut self, database: Vec<u8>) -> Self {
        self.geo = Some(database);
        self
    }

    /// Starts it.
    pub async fn start(self) -> Inlay {
        let folder = self.folder.unwrap_or_else(fresh_folder);
        let mut config = Config::default();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.server.public_url = self.public_url;
        let proxies = self.proxies.iter().map(|text| text.parse().expect("tests write networks"));
        config.server.trusted_proxies = proxies.collect();
        config.storage.data = folder.path().to_owned();
        config.imports.max_bytes = 4_900_000;
        if let Some((url, aws)) = self.lake {
            (config.storage.lake, config.storage.aws) = (Some(url), aws);
        }
        if let Some(bytes) = self.geo {
            let file = folder.path().join("countries.mmdb");
            std::fs::write(&file, bytes).expect("the folder can be written");
            config.enrich.geo_database = Some(file);
        }
        if let Some(change) = self.settings {
            change(&mut config);
        }
        let clock = Clock::manual(NOW.parse().expect("a timestamp"));
        clock.advance(self.ahead);
        let running = app::start(&config, clock.clone(), chance()).await;
        let running =
            running.unwrap_or_else(|error| panic!("the server does not start: {error:?}"));
        let mut door = Door::new(&format!("http://{}", running.address()));
        door.folder = Some(folder);
        Inlay { running: Arc::new(running), clock, door, operator: template().client.clone() }
    }
}

/// A server in this process. It ends with the test's runtime.
#[derive(Debug, Clone)]
pub struct Inlay {
    running: Arc<Running>,
    clock: Clock,
    door: Door,
    operator: Client,
}

impl Inlay {
    /// Starts one with nothing in it but an operator's client.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    /// The way to it.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Its parts.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        self.door.folder.as_ref().expect("a server here has a folder").path()
    }

    /// Moves its clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The operator's client, with its secret.
    pub fn operator_client(&self) -> &Client {
        &self.operator
    }

    /// Somebody without any token.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous::new(self.door())
    }

    /// The operator, with every scope.
    pub async fn operator(&self) -> Operator {
        Operator::of(self.door(), &self.operator).await
    }

    /// A new tenant that lists [`ORIGIN`], and its client.
    pub async fn tenant(&self, id: &str) -> TenantClient {
        self.operator().await.create_tenant(id, &[ORIGIN]).await
    }

    /// Writes what a tenant's lake has not taken yet into files, as the background work does by and by.
    pub async fn flush(&self, tenant: &str) {
        let flushed = self.running.lake().flush_now(&maintenance(tenant)).await;
        flushed.unwrap_or_else(|error| panic!("the lake of {tenant} does not flush: {error:?}"));
    }

    /// Names of the files whose rows count, in order, without their folder.
    pub async fn live_files(&self, tenant: &str) -> Vec<String> {
        let snapshot = self.running.lake().snapshot(&maintenance(tenant)).await;
        let snapshot =
            snapshot.unwrap_or_else(|error| panic!("no snapshot of {tenant}: {error:?}"));
        let name = |path: String| path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut names: Vec<_> =
            snapshot.segments().iter().map(|segment| name(snapshot.path(segment))).collect();
        names.sort();
        names
    }

    /// Names of the files of its data folder in which this text stands, byte for byte.
    pub fn files_with(&self, text: &str) -> Vec<String> {
        let mut holding = Vec::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the folder can be read") {
                let path = entry.expect("the folder can be read").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("the file can be read");
                    if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                        holding.push(path.display().to_string());
                    }
                }
            }
        }
        holding
    }

    /// A call without a token.
    pub fn call(&self, method: http::Method, target: &str) -> Call {
        Call::new(self.door(), method, target)
    }
}

fn maintenance(tenant: &str) -> TenantScope {
    let tenant = tenant.parse().expect("tests name tenants rightly");
    let who = Principal::Process(Duty::Maintain);
    let scope = Policy::new().tenant(&who, Action::Maintain, &tenant);
    scope.expect("the policy lets maintenance maintain")
}

/// Each server draws its own chance, the same in every run of a test alone.
fn chance() -> Entropy {
    static SERVERS: AtomicU64 = AtomicU64::new(0);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SERVERS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    Entropy::seeded(seed)
}

/// A data folder as the first shell command leaves it. It is made once and copied: starting a
/// process for each test would cost more than the tests.
struct Template {
    files: Vec<(String, Vec<u8>)>,
    client: Client,
}

fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let client = operator_client(folder.path());
        let files = std::fs::read_dir(folder.path()).expect("the folder is there");
        let files = files.filter_map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name()?.to_str()?.to_owned();
            path.is_file().then(|| (name, std::fs::read(&path).expect("the file can be read")))
        });
        Template { files: files.collect(), client }
    })
}

fn fresh_folder() -> Arc<TempDir> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, bytes) in &template().files {
        std::fs::write(folder.path().join(name), bytes).expect("the folder can be written");
    }
    Arc::new(folder)
}
