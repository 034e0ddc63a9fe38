//! `inlay import`: files of events into the raw log, and from there into the lake.
//!
//! A file's columns are mapped to an event's fields by name; what is left becomes properties. Every
//! row takes the way of every other event: validated, deduplicated, refused into the dead letters. A
//! row without an id is given one by its place and content, so importing a file again adds nothing.

mod columns;
mod error;
mod event;
mod feed;
mod files;
mod rows;
mod value;

use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

pub(super) use error::ImportError;

use self::columns::Columns;
use self::feed::{Feed, Portion, Tally};
use super::{Data, Shell};
use crate::app;
use crate::ids::TenantId;
use crate::ingest::Ingest;

/// Portions that are read ahead.
const AHEAD: usize = 2;

/// Arguments of `inlay import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Files to read: `.csv`, `.jsonl` (or `.ndjson`), `.parquet`.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The tenant whose events these are.
    #[arg(long, conflicts_with = "tenant_column", required_unless_present = "tenant_column")]
    tenant: Option<TenantId>,
    /// The column that names each row's tenant.
    #[arg(long)]
    tenant_column: Option<String>,
    /// Takes a column as a field of the event, as in `event_time=time`; may be given many times.
    /// `properties.x` names a property.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// Leaves a column out; may be given many times.
    #[arg(long, value_name = "COLUMN")]
    skip: Vec<String>,
    /// Makes tenants that do not exist yet.
    #[arg(long)]
    create_tenants: bool,
}

pub(super) async fn run(shell: Shell, args: Args) -> Result<ExitCode, ImportError> {
    let shell = shell.with(args.data);
    let columns = Columns::new(&args.map, &args.skip, args.tenant_column.as_deref())?;
    for file in &args.files {
        files::check(file)?;
    }
    let opened = app::open(&shell.config, &shell.clock, &shell.entropy).await?;
    let watch = shell.clock.stopwatch();
    let ingest = Ingest::new(opened.store.clone(), shell.clock.clone(), shell.entropy.clone())
        .with_geo(app::geo(&shell.config)?);
    let mut feed =
        Feed::new(opened.store, ingest, opened.lake, shell.clock.clone(), args.create_tenants);
    let bar = progress();
    for file in args.files {
        let (send, mut portions) = mpsc::channel::<Portion>(AHEAD);
        let (bar, columns, tenant) = (bar.clone(), columns.clone(), args.tenant.clone());
        let read = tokio::task::spawn_blocking(move || {
            files::read(&file, columns, tenant.as_ref(), &bar, &|portion| {
                send.blocking_send(portion).is_ok()
            })
        });
        let mut fed = Ok(());
        while let Some(portion) = portions.recv().await {
            fed = feed.take(portion).await;
            if fed.is_err() {
                break;
            }
        }
        // The reader notices that nobody listens any more, and ends.
        drop(portions);
        let read = read.await.map_err(|_| ImportError::Interrupted)?;
        fed?;
        read?;
    }
    bar.set_message("into columns");
    feed.flush().await?;
    bar.finish_and_clear();
    let tally = &feed.tally;
    println!("{}", summary(tally, watch.elapsed_ms() / 1e3));
    let nothing = tally.accepted + tally.duplicates == 0 && tally.rejected() > 0;
    Ok(if nothing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Drawn to a terminal only: a log file gets the summary alone.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>24} [{bar:32}] {percent:>3} % {elapsed}")
        .expect("the template is constant")
        .progress_chars("=> ");
    ProgressBar::new(0).with_style(style)
}

fn summary(tally: &Tally, seconds: f64) -> String {
    let mut text = format!(
        "imported {} events for {} in {seconds:.1} s, {} duplicates, {} rejected",
        tally.accepted,
        if tally.tenants == 1 {
            "1 tenant".to_owned()
        } else {
            format!("{} tenants", tally.tenants)
        },
        tally.duplicates,
        tally.rejected(),
    );
    if tally.rejected() > 0 {
        let codes: Vec<String> =
            tally.codes.iter().map(|(code, count)| format!("{code} {count}")).collect();
        text.push_str(&format!(" ({}; see the dead letters)", codes.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests;
