//! No path of one machine stands in the repository.

use super::Finding;
use super::tree::Tree;

/// Beginnings of absolute paths that exist on somebody's machine only. In two parts each, so that
/// this file does not trip over itself.
const HOMES: &[(&str, &str)] =
    &[("/work", "/"), ("/root", "/"), ("/home", "/"), ("/Users", "/"), ("C:\\", "Users")];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            for (one, two) in HOMES {
                let home = format!("{one}{two}");
                if starts_a_path(line, &home) {
                    let message = format!(
                        "`{home}` is a place on one machine: nobody else has it, and it tells about \
                         the one who has"
                    );
                    findings.push(Finding::new(path, index + 1, message));
                }
            }
        }
    }
    findings
}

/// Whether the text stands at the start of a path, and not inside an address or a relative path.
fn starts_a_path(line: &str, home: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "._~-})/*".contains(c);
    line.match_indices(home).any(|(at, _)| !line[..at].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_found_and_addresses_are_not() {
        let (one, two) = HOMES[0];
        let tree = Tree::of(&[
            ("a.md", &format!("see {one}{two}main")),
            ("b.sh", &format!("x={one}{two}main")),
            ("c.md", &format!("GET /v1{one}{two} and https://a.example{one}{two}b, ./{one}{two}")),
        ]);
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["a.md", "b.sh"]);
    }
}
