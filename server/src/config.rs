//! What an operator can set: `inlay.toml`, overridden by `INLAY__SECTION__KEY`, overridden by flags.
//! Everything has a default: `inlay serve` works with no file.

mod keys;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use self::keys::{Keys, Secret};
use crate::network::Network;

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[keys]`
    pub keys: Keys,
    /// `[storage]`
    pub storage: Storage,
    /// `[lake]`
    pub lake: Lake,
    /// `[query]`
    pub query: Query,
    /// `[live]`
    pub live: Live,
    /// `[log]`
    pub log: Log,
    /// `[enrich]`
    pub enrich: Enrich,
    /// `[collect]`
    pub collect: Collect,
    /// `[imports]`
    pub imports: Imports,
}

/// Where the server listens, and by what name others know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// `INLAY__SERVER__LISTEN`: address and port, `127.0.0.1:8080` by default. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// `INLAY__SERVER__PUBLIC_URL`: the address under which browsers and clients reach the server. It is
    /// the issuer in every token. `http://` and `listen` by default.
    pub public_url: Option<String>,
    /// `INLAY__SERVER__TRUSTED_PROXIES`: networks of the proxies in front, such as `["10.0.0.0/8"]`;
    /// none by default. What only they say about the client's address is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Where data lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// `INLAY__STORAGE__DATA`: the folder of the control database and the lake, `./inlay-data` by
    /// default. It is made where it is missing.
    pub data: PathBuf,
    /// `INLAY__STORAGE__LAKE`: where the lake lies, a folder or `s3://bucket/folder`; the folder `lake`
    /// in the data folder by default.
    pub lake: Option<String>,
    /// The usual `AWS_…` variables, for a lake in a bucket. They are taken from the environment only.
    #[serde(skip)]
    pub aws: Aws,
}

impl Default for Storage {
    fn default() -> Self {
        Self { data: PathBuf::from("inlay-data"), lake: None, aws: Aws::default() }
    }
}

impl Storage {
    /// The control database's file.
    pub fn database(&self) -> PathBuf {
        self.data.join("control.db")
    }

    /// The folder of files that wait to be imported.
    pub fn imports(&self) -> PathBuf {
        self.data.join("imports")
    }
}

/// Settings of an object storage under their usual names: `AWS_ACCESS_KEY_ID`, `AWS_REGION`,
/// `AWS_ENDPOINT_URL` and so on. Its Debug is opaque: credentials are among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Aws(BTreeMap<String, String>);

impl Aws {
    /// Those of the process's environment.
    pub fn from_environment() -> Self {
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let all = std::env::vars_os().filter_map(text);
        Self(all.filter(|(name, _)| name.starts_with("AWS_")).collect())
    }

    /// These.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Each with its value.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aws(…)")
    }
}

/// What is added to events on their way in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Enrich {
    /// `INLAY__ENRICH__GEO_DATABASE`: a file of the MaxMind DB format that tells the country of a network
    /// address. None by default: then no country is looked up. Read at start.
    pub geo_database: Option<PathBuf>,
}

/// What queries may use, each and together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// `INLAY__QUERY__SECONDS`: longest that a query may run, and longest that it may wait before,
    /// 10 by default.
    pub seconds: u64,
    /// `INLAY__QUERY__ROWS`: most rows of an answer, 200,000 by default.
    pub rows: usize,
    /// `INLAY__QUERY__MEMORY_BYTES`: memory that all queries together may hold, 512 MiB by default.
    pub memory_bytes: usize,
    /// `INLAY__QUERY__TENANT_MEMORY_BYTES`: memory that the queries of one tenant may hold, 256 MiB
    /// by default.
    pub tenant_memory_bytes: usize,
    /// `INLAY__QUERY__SLOTS`: queries that run at once; as many as there are cores by default.
    pub slots: Option<usize>,
    /// `INLAY__QUERY__TENANT_RUNNING`: queries of one tenant that run at once; as many as there are
    /// slots by default.
    pub tenant_running: Option<usize>,
    /// `INLAY__QUERY__TENANT_WAITING`: queries of one tenant that wait for a slot, 256 by default.
    pub tenant_waiting: usize,
    /// `INLAY__QUERY__WEIGHTS__<TENANT>`: a tenant's share of the slots when all are wanted; 1 by
    /// default.
    pub weights: BTreeMap<String, u32>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            seconds: 10,
            rows: 200_000,
            memory_bytes: 512 * 1024 * 1024,
            tenant_memory_bytes: 256 * 1024 * 1024,
            slots: None,
            tenant_running: None,
            tenant_waiting: 256,
            weights: BTreeMap::new(),
        }
    }
}

/// The live streams, by which open dashboards learn of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Live {
    /// `INLAY__LIVE__SESSION_STREAMS`: streams of one session, 4 by default. A browser has six
    /// connections to a host without HTTP/2.
    pub session_streams: usize,
    /// `INLAY__LIVE__TENANT_STREAMS`: streams of one tenant, 1,000 by default. 0 turns them off:
    /// dashboards then ask every `refresh_seconds`.
    pub tenant_streams: usize,
    /// `INLAY__LIVE__HEARTBEAT_SECONDS`: so often a stream without news says that it lives, 15 by
    /// default.
    pub heartbeat_seconds: u64,
}

impl Default for Live {
    fn default() -> Self {
        Self { session_streams: 4, tenant_streams: 1_000, heartbeat_seconds: 15 }
    }
}

/// What pages of sites may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Collect {
    /// `INLAY__COLLECT__REQUESTS_PER_SECOND`: requests a second that one public key may bring, 500 by
    /// default; ten seconds' worth may come at once.
    pub requests_per_second: u32,
}

impl Default for Collect {
    fn default() -> Self {
        Self { requests_per_second: 500 }
    }
}

/// When events become files. No answer waits for that; readers of the files do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lake {
    /// `INLAY__LAKE__FLUSH_SECONDS`: events wait at least so long for company before they are written,
    /// 15 by default; longer where thousands of tenants write.
    pub flush_seconds: u32,
    /// `INLAY__LAKE__FLUSH_ROWS`: so many events of a tenant do not wait, 32768 by default.
    pub flush_rows: u32,
    /// `INLAY__LAKE__ROLLUP_ROWS`: files of so many events get a rollup, 65536 by default.
    pub rollup_rows: u32,
}

impl Default for Lake {
    fn default() -> Self {
        Self { flush_seconds: 15, flush_rows: 32_768, rollup_rows: 65_536 }
    }
}

/// Files that are imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Imports {
    /// `INLAY__IMPORTS__MAX_BYTES`: most bytes of a file, 2 GB by default. It lies in the data folder
    /// until it was read.
    pub max_bytes: u64,
}

impl Default for Imports {
    fn default() -> Self {
        Self { max_bytes: 2_000_000_000 }
    }
}

/// How the process tells what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `INLAY__LOG__FILTER`: which spans and events are written, by default `info` and
    /// less of the migrations.
    pub filter: String,
    /// `INLAY__LOG__JSON`: one JSON object a line instead of text.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,sea_orm_migration=warn".into(), json: false }
    }
}

impl Config {
    /// Reads `file` if it exists, then the environment.
    ///
    /// # Errors
    /// An unknown key or a value of the wrong type, with its place.
    pub fn load(file: &Path) -> Result<Self, Box<figment::Error>> {
        let mut config: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            .merge(Env::prefixed("INLAY__").split("__"))
            .extract()
            .map_err(Box::new)?;
        config.storage.aws = Aws::from_environment();
        Ok(config)
    }
}
