//! Browsers and their drivers for the browser tests, installed where that is possible.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{npm, packages};
use crate::workspace::{builds, find_program, show, succeed};

/// A browser engine in which the suite is run.
pub(crate) struct Engine {
    /// The step's name, as `--only` takes it.
    pub(crate) step: &'static str,
    /// What `INLAY_ENGINE` says to the tests.
    pub(crate) name: &'static str,
    /// Of each list one program must be in the search path.
    programs: &'static [&'static [&'static str]],
    packages: &'static [&'static str],
}

/// Every test is run in Chromium first: it has the browser's log, so its failures say most.
pub(crate) const ENGINES: [Engine; 3] = [
    Engine {
        step: "browser",
        name: "chromium",
        programs: &[&["chromium", "chromium-browser", "google-chrome"], &["chromedriver"]],
        // With the fonts of the pictures that are kept.
        packages: &["chromium", "chromium-driver", "fonts-liberation", "fonts-dejavu-core"],
    },
    Engine {
        step: "firefox",
        name: "firefox",
        programs: &[&["firefox-esr", "firefox"]],
        packages: &["firefox-esr"],
    },
    Engine {
        step: "webkit",
        name: "webkit",
        programs: &[&["WebKitWebDriver"], &["Xvfb"]],
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

/// Firefox's driver is in no distribution's packages; this is the version of the registry.
const GECKODRIVER: &str = "0.37.1";

/// Makes sure that there is a Chromium and the driver of the same version.
pub(crate) fn ensure() -> Result<()> {
    ENGINES[0].ensure()
}

impl Engine {
    /// Makes sure that the browser and its driver are there.
    pub(crate) fn ensure(&self) -> Result<()> {
        if self.is_there() {
            return Ok(());
        }
        packages::install(self.packages, &self.request())?;
        if self.is_there() { Ok(()) } else { bail!("{}", self.request()) }
    }

    /// What the tests must know beyond the engine's name.
    pub(crate) fn variables(&self) -> Result<Vec<(&'static str, PathBuf)>> {
        let mut variables =
            vec![("INLAY_ENGINE", PathBuf::from(self.name)), ("INLAY_NPM", npm::ensure()?)];
        if self.name == "firefox" {
            variables.push(("INLAY_GECKODRIVER", geckodriver()?));
        }
        Ok(variables)
    }

    fn is_there(&self) -> bool {
        let any = |names: &&[&str]| names.iter().any(|name| find_program(name).is_some());
        self.programs.iter().all(any)
    }

    fn request(&self) -> String {
        let programs: Vec<_> = self.programs.iter().map(|names| names.join(" or ")).collect();
        format!(
            "the tests in {} need {} in the search path. Debian: `apt-get install {}`; elsewhere the \
             packages have similar names. `--only` with the names of other steps runs those alone",
            self.name,
            programs.join(" and "),
            self.packages.join(" "),
        )
    }
}

/// The driver of Firefox: of the search path, or compiled once into the folder of builds.
fn geckodriver() -> Result<PathBuf> {
    if let Some(found) = find_program("geckodriver") {
        return Ok(found);
    }
    let tools = builds().join("tools");
    let program = tools.join("bin/geckodriver");
    if !program.is_file() {
        // The folder of the sources names a toolchain and settings of its own.
        let mut command = Command::new("cargo");
        command.current_dir(std::env::temp_dir());
        command.args(["install", "geckodriver", "--version", GECKODRIVER, "--locked", "--root"]);
        command.arg(&tools).env("CARGO_TARGET_DIR", tools.join("build"));
        eprintln!("{}", show(&command));
        succeed(&mut command).context("Firefox's driver could not be compiled")?;
        // Nothing of it is built a second time.
        drop(std::fs::remove_dir_all(tools.join("build")));
    }
    Ok(program)
}
