//! Files stay short enough to hold one idea.

use super::Finding;
use super::tree::Tree;

/// Lines before the tests.
const LIMIT: usize = 300;

/// Files that were longer when the rule came, with the length they may have. The list only shrinks:
/// an entry follows its file down and goes when the file fits.
const ALLOWED: &[(&str, usize)] = &[];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_against(tree, ALLOWED)
}

fn check_against(tree: &Tree, allowed: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.below("", &[".rs"]) {
        if is_tests(path) {
            continue;
        }
        let length = lines_before_tests(source);
        let listed = allowed.iter().find(|(file, _)| *file == path).map(|(_, lines)| *lines);
        let message = match listed {
            None if length > LIMIT => format!(
                "{length} lines before its tests, {LIMIT} is the limit: look for a second idea and \
                 give it a file of its own"
            ),
            Some(most) if length > most => format!(
                "{length} lines before its tests, and its exception is for {most}: an exception may \
                 only shrink"
            ),
            Some(most) if length < most => format!(
                "{length} lines before its tests, and its exception is for {most}: lower or remove \
                 it in xtask/src/tidy/length.rs, so that it cannot grow back"
            ),
            _ => continue,
        };
        findings.push(Finding::new(path, length.min(LIMIT), message));
    }
    for (file, _) in allowed.iter().filter(|(file, _)| !tree.exists(file)) {
        findings.push(Finding::new(file, 1, "is gone, and its exception must go with it"));
    }
    findings
}

/// Files that hold tests alone: lists of cases, which grow with what is promised, not with ideas.
fn is_tests(path: &str) -> bool {
    path.starts_with("tests/tests/") || path.ends_with("/tests.rs")
}

fn lines_before_tests(source: &str) -> usize {
    source.lines().take_while(|line| !line.trim_start().starts_with("#[cfg(test)]")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count_and_code_does() {
        let code = "//! a\n".repeat(300);
        let tested = format!("{code}#[cfg(test)]\nmod tests {{}}\n");
        let tree = Tree::of(&[("a.rs", &tested), ("b.rs", &format!("{code}//! b\n"))]);
        let found = check(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "b.rs");
    }

    #[test]
    fn files_of_tests_alone_may_be_long() {
        let long = "//! a\n".repeat(301);
        let tree =
            Tree::of(&[("tests/tests/api/main.rs", &long), ("server/src/a/tests.rs", &long)]);
        assert!(check(&tree).is_empty());
    }

    #[test]
    fn an_exception_may_only_shrink() {
        let tree = Tree::of(&[("a.rs", &"x\n".repeat(400))]);
        assert!(check_against(&tree, &[("a.rs", 400)]).is_empty());
        assert_eq!(check_against(&tree, &[("a.rs", 399)]).len(), 1);
        assert_eq!(check_against(&tree, &[("a.rs", 401)]).len(), 1);
        assert_eq!(check_against(&tree, &[("a.rs", 400), ("b.rs", 310)]).len(), 1);
    }
}
