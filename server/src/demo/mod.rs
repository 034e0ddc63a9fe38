//! `inlay demo`: Inlay, a vendor's portal beside it, and the life of three customers.
//!
//! The demo starts Inlay and from then on speaks to it as a vendor would, over HTTP: it makes tenants,
//! sends events, mints sessions. It reads nothing of what Inlay keeps. What it deliberately has not:
//! a way around the public door, a password, a clock or a random source of its own.

mod addresses;
mod announce;
mod customers;
mod dashboard;
mod feed;
mod gallery;
mod inlay;
mod portal;
mod progress;
mod setup;
mod simulator;
mod vendor_file;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::addresses::{Addresses, analytics_url};
use self::feed::{Feed, Stopped};
use self::inlay::Inlay;
use self::portal::Portal;
use self::progress::Progress;
use self::simulator::Simulator;
use self::vendor_file::VendorFile;
use crate::app::{self, Running, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;

/// How long the parts have to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `inlay demo` can be told.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// The folder of the demo's data; it is made where it is missing.
    #[arg(long, default_value = "inlay-data/demo")]
    pub data: PathBuf,
    /// Where Inlay listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where the portal listens.
    #[arg(long, default_value = "127.0.0.1:8090")]
    pub portal: SocketAddr,
    /// About how many events the history of 90 days has, all customers together.
    #[arg(long, default_value_t = 300_000, value_parser = clap::value_parser!(u64).range(1_000..=5_000_000))]
    pub events: u64,
    /// What all chance comes from.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Feed the history only: nothing happens afterwards.
    #[arg(long)]
    pub no_live: bool,
    /// The instant at which the demo's clock stands still: pictures of it are the same every day.
    #[arg(long, hide = true, requires = "no_live")]
    pub at: Option<Timestamp>,
}

/// Runs the demo until it is stopped with ctrl-c.
///
/// # Errors
/// An address is taken, the folder is not usable, or it holds another demo.
pub async fn run(
    args: DemoArgs,
    config: Config,
    clock: Clock,
    entropy: Entropy,
) -> anyhow::Result<()> {
    let clock = args.at.map_or(clock, Clock::manual);
    let stop = CancellationToken::new();
    let listener = bind(args.portal, "--portal").await?;
    let portal_address = listener.local_addr()?;
    let kept = VendorFile::read(&args.data)?;
    if let Some(kept) = &kept {
        kept.check(&args.data, args.seed, args.events)?;
    }
    let server = start(&args, config, &clock, &entropy).await?;
    let addresses = Addresses::new(server.address().port(), portal_address.port());

    let vendor = vendor(&args, &server, kept).await?;
    let base = format!("http://{}", server.address());
    let inlay = Arc::new(Inlay::new(base, vendor.client_id, vendor.client_secret, clock.clone())?);
    let anchors = setup::customers(&inlay, &addresses).await?;
    gallery::set_up(&inlay, &addresses, clock.now()).await.context("the gallery")?;

    let progress = Arc::new(Progress::default());
    let portal = Portal::new(
        Arc::clone(&inlay),
        addresses.clone(),
        Arc::clone(&progress),
        clock.clone(),
        entropy,
    );
    let serving = axum::serve(listener, portal::router(portal));
    let serving = serving.with_graceful_shutdown(stop.clone().cancelled_owned());
    let serving = tokio::spawn(async move { serving.await });
    announce::addresses(&addresses, &args.data);

    let feed = Feed {
        inlay,
        simulators: Arc::new(simulators(&args, &anchors)?),
        progress: Arc::clone(&progress),
        clock: clock.clone(),
        stop: stop.clone(),
    };
    let bar = tokio::spawn(announce::progress(Arc::clone(&progress), stop.clone()));
    let mut feeding = tokio::spawn(life(feed, clock.now(), args.no_live));

    let ended = tokio::select! {
        () = app::until_told_to_stop() => {
            stop.cancel();
            match tokio::time::timeout(PATIENCE, &mut feeding).await {
                Ok(ended) => ended.context("the feed failed")?,
                Err(_) => Ok(()),
            }
        }
        ended = &mut feeding => ended.context("the feed failed")?,
    };
    stop.cancel();
    drop(bar.await);
    drop(tokio::time::timeout(PATIENCE, serving).await);
    server.stop().await;
    announce::stopped();
    ended
}

/// The history, then what happens from now on. It ends with an error, or when it is told to stop.
async fn life(feed: Feed, now: Timestamp, no_live: bool) -> anyhow::Result<()> {
    let fed = async {
        feed.history(now).await.context("the history was not fed")?;
        if no_live {
            feed.stop.cancelled().await;
            return Ok(());
        }
        feed.live(now).await.context("live events were not sent")
    };
    match fed.await {
        Err(error) if error.chain().any(|cause| cause.is::<Stopped>()) => Ok(()),
        fed => fed,
    }
}

fn simulators(args: &DemoArgs, anchors: &[Timestamp]) -> anyhow::Result<Vec<Simulator>> {
    let mut simulators = Vec::new();
    for (number, (customer, anchor)) in customers::CUSTOMERS.iter().zip(anchors).enumerate() {
        let made = Simulator::new(args.seed, number, customer, *anchor, args.events);
        simulators.push(made.with_context(|| format!("the zone of {}", customer.name))?);
    }
    Ok(simulators)
}

/// Starts Inlay in this process, under its own name and on its own port.
async fn start(
    args: &DemoArgs,
    mut config: Config,
    clock: &Clock,
    entropy: &Entropy,
) -> anyhow::Result<Running> {
    let mut listen = args.listen;
    if listen.port() == 0 {
        // The address is part of every token, so it has to be known before the start.
        listen = bind(listen, "--listen").await?.local_addr()?;
    }
    config.storage.data.clone_from(&args.data);
    config.server.listen = listen;
    config.server.public_url = Some(analytics_url(listen.port()));
    match app::start(&config, clock.clone(), entropy.clone()).await {
        Err(StartError::Listen { address, source }) => Err(taken(address, "--listen", source)),
        started => Ok(started?),
    }
}

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|source| taken(address, flag, source))
}

fn taken(address: SocketAddr, flag: &str, source: std::io::Error) -> anyhow::Error {
    if source.kind() == ErrorKind::AddrInUse {
        let free = SocketAddr::new(address.ip(), address.port().wrapping_add(100));
        anyhow!(
            "{address} is in use, maybe by another demo: stop it, or start this one with \
             `{flag} {free}`"
        )
    } else {
        anyhow::Error::new(source).context(format!("cannot listen on {address} ({flag})"))
    }
}

/// The vendor's operator client: made on the first start, afterwards read from the folder.
async fn vendor(
    args: &DemoArgs,
    server: &Running,
    kept: Option<VendorFile>,
) -> anyhow::Result<VendorFile> {
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let client = server.create_operator("Tandem's backend").await?;
    let client_secret = client.client_secret.context("a new client has a secret")?;
    let vendor = VendorFile {
        client_id: client.client_id,
        client_secret,
        seed: args.seed,
        events: args.events,
    };
    let folder: &Path = &args.data;
    vendor.write(folder)?;
    Ok(vendor)
}
