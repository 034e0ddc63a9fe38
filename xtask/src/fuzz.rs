//! `cargo xtask fuzz`: random bytes against what reads bytes of strangers, with libFuzzer.
//!
//! Only this workspace's crates are watched for what the bytes reach, so the dependencies of the ordinary
//! build serve here too: the flags are added by this very program, which cargo calls in the place of the
//! compiler (`RUSTC_WORKSPACE_WRAPPER`).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::workspace::{self, show, succeed};
use crate::{assets, messages};

/// Says to this program that it is called as the compiler.
const AS_COMPILER: &str = "INLAY_FUZZ_COMPILER";
/// What libFuzzer needs to see: edges, comparisons, and where they are.
const WATCH: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// What to fuzz.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The targets; all of them, one after the other, if none is named
    targets: Vec<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Add what was found worth keeping to the committed corpus
    #[arg(long)]
    keep: bool,
}

/// Builds the targets and runs each for its time. A crash is a failure, and its bytes are kept.
pub(crate) fn fuzz(options: &Options) -> Result<ExitCode> {
    assets::build()?;
    let all = targets()?;
    let targets = if options.targets.is_empty() { &all } else { &options.targets };
    for target in targets {
        ensure!(
            all.contains(target),
            "there is no target `{target}`; there are {}",
            all.join(", ")
        );
    }
    let this = env::current_exe().context("this program's own file is unknown")?;
    let mut build = workspace::cargo();
    build
        .env("RUSTC_WORKSPACE_WRAPPER", this)
        .env(AS_COMPILER, "1")
        // The crates of this workspace only: the dependencies have levels of their own.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .args(["build", "--workspace", "--features", "inlay-fuzz/engine"]);
    for target in targets {
        // Nothing else is watched: it would be linked without what counts for the engine.
        build.args(["--bin", &format!("fuzz-{target}")]);
    }
    let build = messages::build(&mut build)?;
    for target in targets {
        let program = build
            .executable("bin", &format!("fuzz-{target}"))
            .context("the build made no such program")?;
        run(&program, target, options)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The names of the targets: each has a file.
fn targets() -> Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(workspace::root().join("tests/fuzz/targets"))? {
        let path = entry?.path();
        all.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    all.sort();
    Ok(all)
}

fn run(program: &Path, target: &str, options: &Options) -> Result<()> {
    let committed = workspace::root().join("tests/fuzz/corpus").join(target);
    let dictionary =
        workspace::root().join("tests/fuzz/dictionaries").join(target).with_extension("dict");
    let found: PathBuf = workspace::root().join("target/fuzz").join(target);
    fs::create_dir_all(&found)?;
    let mut command = Command::new(program);
    command
        .arg(format!("-max_total_time={}", options.seconds))
        .args(["-rss_limit_mb=2048", "-timeout=10", "-max_len=16384", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/crash-", found.display()))
        .arg(format!("-dict={}", dictionary.display()))
        .args([&found, &committed]);
    eprintln!("{}", show(&command));
    succeed(&mut command)?;
    if options.keep {
        // Merging keeps the fewest files that reach all that is reached.
        let merged = found.with_extension("merged");
        fs::create_dir_all(&merged)?;
        succeed(Command::new(program).arg("-merge=1").args([&merged, &committed, &found]))?;
        fs::remove_dir_all(&committed)?;
        copy(&merged, &committed)?;
        fs::remove_dir_all(&merged)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Becomes the compiler, if cargo called this program as one.
pub(crate) fn compiler() -> Option<ExitCode> {
    env::var_os(AS_COMPILER)?;
    let mut arguments = env::args_os().skip(1);
    let mut command = Command::new(arguments.next()?);
    let arguments: Vec<_> = arguments.collect();
    // A build script runs at once and is linked without the engine.
    let is_script = arguments
        .iter()
        .any(|argument| argument.to_str().is_some_and(|text| text.starts_with("build_script")));
    command.args(&arguments);
    let names_a_crate = arguments.iter().any(|argument| argument == "--crate-name");
    if names_a_crate && !is_script {
        command.args(WATCH);
    }
    let status = command.status().ok()?;
    Some(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
