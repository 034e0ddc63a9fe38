//! What an operator can set: `inlay.toml`, overridden by `INLAY__SECTION__KEY`, overridden by flags.
//! Everything has a default: `inlay serve` works with no file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[storage]`
    pub storage: Storage,
    /// `[log]`
    pub log: Log,
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
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), public_url: None }
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
