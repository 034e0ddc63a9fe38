//! Python with virtual environments, for the tests in which other programs read the lake and for the
//! benchmark; installed where that is possible.

use std::process::Command;

use anyhow::{Result, bail};

use super::packages;
use crate::workspace::ask;

/// Makes sure that `python3 -m venv` works.
pub(crate) fn ensure() -> Result<()> {
    const REQUEST: &str = "the tests in which other programs read the lake, and the benchmark, need \
                           Python 3 with venv. Debian: `apt-get install python3-venv`; elsewhere it \
                           comes with Python";
    if is_there() {
        return Ok(());
    }
    packages::install(&["python3-venv"], REQUEST)?;
    if is_there() { Ok(()) } else { bail!(REQUEST) }
}

/// Debian has the module `venv` without what it needs to make an environment with pip.
fn is_there() -> bool {
    ask(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_some()
}
