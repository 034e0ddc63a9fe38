//! `cargo xtask run`: from a clean clone to a dashboard in a portal.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::native::{self, Reach};
use crate::{assets, workspace};

/// Builds the assets and the binary, then becomes the demo, which prints its addresses.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    assets::build()?;
    let binary = native::binary(&native::build(Reach::Binary)?)?;
    become_it(Command::new(binary).current_dir(workspace::root()).arg("demo").args(arguments))
}

/// Replaces this process, so that signals and the exit code are the demo's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).with_context(|| format!("could not start `{}`", workspace::show(command)))
}

/// Runs the demo to its end.
#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    let status = command
        .status()
        .with_context(|| format!("could not start `{}`", workspace::show(command)))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
