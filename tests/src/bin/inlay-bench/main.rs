//! The benchmark: every figure of the budget table, measured on a real server over HTTP, and DuckDB on
//! the same files in the same run. `cargo xtask bench` builds it and calls it.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures the time of the wall")]

mod crowd;
mod data;
mod figure;
mod paint;
mod panels;
mod rates;
mod server;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

use self::data::Shape;
use self::figure::Figures;
use self::panels::uncached;
use self::server::Folder;

/// Measures Inlay.
#[derive(Debug, Parser)]
#[command(name = "inlay-bench")]
struct Options {
    /// Prints a JSON object a figure
    #[arg(long)]
    json: bool,
    /// A tenth of the events and of the tenants: minutes less, and no budget means anything
    #[arg(long)]
    quick: bool,
    /// Also a tenant of a hundred million events
    #[arg(long)]
    large: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Ask about what an earlier run imported, for `panels` and `fairness`
    #[arg(long)]
    reuse: bool,
    /// A folder for data; about 3 GB
    #[arg(long)]
    work: PathBuf,
    /// A Python with DuckDB's package
    #[arg(long)]
    python: PathBuf,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The six panels, beside DuckDB, and panel answers a second
    Panels,
    /// How time and memory grow with a tenant's events
    Growth,
    /// Events a second
    Events,
    /// Sessions a second
    Sessions,
    /// Many tenants
    Crowd,
    /// One tenant beside another that floods
    Fairness,
    /// The first chart in a browser
    Paint,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let figures = Figures::new(options.json);
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    std::fs::create_dir_all(&options.work)?;
    if wanted(Part::Paint) {
        paint::tell(&figures).await?;
    }
    if wanted(Part::Panels) || wanted(Part::Fairness) {
        many_tenants(&options, &figures, &wanted).await?;
    }
    if wanted(Part::Growth) {
        growth(&options, &figures).await?;
    }
    if wanted(Part::Events) || wanted(Part::Sessions) {
        let folder = Folder::new(options.work.join("rates"))?;
        let server = folder.serve().await;
        if wanted(Part::Events) {
            rates::events(&figures, &server).await?;
        }
        if wanted(Part::Sessions) {
            rates::sessions(&figures, &server).await?;
        }
    }
    if wanted(Part::Crowd) {
        for tenants in if options.quick { [1, 100, 1_000] } else { [1, 100, 10_000] } {
            let folder = Folder::new(options.work.join("crowd"))?;
            crowd::writing(&figures, &folder, tenants).await?;
        }
    }
    Ok(())
}

/// Ten million events of 200 tenants through the real import; then the first and the 100th tenant.
async fn many_tenants(
    options: &Options,
    figures: &Figures,
    wanted: &impl Fn(Part) -> bool,
) -> Result<()> {
    let path = options.work.join("panels");
    let folder = if options.reuse && path.is_dir() {
        Folder::again(path)
    } else {
        let rows = if options.quick { 1_000_000 } else { 10_000_000 };
        let shape = Shape { rows, tenants: 200, top_share: 0.1, prefix: "t", seed: 42 };
        let file = options.work.join(format!("events-{rows}.parquet"));
        if !file.is_file() {
            data::write(&file, &shape)?;
        }
        // DuckDB reads the rows, and so must we: rollups are measured by `growth`.
        let folder = Folder::without_rollups(path)?;
        let seconds = folder.import(&file, &["t1", "t2", "t100"])?;
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 rows")]
        figures.tell("imported events a second, 200 tenants", rows as f64 / seconds, "/s");
        folder
    };
    let server = folder.serve().await;
    if wanted(Part::Panels) {
        panels::tell(figures, &server, folder.path(), &options.python, "t1", true).await?;
        panels::tell(figures, &server, folder.path(), &options.python, "t100", false).await?;
        rates::panels(figures, &server.tenant("t1").await).await?;
    }
    if wanted(Part::Fairness) {
        crowd::fairness(figures, &server, "t2", "t1").await?;
    }
    let (now, most) = server.memory()?;
    figures.tell("memory after these", now / 1e6, "MB");
    figures.tell("the most that it ever was", most / 1e6, "MB");
    Ok(())
}

/// One tenant of 0.1, 1, 10 (and 100) million events: the six panels with all users counted, then with
/// estimates of them where rollups help, and the memory.
async fn growth(options: &Options, figures: &Figures) -> Result<()> {
    let mut sizes = vec![100_000, 1_000_000];
    if !options.quick {
        sizes.push(10_000_000);
    }
    if options.large {
        sizes.push(100_000_000);
    }
    let mut of_a_million = 0.0;
    for rows in sizes {
        let shape = Shape { rows, tenants: 1, top_share: 1.0, prefix: "solo", seed: 7 };
        let file = options.work.join(format!("solo-{rows}.parquet"));
        if !file.is_file() {
            data::write(&file, &shape)?;
        }
        let folder = Folder::new(options.work.join("growth"))?;
        folder.import(&file, &["solo1"])?;
        let server = folder.serve().await;
        let tenant = server.tenant("solo1").await;
        for (estimated, how) in [(false, ""), (true, ", users estimated")] {
            let (times, medians) =
                uncached(&tenant, &format!("growth-{estimated}"), estimated).await?;
            for (panel, value) in panels::six(estimated).iter().zip(medians) {
                figures.tell(&format!("{}, {rows} events{how}", panel.name), value, "ms");
            }
            let name = format!("six panels together, {rows} events{how}");
            if estimated && rows == 1_000_000 {
                of_a_million = times.together;
            }
            if estimated && rows == 10_000_000 {
                figures.hold(&name, times.together, "ms", of_a_million * 2.0);
            } else {
                figures.tell(&name, times.together, "ms");
            }
        }
        let (_, most) = server.memory()?;
        figures.tell(&format!("most memory, {rows} events"), most / 1e6, "MB");
    }
    Ok(())
}
