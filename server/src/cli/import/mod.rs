//! `inlay import`: files of events into the raw log, and from there into the lake.
//!
//! The files are read by `ingest::import`; here they are opened, their tenants made, and the progress
//! shown.

mod error;
mod feed;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

pub(super) use error::ImportError;

use self::feed::Feed;
use super::{Data, Shell};
use crate::app;
use crate::ids::TenantId;
use crate::ingest::Ingest;
use crate::ingest::import::{Columns, Kind, Portion, Reading, Tally};

/// Portions that are read ahead.
const AHEAD: usize = 2;
/// Events of a portion: enough that each of many tenants has a good number in it.
const PORTION: usize = 50_000;

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
        open(file)?;
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
        bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
        let reading = reading(&file, &columns, args.tenant.clone())?;
        let read = tokio::task::spawn_blocking(move || {
            reading.run(&|portion| send.blocking_send(portion).is_ok())
        });
        let mut fed = Ok(());
        while let Some(portion) = portions.recv().await {
            let (done, of) = (portion.done, portion.of);
            fed = feed.take(portion).await;
            if fed.is_err() {
                break;
            }
            bar.set_length(of);
            bar.set_position(done);
        }
        // The reader notices that nobody listens any more, and ends.
        drop(portions);
        let read = read.await.map_err(|_| ImportError::Interrupted)?;
        fed?;
        read.map_err(|source| ImportError::Unreadable { path: file, source })?;
    }
    bar.set_message("into columns");
    feed.flush().await?;
    bar.finish_and_clear();
    let tally = &feed.tally;
    println!("{}", summary(tally, feed.tenants(), watch.elapsed_ms() / 1e3));
    let nothing = tally.accepted + tally.duplicates == 0 && tally.rejected() > 0;
    Ok(if nothing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The file, if it is there, and of a kind that can be read.
fn open(path: &Path) -> Result<(File, Kind), ImportError> {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let kind = Kind::of_extension(end).ok_or_else(|| ImportError::UnknownKind(path.to_owned()))?;
    let file =
        File::open(path).map_err(|source| ImportError::Closed { path: path.to_owned(), source })?;
    Ok((file, kind))
}

fn reading(
    path: &Path,
    columns: &Columns,
    tenant: Option<TenantId>,
) -> Result<Reading, ImportError> {
    let (file, kind) = open(path)?;
    Ok(Reading { file, kind, columns: columns.clone(), tenant, skip: 0, portion: PORTION })
}

/// Drawn to a terminal only: a log file gets the summary alone.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>24} [{bar:32}] {percent:>3} % {elapsed}")
        .expect("the template is constant")
        .progress_chars("=> ");
    ProgressBar::new(0).with_style(style)
}

fn summary(tally: &Tally, tenants: usize, seconds: f64) -> String {
    let mut text = format!(
        "imported {} events for {} in {seconds:.1} s, {} duplicates, {} rejected",
        tally.accepted,
        if tenants == 1 { "1 tenant".to_owned() } else { format!("{tenants} tenants") },
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
