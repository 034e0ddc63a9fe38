//! What cargo says while it builds: the diagnostics go on to the person, the files and the number
//! of warnings to the caller.

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::workspace::show;

/// What one call of cargo built.
#[derive(Default)]
pub(crate) struct Build {
    /// Every file that came out, of this workspace and of its dependencies.
    pub(crate) artifacts: Vec<Artifact>,
    /// How many warnings this workspace's own code has. Cargo repeats them on a fresh build, too.
    pub(crate) warnings: usize,
}

/// One compiled target.
#[derive(Deserialize)]
pub(crate) struct Artifact {
    pub(crate) target: Target,
    pub(crate) filenames: Vec<PathBuf>,
    pub(crate) executable: Option<PathBuf>,
}

/// Which target it was.
#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-artifact")]
    Built(Artifact),
    #[serde(rename = "compiler-message")]
    Said { message: Diagnostic },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<serde::de::IgnoredAny>,
}

/// Runs a building call of cargo to its end and collects what it made.
///
/// Arguments for the compiler (after `--`) cannot be in the command yet: the message format is
/// appended here.
pub(crate) fn build(command: &mut Command) -> Result<Build> {
    let shown = show(command);
    let coloured = std::io::stderr().is_terminal();
    let format = if coloured { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut child = command
        .args(["--message-format", format])
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{shown}`"))?;
    let stdout = child.stdout.take().expect("the standard output was asked for as a pipe");
    let mut build = Build::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.context("cargo's messages broke off")?;
        match serde_json::from_str(&line) {
            Ok(Message::Built(artifact)) => build.artifacts.push(artifact),
            Ok(Message::Said { message }) => build.tell(&message),
            Ok(Message::Other) | Err(_) => {}
        }
    }
    let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(build)
}

impl Build {
    fn tell(&mut self, diagnostic: &Diagnostic) {
        if let Some(text) = &diagnostic.rendered {
            eprint!("{text}");
        }
        // The closing "3 warnings emitted" is a warning without a place.
        if diagnostic.level == "warning" && !diagnostic.spans.is_empty() {
            self.warnings += 1;
        }
    }

    /// The executable of the binary or test of that name.
    pub(crate) fn executable(&self, kind: &str, name: &str) -> Option<PathBuf> {
        let wanted =
            |a: &&Artifact| a.target.name == name && a.target.kind.iter().any(|k| k == kind);
        // The unit tests of a binary are an executable of the same name and kind, in `deps`.
        self.artifacts
            .iter()
            .filter(wanted)
            .filter_map(|a| a.executable.clone())
            .find(|path| path.parent().is_some_and(|folder| !folder.ends_with("deps")))
    }

    /// The names of the targets of one kind, in the order of their names.
    pub(crate) fn names(&self, kind: &str) -> Vec<String> {
        let mut names: Vec<_> = self
            .artifacts
            .iter()
            .filter(|a| a.executable.is_some() && a.target.kind.iter().any(|k| k == kind))
            .map(|a| a.target.name.clone())
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(kind: &str, name: &str, executable: &str) -> Artifact {
        Artifact {
            target: Target { name: name.into(), kind: vec![kind.into()] },
            filenames: Vec::new(),
            executable: Some(executable.into()),
        }
    }

    #[test]
    fn the_binary_is_told_from_its_unit_tests() {
        let build = Build {
            artifacts: vec![
                artifact("bin", "inlay", "/t/debug/deps/inlay-1f"),
                artifact("bin", "inlay", "/t/debug/inlay"),
                artifact("test", "api", "/t/debug/deps/api-2e"),
            ],
            warnings: 0,
        };
        assert_eq!(build.executable("bin", "inlay"), Some("/t/debug/inlay".into()));
        assert_eq!(build.names("test"), ["api"]);
    }

    #[test]
    fn a_warning_counts_and_the_sum_of_warnings_does_not() {
        let mut build = Build::default();
        for line in [
            r#"{"reason":"compiler-message","message":{"level":"warning","rendered":null,"spans":[{}]}}"#,
            r#"{"reason":"compiler-message","message":{"level":"warning","rendered":null,"spans":[]}}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ] {
            if let Ok(Message::Said { message }) = serde_json::from_str(line) {
                build.tell(&message);
            }
        }
        assert_eq!(build.warnings, 1);
    }
}
