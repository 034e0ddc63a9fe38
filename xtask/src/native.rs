//! The one native build that `run`, `test` and `size` share.
//!
//! Two choices keep it one. The selection is always the whole workspace: cargo unites features over
//! the selected packages, so `--package inlay-server` here and `--workspace` there would compile
//! DataFusion twice. And the workspace's own crates are always compiled by clippy's driver, which is
//! the compiler with lints added: `cargo clippy` would type-check every dependency a second time,
//! because a checked dependency is another artifact than a built one.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::messages::{self, Build};
use crate::toolchain;
use crate::workspace::cargo;

/// How much of the workspace is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The binary and what it needs.
    Binary,
    /// Every library, binary and test.
    Everything,
}

/// Builds natively.
pub(crate) fn build(reach: Reach) -> Result<Build> {
    let mut command = call("build")?;
    match reach {
        Reach::Binary => command.args(["--bin", "inlay"]),
        Reach::Everything => command.arg("--all-targets"),
    };
    messages::build(&mut command)
}

/// The path of the binary in a finished build.
pub(crate) fn binary(build: &Build) -> Result<PathBuf> {
    build.executable("bin", "inlay").context("the build made no binary named `inlay`")
}

/// A call of cargo that shares the native build.
pub(crate) fn call(subcommand: &str) -> Result<Command> {
    let mut command = cargo();
    command
        .env("RUSTC_WORKSPACE_WRAPPER", toolchain::clippy_driver()?)
        .args([subcommand, "--workspace"]);
    Ok(command)
}
