//! `cargo xtask tidy`: the rules of the house that no compiler checks. One file per rule; each says
//! its reason in its message, so that whoever trips over it need not look it up.

mod code;
mod crates;
mod floors;
mod length;
mod links;
mod machine_paths;
mod markup;
mod module_doc;
mod sql;
mod tree;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use tree::Tree;

use crate::workspace;

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[(&str, Rule)] = &[
    ("floors", floors::check),
    ("crates", crates::check),
    ("length", length::check),
    ("markup", markup::check),
    ("module-doc", module_doc::check),
    ("sql", sql::check),
    ("links", links::check),
    ("machine-paths", machine_paths::check),
];

/// Checks every rule and prints what breaks them.
pub(crate) fn tidy() -> Result<ExitCode> {
    let findings = findings()?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("tidy: {} rules hold", RULES.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("tidy: {} breaches", findings.len());
    Ok(ExitCode::FAILURE)
}

/// Every breach of every rule in this repository.
pub(crate) fn findings() -> Result<Vec<Finding>> {
    let tree = Tree::read(&workspace::root())?;
    let mut findings = Vec::new();
    for (name, rule) in RULES {
        for mut finding in rule(&tree) {
            finding.message.push_str(&format!(" [{name}]"));
            findings.push(finding);
        }
    }
    findings.sort();
    Ok(findings)
}
