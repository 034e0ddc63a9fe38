//! Which crate of the workspace may use which.

use super::Finding;
use super::tree::Tree;

/// Folder, package, and the packages of this workspace that it may use.
const EDGES: &[(&str, &str, &[&str], &str)] = &[
    ("shared", "inlay-shared", &[], "both sides speak through it, so it knows neither"),
    ("widget", "inlay-widget", &["inlay-shared"], "it runs in a browser and knows only the wire"),
    ("server", "inlay-server", &["inlay-shared"], "it serves the widget as bytes, never as code"),
    (
        "tests",
        "inlay-tests",
        &["inlay-shared", "inlay-server"],
        "they go through the public door, where the widget is a file that a browser loads",
    ),
    (
        "tests/fuzz",
        "inlay-fuzz",
        &["inlay-shared", "inlay-server"],
        "it gives random bytes to what reads them, and needs nothing else",
    ),
    ("xtask", "xtask", &[], "it must build in seconds, before anything else does"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, package, allowed, reason) in EDGES {
        let path = format!("{folder}/Cargo.toml");
        let Some(manifest) = tree.text(&path) else { continue };
        for (line, text) in dependency_lines(manifest) {
            for (_, other, ..) in EDGES {
                if other != package && !allowed.contains(other) && names(text, other) {
                    let message = format!("`{package}` may not use `{other}`: {reason}");
                    findings.push(Finding::new(&path, line, message));
                }
            }
        }
    }
    findings
}

/// The lines of a manifest that are in, or open, a section of dependencies of any kind.
fn dependency_lines(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    manifest.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        }
        inside.then_some((index + 1, line))
    })
}

/// Whether a line names a package: as the key, as `package = "…"`, or in the section's own title.
fn names(line: &str, package: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.split(|c| !is_part(c)).any(|word| word == package)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, manifest: &str) -> usize {
        check(&Tree::of(&[(path, manifest)])).len()
    }

    #[test]
    fn the_edges_of_the_house_are_allowed() {
        assert_eq!(
            breaches("widget/Cargo.toml", "[dependencies]\ninlay-shared.workspace = true\n"),
            0
        );
        assert_eq!(breaches("shared/Cargo.toml", "[package]\nname = \"inlay-shared\"\n"), 0);
        assert_eq!(
            breaches("tests/Cargo.toml", "[dependencies]\ninlay-server.workspace = true\n"),
            0
        );
    }

    #[test]
    fn every_other_edge_is_refused_in_whatever_form() {
        assert_eq!(breaches("shared/Cargo.toml", "[dev-dependencies]\ninlay-server = {}\n"), 1);
        assert_eq!(
            breaches("widget/Cargo.toml", "[target.'cfg(unix)'.dependencies.inlay-server]\n"),
            1
        );
        let renamed = "[dependencies]\nother = { package = \"inlay-widget\", path = \"x\" }\n";
        assert_eq!(breaches("server/Cargo.toml", renamed), 1);
        assert_eq!(
            breaches("xtask/Cargo.toml", "[dependencies]\ninlay-shared.workspace = true\n"),
            1
        );
    }
}
