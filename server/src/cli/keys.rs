//! `inlay keys list`, `inlay keys rotate`, `inlay keys withdraw`

use jiff::Timestamp;
use serde::Serialize;

use super::{Data, Shell, shell_scope};
use crate::access::{Life, SigningKeys, WITHDRAWN_EVERYWHERE};
use crate::app;
use crate::policy::Action;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the keys and where each stands: published, signing, retired, withdrawn.
    List(List),
    /// Make the next key. It is published at once, and signs when it has been for long enough.
    Rotate(Rotate),
    /// Withdraw a compromised key: every token that it signed ends, and another key signs at once.
    Withdraw(Withdraw),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    data: Data,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    data: Data,
    /// The key's id, as `inlay keys list` and the header of a token say it.
    kid: String,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listing {
    keys: Vec<Key>,
}

/// A key. Times are RFC 3339.
#[derive(Debug, Serialize)]
struct Key {
    kid: String,
    state: Life,
    created_at: Timestamp,
    signs_from: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Timestamp>,
}

pub(super) async fn run(shell: Shell, command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::List(args) => list(shell.with(args.data), args.json).await,
        Command::Rotate(args) => {
            let made = open(shell.with(args.data)).await?.rotate(&may()).await?;
            println!("made key {}", made.kid);
            println!("It is published, and signs from {}.", made.signs_from);
            Ok(())
        }
        Command::Withdraw(args) => {
            let keys = open(shell.with(args.data)).await?;
            let withdrawn = keys.withdraw(&may(), &args.kid).await?;
            // Whoever withdraws a key wants to know that it is over, not that it will be.
            tokio::time::sleep(WITHDRAWN_EVERYWHERE).await;
            println!("withdrew key {}", args.kid);
            if let Some(kid) = withdrawn.replacement {
                println!("made key {kid}, which signs in its place");
            }
            println!("No server that reaches this store takes its tokens any more.");
            Ok(())
        }
    }
}

async fn list(shell: Shell, json: bool) -> Result<(), Box<dyn std::error::Error>> {
    let states = open(shell).await?.list(&may()).await?;
    let keys = states.into_iter().map(|state| Key {
        kid: state.key.kid,
        state: state.life,
        created_at: state.key.created_at,
        signs_from: state.key.signs_from,
        withdrawn_at: state.key.withdrawn_at,
    });
    let listing = Listing { keys: keys.collect() };
    if json {
        println!("{}", serde_json::to_string(&listing)?);
        return Ok(());
    }
    for Key { kid, state, signs_from, withdrawn_at, .. } in listing.keys {
        match (state, withdrawn_at) {
            (Life::Withdrawn, Some(at)) => println!("{kid}  withdrawn  at {at}"),
            (Life::Published, _) => println!("{kid}  published  signs from {signs_from}"),
            (Life::Signing, _) => println!("{kid}  signing    since {signs_from}"),
            _ => println!("{kid}  retired    signed from {signs_from}"),
        }
    }
    Ok(())
}

async fn open(shell: Shell) -> Result<SigningKeys, Box<dyn std::error::Error>> {
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    Ok(SigningKeys::of(opened.store, &shell.config.keys, shell.clock)?)
}

fn may() -> crate::policy::SystemScope {
    shell_scope(Action::ManageKeys)
}
