//! One call of `cargo test`: its output shown as it comes, its tests counted.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Tally;
use crate::{native, workspace};

/// The suites that come first, the quicker and more basic before the others.
const ORDER: &[&str] = &["contract", "api", "isolation", "kill"];

/// A suite that prints nothing for so long is stuck. The longest test takes two minutes.
const SILENCE: Duration = Duration::from_secs(900);

/// Which tests are run.
pub(crate) struct Suite {
    selection: Vec<String>,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Suite {
    /// The unit tests of every crate.
    pub(crate) fn units() -> Self {
        Self { selection: vec!["--lib".into(), "--bins".into()], variables: Vec::new() }
    }

    /// The examples in the documentation.
    pub(crate) fn docs() -> Self {
        Self { selection: vec!["--doc".into()], variables: Vec::new() }
    }

    /// A test file of the crate of end-to-end tests.
    pub(crate) fn named(name: &str) -> Self {
        Self { selection: vec!["--test".into(), name.into()], variables: Vec::new() }
    }

    /// With these variables in the tests' environment.
    pub(crate) fn with(mut self, variables: Vec<(&'static str, PathBuf)>) -> Self {
        self.variables = variables;
        self
    }

    /// Runs the tests. They find the built binary in `INLAY_BIN`.
    pub(crate) fn run(&self, binary: &Path, arguments: &[String]) -> Result<Tally> {
        let mut command = native::call("test")?;
        // Cargo would repeat every warning for every suite; as messages they can be left out.
        command.args(&self.selection).args(["--no-fail-fast", "--message-format", "json", "--"]);
        command.args(arguments);
        command
            .env("INLAY_BIN", binary)
            .envs(self.variables.iter().cloned())
            .stdout(Stdio::piped());
        let shown = workspace::show(&command);
        let mut child = command.spawn().with_context(|| format!("could not start `{shown}`"))?;
        let stdout = child.stdout.take().expect("the standard output was asked for as a pipe");
        let (print, printed) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n') {
                let broken = line.is_err();
                if print.send(line).is_err() || broken {
                    break;
                }
            }
        });
        let mut total = Tally::default();
        loop {
            let line = match printed.recv_timeout(SILENCE) {
                Ok(line) => line.context("the tests' output broke off")?,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let minutes = SILENCE.as_secs() / 60;
                    eprintln!(
                        "error: `{shown}` printed nothing for {minutes} minutes and was ended"
                    );
                    end(&mut child);
                    total.failed += 1;
                    return Ok(total);
                }
            };
            let line = String::from_utf8_lossy(&line);
            if line.starts_with("{\"reason\":") {
                continue;
            }
            println!("{line}");
            total += Tally::of_line(&line);
        }
        let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
        // A program that dies does not sum itself up.
        if !status.success() && total.failed == 0 {
            eprintln!("error: `{shown}` ended with {status}");
            total.failed = 1;
        }
        Ok(total)
    }
}

/// Ends cargo and the test program that it started, which would go on without it.
fn end(cargo: &mut Child) {
    let started = format!("/proc/{id}/task/{id}/children", id = cargo.id());
    let started = std::fs::read_to_string(started).unwrap_or_default();
    for id in started.split_whitespace() {
        drop(Command::new("kill").args(["-KILL", id]).status());
    }
    drop(cargo.kill());
    drop(cargo.wait());
}

/// Sorts the suites into the order in which they are run.
pub(crate) fn in_order(mut names: Vec<String>) -> Vec<String> {
    let place = |name: &String| ORDER.iter().position(|known| known == name);
    names.sort_by_key(|name| {
        // The browser comes last: it takes longest and shows what the others explain.
        (name == "browser", place(name).unwrap_or(ORDER.len()), name.clone())
    });
    names
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn the_browser_comes_last() {
        let names = ["api", "browser", "contract", "durability"].map(String::from).to_vec();
        assert_eq!(in_order(names), ["contract", "api", "durability", "browser"]);
    }
}
