//! Every source file starts by saying what it is for.

use super::Finding;
use super::tree::Tree;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    tree.below("", &[".rs"])
        .filter(|(_, source)| !says_its_purpose(source))
        .map(|(path, _)| {
            let message = "starts without `//!`: a reader wants to know what the file is for, and \
                           what is deliberately not in it, before reading it";
            Finding::new(path, 1, message)
        })
        .collect()
}

fn says_its_purpose(source: &str) -> bool {
    let first = source.lines().map(str::trim).find(|line| !line.is_empty());
    first.and_then(|line| line.strip_prefix("//!")).is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_must_say_something() {
        let tree = Tree::of(&[
            ("good.rs", "\n//! What it is for.\nmod a;"),
            ("silent.rs", "mod a;\n//! too late"),
            ("empty.rs", "//!\nmod a;"),
            ("notes.md", "# no code"),
        ]);
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["empty.rs", "silent.rs"]);
    }
}
