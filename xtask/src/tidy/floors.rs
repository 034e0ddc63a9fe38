//! The floors of `server/src`: an import points down, never up and never sideways.

use super::Finding;
use super::code::{Code, is_word};
use super::tree::Tree;

/// From the ground up. Folders of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["event"],
    &["policy", "model"],
    &["store"],
    &["access", "ingest", "lake", "records", "outbox", "embed"],
    &["query"],
    &["jobs"],
    &["api"],
    &["app"],
    &["demo"],
    &["cli"],
];

/// Stand on the ground: anyone may use them, and they use nothing of the floors.
const GROUND: &[&str] = &[
    "aside",
    "assets",
    "clock",
    "config",
    "contract",
    "entropy",
    "ids",
    "network",
    "origin",
    "problem",
    "telemetry",
    "turns",
];

/// Belong to no floor: the list of modules and the door.
const ROOTS: &[&str] = &["lib", "main"];

const SOURCE: &str = "server/src/";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Height {
    Ground,
    Floor(usize),
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut unknown = Vec::new();
    for (path, source) in tree.below(SOURCE, &[".rs"]) {
        let module = module_of(path);
        if ROOTS.contains(&module) {
            continue;
        }
        let Some(height) = height(module) else {
            if !unknown.contains(&module) {
                unknown.push(module);
                let message = format!(
                    "`{module}` has no floor, so nothing says what it may use: give it one in \
                     xtask/src/tidy/floors.rs"
                );
                findings.push(Finding::new(path, 1, message));
            }
            continue;
        };
        for (line, used) in uses(&Code::of(source).text, depth_of(path)) {
            let Some(other) = self::height(&used) else { continue };
            if used == module {
                continue;
            }
            let what = match (height, other) {
                (Height::Ground, Height::Ground) => continue,
                (here, there) if there < here => continue,
                (here, there) if there == here => "beside",
                _ => "above",
            };
            let message = format!(
                "`{module}` imports `{used}`, which is {what} it: imports point down, so that each \
                 floor can be understood, tested and moved without the ones above it"
            );
            findings.push(Finding::new(path, line, message));
        }
    }
    findings
}

fn height(module: &str) -> Option<Height> {
    if GROUND.contains(&module) {
        return Some(Height::Ground);
    }
    FLOORS.iter().position(|floor| floor.contains(&module)).map(Height::Floor)
}

/// `server/src/store/log.rs` and `server/src/store.rs` belong to `store`.
fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix(SOURCE).unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// How many `super::` lead from a file's module to the crate.
fn depth_of(path: &str) -> usize {
    let inside = path.strip_prefix(SOURCE).unwrap_or(path);
    inside.split('/').count() - usize::from(inside.ends_with("/mod.rs"))
}

/// The first name of every path from the crate's root, with its line: `crate::a::b`,
/// `crate::{a, b::c}`, and `super::…` as far up as the root.
fn uses(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut last = 0;
    for (at, _) in code.match_indices("::") {
        let before = code[..at].trim_end();
        let name = before.rsplit(|c| !is_word(c)).next().unwrap_or_default();
        let from_root = match name {
            "crate" => true,
            "super" => supers_before(before) >= depth,
            _ => false,
        };
        if from_root {
            line += code[last..at].matches('\n').count();
            last = at;
            heads(&code[at + 2..], line, &mut found);
        }
    }
    found
}

/// The number of `super` at the end of a path such as `super::super`.
fn supers_before(path: &str) -> usize {
    let mut rest = path;
    let mut count = 0;
    while let Some(shorter) = rest.strip_suffix("super") {
        count += 1;
        match shorter.trim_end().strip_suffix("::") {
            Some(shorter) => rest = shorter.trim_end(),
            None => break,
        }
    }
    count
}

/// The names at which a path goes on: one, or those of a group.
fn heads(rest: &str, mut line: usize, found: &mut Vec<(usize, String)>) {
    let trimmed = rest.trim_start();
    line += rest[..rest.len() - trimmed.len()].matches('\n').count();
    let Some(group) = trimmed.strip_prefix('{') else {
        let name: String = trimmed.chars().take_while(|c| is_word(*c)).collect();
        found.push((line, name));
        return;
    };
    let mut depth = 0;
    let mut name = String::new();
    let mut fresh = true;
    for character in group.chars() {
        let is_part = is_word(character) && depth == 0 && fresh;
        if is_part {
            name.push(character);
            continue;
        }
        if !name.is_empty() {
            found.push((line, std::mem::take(&mut name)));
            fresh = false;
        }
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            '\n' => line += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, source: &str) -> Vec<String> {
        check(&Tree::of(&[(path, source)])).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn an_import_may_point_down() {
        assert!(
            breaches("server/src/api/a.rs", "use crate::{query::Plan, store, clock::Clock};")
                .is_empty()
        );
        assert!(breaches("server/src/query/a.rs", "fn f(_: crate::lake::Lake) {}").is_empty());
        assert!(breaches("server/src/clock.rs", "use crate::config::Config;").is_empty());
        assert!(breaches("server/src/store/a.rs", "use crate::store::b;").is_empty());
        assert!(breaches("server/src/lib.rs", "use crate::api;").is_empty());
    }

    #[test]
    fn an_import_may_not_point_up_or_sideways() {
        let up = breaches("server/src/store/a.rs", "use crate::api::Handler;");
        assert!(up[0].contains("`store` imports `api`, which is above"));
        let beside = breaches("server/src/ingest/a.rs", "fn f() { crate::lake::flush() }");
        assert!(beside[0].contains("`ingest` imports `lake`, which is beside"));
        let ground = breaches("server/src/clock.rs", "use crate::policy::Scope;");
        assert!(ground[0].contains("above"));
    }

    #[test]
    fn groups_over_lines_are_read_with_their_lines() {
        let source = "use crate::{\n    clock::{Clock, query},\n    api::{a, b},\n    jobs,\n};\n";
        let found = check(&Tree::of(&[("server/src/query/a.rs", source)]));
        let lines: Vec<_> = found.iter().map(|f| f.line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn super_counts_as_far_as_the_root() {
        assert_eq!(breaches("server/src/store/a.rs", "use super::super::api::x;").len(), 1);
        assert_eq!(breaches("server/src/store/mod.rs", "use super::api::x;").len(), 1);
        assert!(breaches("server/src/store/a.rs", "use super::api::x;").is_empty());
    }

    #[test]
    fn comments_and_texts_import_nothing() {
        assert!(
            breaches("server/src/store/a.rs", "// crate::api\nlet a = \"crate::api::b\";")
                .is_empty()
        );
    }

    #[test]
    fn a_module_without_a_floor_is_told_once() {
        let tree = Tree::of(&[("server/src/misc/a.rs", ""), ("server/src/misc/b.rs", "")]);
        assert_eq!(check(&tree).len(), 1);
    }
}
