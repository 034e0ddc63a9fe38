//! No text becomes markup: host pages and our own enforce Trusted Types.

use super::Finding;
use super::code::Code;
use super::tree::Tree;

const REASON: &str = "pages that require Trusted Types refuse it, and nothing would be drawn there";

/// Calls that parse text as markup, in scripts and pages.
const SINKS: &[&str] =
    &["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setHTMLUnsafe"];

/// The same, as the widget would call them.
const BINDINGS: &[&str] =
    &["inner_html", "set_outer_html", "insert_adjacent_html", "create_contextual_fragment"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.below("widget/", &[".rs"]) {
        for (number, line) in Code::of(source).lines() {
            if Code::calls_macro(line, "view") {
                let message = format!(
                    "`view!` turns static markup into `innerHTML` of a template ({REASON}): build \
                     elements with `leptos::html` and `leptos::svg`"
                );
                findings.push(Finding::new(path, number, message));
            }
            for name in BINDINGS.iter().filter(|name| line.contains(**name)) {
                findings.push(refusal(path, number, name));
            }
        }
    }
    for (path, source) in tree.below("www/", &[".js", ".mjs", ".html", ".ts"]) {
        for (index, line) in source.lines().enumerate() {
            let line = without_comment(line);
            for name in SINKS.iter().filter(|name| line.contains(**name)) {
                findings.push(refusal(path, index + 1, name));
            }
        }
    }
    findings
}

fn refusal(path: &str, line: usize, name: &str) -> Finding {
    let message = format!("`{name}` makes markup of text ({REASON}): create elements and set text");
    Finding::new(path, line, message)
}

/// A line without what a comment says on it. `://` is an address.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with(['*']) || line.trim_start().starts_with("/*") {
        return "";
    }
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, source: &str) -> usize {
        check(&Tree::of(&[(path, source)])).len()
    }

    #[test]
    fn the_widget_builds_elements() {
        assert_eq!(breaches("widget/src/a.rs", "// view! is banned\nfn f() { div().child(1) }"), 0);
        assert_eq!(breaches("widget/src/a.rs", "view! { <div/> }"), 1);
        assert_eq!(breaches("widget/src/a.rs", "div().inner_html(\"a\")"), 1);
        assert_eq!(breaches("server/src/a.rs", "view! { <div/> }"), 0);
    }

    #[test]
    fn scripts_and_pages_build_elements() {
        assert_eq!(breaches("www/a.js", "a.textContent = 'https://b'; // never innerHTML\n"), 0);
        assert_eq!(breaches("www/a.js", "/** no innerHTML\n * nor outerHTML */\n"), 0);
        assert_eq!(breaches("www/a.js", "a.innerHTML = b"), 1);
        assert_eq!(breaches("www/a.js", "f('https://b'); document.write(1)"), 1);
        assert_eq!(breaches("www/a.html", "<script>a.insertAdjacentHTML('x', y)</script>"), 1);
    }
}
