//! Puts the parts together and serves them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use inlay_shared::{Client, ClientKind, Scope};
use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::{Gate, KeeperError, SigningKeys, TrustedProxies};
use crate::api::{self, Inlay, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::embed::Live;
use crate::entropy::Entropy;
use crate::ingest::{Collect, Geo, GeoError, Ingest};
use crate::jobs::imports::Imports;
use crate::lake::rollup::Worth;
use crate::lake::{FlushPolicy, Lake, LakeError, Place};
use crate::policy::{Action, Duty, Policy, Principal};
use crate::query::Engine;
use crate::store::{Store, StoreError};

/// How often revocations of dead tokens are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(600);

/// How often it is looked which tenants another process began to erase.
const REFUSE_EVERY: Duration = Duration::from_secs(1);
/// The server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("the data folder {folder} cannot be made; choose another with --data")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The control database cannot be opened.
    #[error("the control database cannot be opened; choose another folder with --data")]
    Store(#[from] StoreError),
    /// The keys cannot be read.
    #[error("the signing keys cannot be used")]
    Keys(#[from] KeeperError),
    /// The lake cannot be opened.
    #[error("the lake cannot be opened")]
    Lake(#[from] LakeError),
    /// The file of countries cannot be used.
    #[error("`enrich.geo_database` cannot be used: name another file, or none")]
    Geo(#[from] GeoError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}; choose another address with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// A running server. Dropping it leaves it running; [`Running::stop`] ends it.
#[derive(Debug)]
pub struct Running {
    url: String,
    address: SocketAddr,
    inlay: Inlay,
    lake: Lake,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// The parts that shell commands and the server have in common.
#[derive(Debug)]
pub struct Opened {
    /// The control database.
    pub store: Store,
    /// The lake.
    pub lake: Lake,
}

/// Opens control database and lake in the data folder, which is made where it is missing.
///
/// # Errors
/// [`StartError`].
pub async fn open(config: &Config, clock: &Clock, entropy: &Entropy) -> Result<Opened, StartError> {
    let folder = config.storage.data.clone();
    std::fs::create_dir_all(&folder)
        .map_err(|source| StartError::Folder { folder: folder.clone(), source })?;
    let store = Store::open(&config.storage.database()).await?;
    let place = Place::of(&config.storage)?;
    let lake = Lake::open(place, store.clone(), clock.clone(), entropy.clone()).await?;
    let rows = config.lake.rollup_rows.try_into().unwrap_or(usize::MAX);
    let lake = lake.with_rollups(Worth { rows, ..Worth::default() });
    Ok(Opened { store, lake })
}

/// The operator's file of countries, if the configuration names one.
///
/// # Errors
/// [`StartError::Geo`]
pub fn geo(config: &Config) -> Result<Geo, StartError> {
    Ok(config.enrich.geo_database.as_deref().map(Geo::open).transpose()?.unwrap_or_default())
}

/// Starts the server: opens the data folder, listens, serves.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: &Config, clock: Clock, entropy: Entropy) -> Result<Running, StartError> {
    let Opened { store, lake } = open(config, &clock, &entropy).await?;
    let geo = geo(config)?;
    let address = config.server.listen;
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let url = url.trim_end_matches('/').to_owned();

    let keys = SigningKeys::of(store.clone(), &config.keys, clock.clone());
    let keys = keys.map_err(KeeperError::from)?;
    let gate = Gate::open(store.clone(), keys, url.clone(), clock.clone(), entropy.clone()).await?;
    let present = Policy::new()
        .system(&Principal::Process(Duty::Present), Action::Present)
        .expect("the policies let the process present: tested");
    let ingest = Ingest::new(store.clone(), clock.clone(), entropy.clone()).with_geo(geo);
    let keep = Policy::new()
        .system(&Principal::Process(Duty::Collect), Action::Collect)
        .expect("the policies let the process collect: tested");
    let per_key = config.collect.requests_per_second;
    let collect =
        Collect::new(ingest.clone(), store.clone(), keep, per_key, clock.clone(), entropy.clone());
    let imports = Imports::new(
        config.storage.imports(),
        config.imports.max_bytes,
        ingest.clone(),
        store.clone(),
        clock.clone(),
        entropy.clone(),
    );
    // Before anybody can send a file; what is wrong with the disk does not keep the rest from starting.
    if let Err(error) = imports.recover().await {
        tracing::warn!(cause = crate::problem::chain(&error), "imports were not put in order");
    }
    let stop = CancellationToken::new();
    let inlay = Inlay::from(Parts {
        live: Live::new(store.clone(), clock.clone(), config.live, stop.clone()),
        ingest,
        collect: collect.clone(),
        imports: imports.clone(),
        proxies: TrustedProxies::new(&config.server.trusted_proxies),
        engine: Engine::with_limits(lake.clone(), clock.clone(), &config.query),
        gate,
        store,
        present,
        clock,
        entropy,
    });
    let policy = FlushPolicy {
        age: SignedDuration::from_secs(config.lake.flush_seconds.into()),
        rows: config.lake.flush_rows.into(),
    };
    let outer = from_fn_with_state(inlay.clone(), api::finish);
    let router = api::router(inlay.clone()).layer(outer);
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let graceful =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let tasks = vec![
        lake.spawn_flusher(policy, stop.clone()),
        lake.spawn_keeper(stop.clone()),
        tokio::spawn(inlay.gate.clone().keep_keys(stop.clone())),
        tokio::spawn(refuse_erased_tenants(inlay.clone(), stop.clone())),
        tokio::spawn(forget_dead_revocations(inlay.clone(), stop.clone())),
        tokio::spawn(collect.keep(stop.clone())),
        tokio::spawn(imports.run(stop.clone())),
        tokio::spawn(async move {
            if let Err(error) = graceful.await {
                tracing::error!(%error, "the listener failed");
            }
        }),
    ];
    tracing::info!(%address, %url, "listening");
    Ok(Running { url, address, inlay, lake, stop, tasks })
}

impl Running {
    /// The public address, and issuer of every token.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the API was built on, for the shell commands that share its process.
    pub fn inlay(&self) -> &Inlay {
        &self.inlay
    }

    /// The lake, for whoever wants its files in good order: tests that read them.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Makes an operator client, as the shell does on the same machine: for a process that starts the
    /// server and then acts as the vendor over its API.
    ///
    /// # Errors
    /// The control database cannot be written.
    pub async fn create_operator(&self, name: &str) -> Result<Client, StoreError> {
        let may = Policy::new()
            .system(&Principal::Process(Duty::Shell), Action::ManageTenants)
            .expect("the policies let the shell act as the operator: tested");
        let scopes = Scope::ALL.into_iter().collect();
        let (id, secret) = self.inlay.gate.create_client(&may, None, name, &scopes).await?;
        Ok(Client {
            client_id: id.to_string(),
            client_secret: Some(secret.reveal().to_owned()),
            kind: ClientKind::Operator,
            tenant: None,
            name: name.to_owned(),
            scopes: scopes.into_iter().collect(),
            created_at: self.inlay.clock.now().to_string(),
        })
    }

    /// Ends it: no new connections, requests under way are answered, background work ends.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            drop(tokio::time::timeout(Duration::from_secs(10), task).await);
        }
    }
}

/// Waits for Ctrl-C, or for the polite signal of a service manager.
pub async fn until_told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a process may wait for SIGTERM");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// A tenant may be erased by another process, too.
async fn refuse_erased_tenants(inlay: Inlay, stop: CancellationToken) {
    let duty = Principal::Process(Duty::Authenticate);
    let scope = Policy::new()
        .system(&duty, Action::Authenticate)
        .expect("the policies let the process authenticate: tested");
    while !stop.is_cancelled() {
        match inlay.store.system(&scope).open_tenant_erasures().await {
            Ok(open) => {
                inlay.gate.refuse_tenants(open.into_iter().filter_map(|one| one.tenant).collect());
            }
            Err(error) => {
                let cause = crate::problem::chain(&error);
                tracing::warn!(cause, "tenants being erased are not known");
            }
        }
        stop.run_until_cancelled(tokio::time::sleep(REFUSE_EVERY)).await;
    }
}

async fn forget_dead_revocations(inlay: Inlay, stop: CancellationToken) {
    let duty = Principal::Process(Duty::Authenticate);
    let scope = Policy::new()
        .system(&duty, Action::Authenticate)
        .expect("the policies let the process authenticate: tested");
    while stop.run_until_cancelled(tokio::time::sleep(TIDY_EVERY)).await.is_some() {
        let now = inlay.clock.now();
        if let Err(error) = inlay.store.system(&scope).forget_dead_revocations(now).await {
            tracing::warn!(cause = crate::problem::chain(&error), "revocations were not tidied");
        }
        if let Err(error) = inlay.store.system(&scope).forget_old_answers(now).await {
            tracing::warn!(cause = crate::problem::chain(&error), "kept answers were not tidied");
        }
    }
}
