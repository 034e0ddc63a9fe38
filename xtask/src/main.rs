//! `cargo xtask …`: everything that is done to this repository, in one program that needs nothing
//! but git, a C toolchain and rustup.
//!
//! Each command is a module. What they share: one way to call cargo ([`workspace`]), one native
//! build ([`native`]), and one pipeline for the files a browser loads ([`assets`]).

mod assets;
mod bench;
mod fuzz;
mod messages;
mod native;
mod package;
mod run;
mod size;
mod test;
mod tidy;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Automation for this repository")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start the demo
    Run {
        /// Arguments for `inlay demo`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Check everything; the last line says how many tests passed and failed
    Test(test::Options),
    /// Check the rules of the house that no compiler checks
    Tidy,
    /// Show what a browser downloads until the first chart, against its budget
    Size {
        /// Print one JSON object instead of the table
        #[arg(long)]
        json: bool,
    },
    /// Measure every figure of the budget table on a release build, with DuckDB beside it
    Bench(bench::Options),
    /// Try random bytes on everything that reads bytes of strangers
    Fuzz(fuzz::Options),
    /// Build the release binary with the assets inside; the last line is its path
    Build,
    /// Build only what the browser loads, into `target/assets`
    #[command(hide = true)]
    Assets,
}

fn main() -> ExitCode {
    if let Some(code) = fuzz::compiler() {
        return code;
    }
    let outcome = match Cli::parse().command {
        Task::Run { args } => run::run(&args),
        Task::Test(options) => test::test(&options),
        Task::Tidy => tidy::tidy(),
        Task::Size { json } => size::size(json),
        Task::Bench(options) => bench::bench(&options),
        Task::Fuzz(options) => fuzz::fuzz(&options),
        Task::Build => package::build(),
        Task::Assets => assets::build().map(|_| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
