//! A browser and its driver for the browser tests, installed where that is possible.

use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::{ask, find_program, show, succeed};

const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const DRIVERS: &[&str] = &["chromedriver"];

/// Makes sure that there is a Chromium and the driver of the same version.
pub(crate) fn ensure() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    let Some(prefix) = administrator() else {
        bail!("{}", request());
    };
    for arguments in [
        &["update"][..],
        &["install", "--yes", "--no-install-recommends", "chromium", "chromium-driver"],
    ] {
        let mut words = prefix.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied());
        let mut command = Command::new(words.next().unwrap_or("apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        eprintln!("{}", show(&command));
        succeed(&mut command)?;
    }
    if is_there() { Ok(()) } else { bail!("{}", request()) }
}

fn is_there() -> bool {
    let any = |names: &[&str]| names.iter().any(|name| find_program(name).is_some());
    any(BROWSERS) && any(DRIVERS)
}

/// How apt-get may be called here without a question: directly, through sudo, or not at all.
pub(super) fn administrator() -> Option<&'static [&'static str]> {
    find_program("apt-get")?;
    if ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(&[]);
    }
    ask(Command::new("sudo").args(["--non-interactive", "true"]))
        .map(|_| &["sudo", "--non-interactive"][..])
}

fn request() -> String {
    format!(
        "the browser tests need Chromium and chromedriver of the same version in the search path \
         (one of {}, and {}). Debian: `apt-get install chromium chromium-driver`; Fedora: `dnf \
         install chromium chromedriver`; macOS: `brew install --cask chromium chromedriver`",
        BROWSERS.join(", "),
        DRIVERS.join(", "),
    )
}
