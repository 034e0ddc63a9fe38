//! `inlay client create`

use std::collections::BTreeSet;

use inlay_shared::{Client, ClientKind, Scope};

use super::{Data, Shell, shell_scope};
use crate::access::NewClient;
use crate::app;
use crate::ids::TenantId;
use crate::policy::Action;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a client. Its secret is printed once and kept as a hash only.
    Create(Create),
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Create {
    #[command(flatten)]
    data: Data,
    /// A client of the vendor, acting on the deployment.
    #[arg(long, conflicts_with = "tenant", required_unless_present = "tenant")]
    operator: bool,
    /// A client of this tenant, acting on its data.
    #[arg(long)]
    tenant: Option<TenantId>,
    /// Name for people.
    #[arg(long, default_value = "made in the shell")]
    name: String,
    /// What its tokens may carry, separated by commas; everything that its kind can by default.
    #[arg(long, value_delimiter = ',', value_parser = scope)]
    scopes: Vec<Scope>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(shell: Shell, command: Command) -> Result<(), Box<dyn std::error::Error>> {
    let Command::Create(args) = command;
    let shell = shell.with(args.data);
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    let may = shell_scope(Action::ManageTenants);
    if let Some(tenant) = &args.tenant
        && opened.store.system(&may).tenant(tenant).await?.is_none()
    {
        return Err(
            format!("there is no tenant `{tenant}`; make it with inlay tenant create").into()
        );
    }
    let all: &[Scope] = if args.operator { &Scope::ALL } else { &Scope::TENANT };
    if let Some(scope) = args.scopes.iter().find(|scope| !all.contains(scope)) {
        return Err(format!("`{}` is for operators", scope.name()).into());
    }
    let scopes: BTreeSet<Scope> =
        if args.scopes.is_empty() { all } else { &args.scopes }.iter().copied().collect();
    let client = NewClient { tenant: args.tenant.as_ref(), name: &args.name, scopes: &scopes };
    let (id, secret) = client.make(&opened.store, &may, &shell.clock, &shell.entropy).await?;
    let client = Client {
        client_id: id.to_string(),
        client_secret: Some(secret.reveal().to_owned()),
        kind: if args.operator { ClientKind::Operator } else { ClientKind::Tenant },
        tenant: args.tenant.map(|tenant| tenant.to_string()),
        name: args.name,
        scopes: scopes.into_iter().collect(),
        created_at: shell.clock.now().to_string(),
    };
    if args.json {
        println!("{}", serde_json::to_string(&client)?);
    } else {
        println!("client_id      {}", client.client_id);
        println!("client_secret  {}", secret.reveal());
        println!("The secret is not shown again.");
    }
    Ok(())
}

fn scope(name: &str) -> Result<Scope, String> {
    let known = || Scope::ALL.map(Scope::name).join(", ");
    Scope::parse(name).ok_or_else(|| format!("there is no scope `{name}`; known: {}", known()))
}
