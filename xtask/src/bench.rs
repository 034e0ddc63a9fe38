//! `cargo xtask bench`: every figure of the budget table on a release build, with DuckDB beside it.
//!
//! The measuring is done by `inlay-bench` of the tests' crate, which speaks HTTP to the shipped binary. Here
//! is only what it needs: the build, a Python with DuckDB's package, and the sizes of what a browser loads.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde_json::json;

use crate::workspace::{ask, succeed};
use crate::{assets, messages, native, size, test, workspace};

/// DuckDB that Inlay is held against. Pinned, so that figures of different days compare.
const DUCKDB: &str = "duckdb==2.0.0";

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print one JSON object a figure instead of the table
    #[arg(long)]
    json: bool,
    /// A tenth of the events and tenants: quicker, and held against no budget that means anything
    #[arg(long)]
    quick: bool,
    /// Also a tenant of a hundred million events
    #[arg(long)]
    large: bool,
    /// Ask about what an earlier run imported, for panels and fairness
    #[arg(long)]
    reuse: bool,
    /// Only the hot functions, each by itself (criterion)
    #[arg(long, conflicts_with_all = ["json", "quick", "large", "only"])]
    micro: bool,
    /// Only these parts: sizes, paint, panels, growth, events, sessions, crowd, fairness
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Builds, measures and prints. A missed budget is told, not a failure: machines differ.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    let folder = assets::build()?;
    if options.micro {
        // The whole workspace, so that the dependencies are those of the other release build.
        let mut command = workspace::cargo();
        succeed(command.args(["bench", "--workspace", "--bench", "hot"]))?;
        return Ok(ExitCode::SUCCESS);
    }
    let build = messages::build(workspace::cargo().args([
        "build",
        "--release",
        "--workspace",
        "--bin",
        "inlay",
        "--bin",
        "inlay-bench",
    ]))?;
    let binary = native::binary(&build)?;
    let bench = build
        .executable("bin", "inlay-bench")
        .context("the build made no binary named `inlay-bench`")?;
    let wanted = |part| options.only.is_empty() || options.only.iter().any(|name| name == part);
    if wanted("sizes") {
        for (name, bytes, budget) in size::brotli(&folder, &binary)? {
            tell(options.json, name, bytes, budget);
        }
    }
    let parts: Vec<&str> =
        options.only.iter().map(String::as_str).filter(|name| *name != "sizes").collect();
    if parts.is_empty() && !options.only.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if wanted("paint") {
        test::ensure_browser()?;
    }
    let work = workspace::root().join("target/bench");
    let python = if wanted("panels") { python(&work)? } else { PathBuf::from("python3") };
    let mut command = Command::new(bench);
    command.env("INLAY_BIN", binary).arg("--work").arg(&work).arg("--python").arg(python);
    for (flag, given) in [
        ("--json", options.json),
        ("--quick", options.quick),
        ("--large", options.large),
        ("--reuse", options.reuse),
    ] {
        if given {
            command.arg(flag);
        }
    }
    if !parts.is_empty() {
        command.args(["--only", &parts.join(",")]);
    }
    succeed(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(as_json: bool, name: &str, bytes: usize, budget: Option<usize>) {
    if as_json {
        let mut figure = json!({"name": name, "value": bytes, "unit": "B"});
        if let Some(budget) = budget {
            figure["budget"] = json!(budget);
        }
        println!("{figure}");
    } else {
        let budget = budget.map_or_else(String::new, |budget| format!(" budget {budget}"));
        println!("{name:<58}{bytes:>12} B         {budget}");
    }
}

/// A Python that has DuckDB: the machine's own, or one in a folder of ours.
fn python(work: &Path) -> Result<PathBuf> {
    let has = |python: &Path| ask(Command::new(python).args(["-c", "import duckdb"])).is_some();
    let ours = work.join("python/bin/python");
    for python in [PathBuf::from("python3"), ours.clone()] {
        if has(&python) {
            return Ok(python);
        }
    }
    test::ensure_python()?;
    std::fs::create_dir_all(work)?;
    succeed(Command::new("python3").args(["-m", "venv"]).arg(work.join("python")))?;
    succeed(Command::new(&ours).args(["-m", "pip", "install", "--quiet", DUCKDB]))?;
    Ok(ours)
}
