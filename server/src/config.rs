//! What an operator can set: `inlay.toml`, overridden by `INLAY__SECTION__KEY`, overridden by flags.
//! Everything has a default: `inlay serve` works with no file.

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
    /// `[enrich]`
    pub enrich: Enrich,
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
}

impl Default for Storage {
    fn default() -> Self {
        Self { data: PathBuf::from("inlay-data") }
    }
}

impl Storage {
    /// The control database's file.
    pub fn database(&self) -> PathBuf {
        self.data.join("control.db")
    }

    /// The lake's folder.
    pub fn lake(&self) -> PathBuf {
        self.data.join("lake")
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
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            .merge(Env::prefixed("INLAY__").split("__"))
            .extract()
            .map_err(Box::new)
    }
}
