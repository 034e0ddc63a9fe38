//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest.
//!
//! A failure does not stop what does not depend on it. The last line is the sum of all tests; a
//! check that is no test counts as one failure when it fails, so that the line never looks better
//! than the run was.

mod browser;
mod npm;
mod packages;
mod python;
mod report;
mod suite;
mod tally;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;

use crate::messages::Build;
use crate::native::{self, Reach};
use crate::toolchain::{self, WASM};
use crate::{assets, messages, tidy, workspace};
use report::Report;
use suite::Suite;
use tally::Tally;

pub(crate) use browser::ensure as ensure_browser;
pub(crate) use python::ensure as ensure_python;

#[derive(Args)]
pub(crate) struct Options {
    /// Only these: fmt, tidy, lint, unit, doc, a suite such as api, or an engine: browser, firefox, webkit (may be given repeatedly)
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Arguments for the test programs, such as part of a test's name
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs everything that was asked for and says how it went.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    let mut report = Report::new(&options.only);
    report.check("fmt", format);
    report.check("tidy", tidied);
    if report.wants_beyond(&["fmt", "tidy"]) {
        report.always("assets", || assets::build().map(|_| Tally::default()));
        let mut built = None;
        report.always("build", || {
            let build = native::build(Reach::Everything)?;
            built = Some(build);
            Ok(Tally::default())
        });
        report.check("lint", || lint(built.as_ref()));
        match &built {
            Some(build) => run_tests(&mut report, build, &options.args)?,
            None => report.missed("the tests did not run: the build failed"),
        }
    }
    Ok(report.finish())
}

fn run_tests(report: &mut Report, build: &Build, arguments: &[String]) -> Result<()> {
    let binary = native::binary(build)?;
    report.check("unit", || Suite::units().run(&binary, arguments));
    report.check("doc", || Suite::docs().run(&binary, arguments));
    for name in suite::in_order(build.names("test")) {
        if name == "browser" {
            for engine in &browser::ENGINES {
                report.check(engine.step, || {
                    engine.ensure()?;
                    Suite::named(&name).with(engine.variables()?).run(&binary, arguments)
                });
            }
            continue;
        }
        report.check(&name, || {
            if name == "lake" {
                python::ensure()?;
            }
            Suite::named(&name).run(&binary, arguments)
        });
    }
    Ok(())
}

fn format() -> Result<Tally> {
    toolchain::ensure_rustfmt()?;
    workspace::succeed(workspace::cargo().args(["fmt", "--all", "--", "--check"]))?;
    Ok(Tally::default())
}

fn tidied() -> Result<Tally> {
    let findings = tidy::findings()?;
    for finding in &findings {
        println!("{finding}");
    }
    ensure!(findings.is_empty(), "{} breaches of the rules of the house", findings.len());
    Ok(Tally::default())
}

/// The lints of the native code came with its build. The widget's other half exists only for the
/// browser: it is checked against the artifacts that the assets were built with.
fn lint(native: Option<&Build>) -> Result<Tally> {
    let mut command = workspace::cargo();
    command
        .env("RUSTC_WORKSPACE_WRAPPER", toolchain::clippy_driver()?)
        .env(assets::flags_variable(), assets::flags())
        .args(["check", "--package", "inlay-widget", "--profile", "widget", "--target", WASM]);
    let browser = messages::build(&mut command)?;
    let warnings = browser.warnings + native.map_or(0, |build| build.warnings);
    ensure!(warnings == 0, "{warnings} warnings, shown above; here each is an error");
    Ok(Tally::default())
}
