//! `inlay tenant create`

use super::{Data, Shell, shell_scope};
use crate::app;
use crate::ids::TenantId;
use crate::model;
use crate::origin::Origin;
use crate::policy::Action;
use crate::store::StoreError;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a tenant. It has a dashboard `overview` at once.
    Create(Create),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    #[command(flatten)]
    data: Data,
    /// Its slug: lower-case letters, digits, `-` and `_`.
    id: TenantId,
    /// Name for people; the slug by default.
    #[arg(long)]
    name: Option<String>,
    /// An origin that may embed its dashboards; may be given many times.
    #[arg(long)]
    origin: Vec<Origin>,
}

pub(super) async fn run(shell: Shell, command: Command) -> Result<(), Box<dyn std::error::Error>> {
    let Command::Create(args) = command;
    let shell = shell.with(args.data);
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    let may = shell_scope(Action::ManageTenants);
    let name = args.name.unwrap_or_else(|| args.id.to_string());
    let origins: Vec<_> = args.origin.iter().map(ToString::to_string).collect();
    let first = [model::overview()];
    let store = opened.store.system(&may);
    match store.create_tenant(&args.id, &name, &origins, &first, shell.clock.now()).await {
        Ok(_) => println!("made tenant {}", args.id),
        Err(StoreError::Exists) => return Err(format!("there is a tenant `{}`", args.id).into()),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
