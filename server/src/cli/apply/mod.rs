//! `inlay apply`: the model and dashboards out of files.

mod diff;
mod files;

use std::path::PathBuf;
use std::process::ExitCode;

use inlay_shared::Dashboard;
use serde_json::json;

use self::diff::Change;
use self::files::{Files, Layer};
use super::{Data, Shell, shell_scope};
use crate::app;
use crate::ids::TenantId;
use crate::policy::Action;
use crate::store::{ApplyError, ModelChange};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// YAML files, or folders of them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Apply them to this tenant alone; without it, to the deployment and so to all tenants.
    #[arg(long)]
    tenant: Option<TenantId>,
    /// Say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove declarations that are in none of the files. Dashboards are never removed.
    #[arg(long)]
    prune: bool,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(shell: Shell, args: Args) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut files = match Files::read(&args.files) {
        Ok(files) => files,
        Err(wrong) => return Ok(refused(&wrong, args.json)),
    };
    let Args { data, tenant, dry_run, prune, json, .. } = args;
    let shell = shell.with(data);
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    let may = shell_scope(Action::ManageTenants);
    let store = opened.store.system(&may);
    let old = store.declared_model(tenant.as_ref()).await?;
    let Layer { definition, dashboards } = files.layer(&old.definition, prune);
    let mut changes = diff::changes(&old.definition, &definition);
    for new in &dashboards {
        let old: Option<Dashboard> = store.declared_dashboard(tenant.as_ref(), &new.name).await?;
        changes.extend(diff::dashboard(old.as_ref(), new));
    }
    let change = ModelChange {
        definition: &definition,
        dashboards: &dashboards,
        expected: None,
        dry_run,
        now: shell.clock.now(),
    };
    match store.apply_model(tenant.as_ref(), &change).await {
        Ok(version) => {
            report(&version, &changes, dry_run, json);
            Ok(ExitCode::SUCCESS)
        }
        Err(ApplyError::Wrong(errors)) => {
            let mut wrong: Vec<String> = errors.iter().map(|error| files.locate(error)).collect();
            wrong.dedup();
            Ok(refused(&wrong, json))
        }
        Err(ApplyError::Breaks(broken)) => Ok(refused(&broken, json)),
        Err(ApplyError::UnknownTenant) => {
            let name = tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
            Ok(refused(&[format!("there is no tenant `{name}`")], json))
        }
        Err(error) => Err(error.into()),
    }
}

fn report(version: &str, changes: &[Change], dry_run: bool, json: bool) {
    if json {
        println!("{}", json!({"version": version, "dry_run": dry_run, "changes": changes}));
        return;
    }
    for change in changes {
        println!("{change}");
    }
    match (changes.is_empty(), dry_run) {
        (true, _) => println!("nothing changes; the model is version {version}"),
        (false, true) => println!("not applied (--dry-run); it would be version {version}"),
        (false, false) => println!("applied; the model is version {version}"),
    }
}

fn refused(wrong: &[String], json: bool) -> ExitCode {
    if json {
        println!("{}", json!({"errors": wrong}));
    } else {
        for line in wrong {
            eprintln!("{line}");
        }
        eprintln!("nothing was applied");
    }
    ExitCode::FAILURE
}
