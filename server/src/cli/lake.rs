//! `inlay lake files`, `inlay lake flush`: for programs that read a tenant's folder as it lies.

use std::io::Write as _;

use datafusion::arrow::array::RecordBatch;
use jiff::Timestamp;
use serde::Serialize;

use super::{Data, Shell};
use crate::app::{self, Opened};
use crate::ids::TenantId;
use crate::policy::{Action, Duty, Policy, Principal, TenantScope};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the live files: exactly those whose rows count, each event once.
    Files(Files),
    /// Write every accepted event into files now, so that the files have all of them.
    Flush(Flush),
}

#[derive(Debug, clap::Args)]
pub(super) struct Files {
    #[command(flatten)]
    data: Data,
    /// Whose files.
    #[arg(long)]
    tenant: TenantId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Flush {
    #[command(flatten)]
    data: Data,
    /// Whose events.
    #[arg(long)]
    tenant: TenantId,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listing {
    tenant: String,
    /// Events that are in no file yet; `inlay lake flush` writes them.
    pending: usize,
    files: Vec<File>,
}

/// A live file.
#[derive(Debug, Serialize)]
struct File {
    /// A path, or a URL of an object storage.
    path: String,
    rows: i64,
    bytes: i64,
    /// Time of the earliest event, RFC 3339.
    from: String,
    /// Time of the latest event, RFC 3339.
    to: String,
}

pub(super) async fn run(shell: Shell, command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Files(args) => files(shell.with(args.data), &args.tenant, args.json).await,
        Command::Flush(args) => {
            let (opened, scope) = open(shell.with(args.data), &args.tenant).await?;
            Ok(opened.lake.flush_now(&scope).await?)
        }
    }
}

async fn files(
    shell: Shell,
    tenant: &TenantId,
    json: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let (opened, scope) = open(shell, tenant).await?;
    let snapshot = opened.lake.snapshot(&scope).await?;
    let shown = |micros| Timestamp::from_microsecond(micros).map(|time| time.to_string());
    let mut files = Vec::new();
    for segment in snapshot.segments() {
        files.push(File {
            path: opened.lake.objects().address(&snapshot.path(segment)),
            rows: segment.rows,
            bytes: segment.bytes,
            from: shown(segment.min_time)?,
            to: shown(segment.max_time)?,
        });
    }
    let mut out = std::io::stdout().lock();
    if json {
        let pending = snapshot.tail().iter().map(RecordBatch::num_rows).sum();
        let listing = Listing { tenant: tenant.to_string(), pending, files };
        writeln!(out, "{}", serde_json::to_string(&listing)?)?;
    } else {
        for file in &files {
            writeln!(out, "{}", file.path)?;
        }
    }
    Ok(())
}

async fn open(
    shell: Shell,
    tenant: &TenantId,
) -> Result<(Opened, TenantScope), Box<dyn std::error::Error>> {
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    let who = Principal::Process(Duty::Shell);
    let may = super::shell_scope(Action::ReadTenants);
    if opened.store.system(&may).tenant(tenant).await?.is_none() {
        return Err(format!("there is no tenant `{tenant}`").into());
    }
    let scope = Policy::new()
        .tenant(&who, Action::ReadData, tenant)
        .expect("the policies let the shell act as the operator: tested");
    Ok((opened, scope))
}
