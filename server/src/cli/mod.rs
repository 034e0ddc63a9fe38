//! The command line. The shell commands work beside a running server on the same folder.

mod apply;
mod client;
mod import;
mod keys;
mod lake;
mod openapi;
mod serve;
mod tenant;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::{Config, Log};
use crate::demo::{self, DemoArgs};
use crate::entropy::Entropy;
use crate::policy::{Action, Duty, Policy, Principal, SystemScope};
use crate::{problem, telemetry};

/// Analytics inside other people's products.
#[derive(Debug, Parser)]
#[command(name = "inlay", version)]
struct Cli {
    /// The configuration file; it may be missing.
    #[arg(long, global = true, default_value = "inlay.toml", env = "INLAY_CONFIG")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the embeds.
    Serve(serve::Args),
    /// Make clients that may ask for tokens.
    #[command(subcommand)]
    Client(client::Command),
    /// Look after the keys that sign tokens.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Make tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Apply a model and dashboards out of YAML files.
    Apply(apply::Args),
    /// Bring files of events in: CSV, JSON lines, Parquet.
    Import(import::Args),
    /// Look after the files of a tenant's lake.
    #[command(subcommand)]
    Lake(lake::Command),
    /// Start Inlay with a portal beside it and three customers in it.
    Demo(DemoArgs),
    /// Print the contract (OpenAPI 3.1, JSON).
    Openapi,
}

/// The data folder of a shell command.
#[derive(Debug, clap::Args)]
struct Data {
    /// The folder of the control database and the lake.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// What a shell command works with.
struct Shell {
    config: Config,
    clock: Clock,
    entropy: Entropy,
}

impl Shell {
    fn with(mut self, data: Data) -> Self {
        if let Some(folder) = data.data {
            self.config.storage.data = folder;
        }
        self
    }
}

/// The scope of whoever can run commands on the machine, and so can read its files anyway.
fn shell_scope(action: Action) -> SystemScope {
    Policy::new()
        .system(&Principal::Process(Duty::Shell), action)
        .expect("the policies let the shell act as the operator: tested")
}

/// Runs the command line; the exit code tells whether it worked.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => failed(error.as_ref()),
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut config = Config::load(&cli.config)?;
    if matches!(cli.command, Command::Demo(_)) && config.log == Log::default() {
        // Somebody watches the demo's terminal: it says where things are, and else only what is wrong.
        config.log.filter = "warn".into();
    }
    telemetry::start(&config.log)?;
    let shell = Shell { config, clock: Clock::system(), entropy: Entropy::system() };
    match cli.command {
        Command::Serve(args) => serve::run(shell, args).await?,
        Command::Client(command) => client::run(shell, command).await?,
        Command::Keys(command) => keys::run(shell, command).await?,
        Command::Tenant(command) => tenant::run(shell, command).await?,
        Command::Apply(args) => return apply::run(shell, args).await,
        Command::Import(args) => return Ok(import::run(shell, args).await?),
        Command::Lake(command) => lake::run(shell, command).await?,
        Command::Demo(args) => demo::run(args, shell.config, shell.clock, shell.entropy).await?,
        Command::Openapi => openapi::run(),
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("inlay: {}", problem::chain(error));
    ExitCode::FAILURE
}
