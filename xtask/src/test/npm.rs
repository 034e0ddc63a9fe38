//! Packages of npm that the browser tests hold our pages against, in the very versions of
//! `tests/npm/package-lock.json`. Nothing of them is shipped.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::packages;
use crate::workspace::{builds, find_program, root, show, succeed};

const REQUEST: &str = "the browser tests need Node.js with npm in the search path. Debian: `apt-get \
                       install nodejs npm`; macOS: `brew install node`";

/// Makes sure that they are there, and returns their folder.
pub(crate) fn ensure() -> Result<PathBuf> {
    let wanted = root().join("tests/npm");
    let folder = builds().join("tools/npm");
    let read = |path: PathBuf| fs::read(path).unwrap_or_default();
    // Written last, so it says that everything before it worked.
    let done = folder.join("installed.json");
    if read(done.clone()) == read(wanted.join("package-lock.json")) {
        return Ok(folder);
    }
    if find_program("npm").is_none() {
        packages::install(&["nodejs", "npm"], REQUEST)?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(wanted.join(name), folder.join(name))
            .with_context(|| format!("tests/npm/{name}"))?;
    }
    let mut command = Command::new("npm");
    command.current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    eprintln!("{}", show(&command));
    succeed(&mut command)?;
    fs::copy(wanted.join("package-lock.json"), &done).context("the folder of tools is full")?;
    Ok(folder)
}
