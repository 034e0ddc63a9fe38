//! What was done, how long it took, and how it ended.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Tally;

/// The steps so far.
pub(crate) struct Report {
    only: Vec<String>,
    steps: Vec<Step>,
    missed: Vec<String>,
}

struct Step {
    name: String,
    took: Duration,
    tally: Tally,
    failed: bool,
}

impl Report {
    /// A report of the steps of these names, or of all if there are none.
    pub(crate) fn new(only: &[String]) -> Self {
        Self { only: only.to_vec(), steps: Vec::new(), missed: Vec::new() }
    }

    /// Whether anything but these steps was asked for.
    pub(crate) fn wants_beyond(&self, names: &[&str]) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| !names.contains(&name.as_str()))
    }

    /// Does a step if it was asked for.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<Tally>) {
        if self.only.is_empty() || self.only.iter().any(|wanted| wanted == name) {
            self.always(name, work);
        }
    }

    /// Does a step that others need.
    pub(crate) fn always(&mut self, name: &str, work: impl FnOnce() -> Result<Tally>) {
        println!("\n── {name}");
        let start = now();
        let (mut tally, failed) = match work() {
            Ok(tally) => (tally, tally.failed > 0),
            Err(error) => {
                eprintln!("error: {error:#}");
                (Tally::default(), true)
            }
        };
        if failed && tally.failed == 0 {
            tally.failed = 1;
        }
        let took = start.elapsed();
        println!("── {name}: {} in {:.1} s", outcome(failed), took.as_secs_f64());
        self.steps.push(Step { name: name.to_owned(), took, tally, failed });
    }

    /// Notes that something could not be done at all.
    pub(crate) fn missed(&mut self, what: &str) {
        self.missed.push(what.to_owned());
    }

    /// Prints the steps, and the sum as the last line.
    pub(crate) fn finish(mut self) -> ExitCode {
        for name in &self.only {
            if !self.steps.iter().any(|step| step.name == *name) && self.missed.is_empty() {
                self.missed.push(format!("there is no step `{name}`"));
                break;
            }
        }
        let mut total = Tally::default();
        println!();
        for Step { name, took, tally, failed } in &self.steps {
            total += *tally;
            let tests = if tally.passed > 0 { tally.to_string() } else { String::new() };
            let line =
                format!("{name:<12}{:<8}{:>8.1} s  {tests}", outcome(*failed), took.as_secs_f64());
            println!("{}", line.trim_end());
        }
        for what in &self.missed {
            println!("{what}");
        }
        if !self.missed.is_empty() && total.failed == 0 {
            total.failed = 1;
        }
        println!("{total}");
        if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn outcome(failed: bool) -> &'static str {
    if failed { "FAILED" } else { "ok" }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a person reads how long a step took; nothing depends on it"
)]
fn now() -> Instant {
    Instant::now()
}
