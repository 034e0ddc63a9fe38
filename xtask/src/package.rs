//! `cargo xtask build`: one file to copy to a server.

use std::process::ExitCode;

use anyhow::Result;

use crate::{assets, messages, native, workspace};

/// Builds the release binary with the assets inside, and prints its path as the last line.
///
/// The selection is the whole workspace, as everywhere: what is shipped has the very features that
/// were tested. The plain compiler does it, without the lints.
pub(crate) fn build() -> Result<ExitCode> {
    assets::build()?;
    let build = messages::build(workspace::cargo().args([
        "build",
        "--release",
        "--workspace",
        "--bin",
        "inlay",
    ]))?;
    println!("{}", native::binary(&build)?.display());
    Ok(ExitCode::SUCCESS)
}
