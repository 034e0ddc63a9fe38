//! Debian's packages, installed where that is possible.

use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::{ask, find_program, show, succeed};

/// Installs packages with apt-get. Where there is none, or it may not be called, `request` says what
/// is asked of the person.
pub(super) fn install(packages: &[&str], request: &str) -> Result<()> {
    let Some(prefix) = administrator() else { bail!("{request}") };
    let install = ["install", "--yes", "--no-install-recommends"];
    for arguments in [vec!["update"], [&install, packages].concat()] {
        let mut words = prefix.iter().copied().chain(["apt-get"]).chain(arguments);
        let mut command = Command::new(words.next().unwrap_or("apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        eprintln!("{}", show(&command));
        succeed(&mut command)?;
    }
    Ok(())
}

/// How apt-get may be called here without a question: directly, through sudo, or not at all.
fn administrator() -> Option<&'static [&'static str]> {
    find_program("apt-get")?;
    if ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(&[]);
    }
    ask(Command::new("sudo").args(["--non-interactive", "true"]))
        .map(|_| &["sudo", "--non-interactive"][..])
}
