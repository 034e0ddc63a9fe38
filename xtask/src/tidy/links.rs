//! Links between the repository's own pages lead somewhere.

use super::Finding;
use super::tree::Tree;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("", &[".md"]) {
        for (line, target) in links(text) {
            if let Some(message) = broken(tree, path, &target) {
                findings.push(Finding::new(path, line, message));
            }
        }
    }
    findings
}

/// Why a link of a page leads nowhere, if it does.
fn broken(tree: &Tree, page: &str, target: &str) -> Option<String> {
    let is_elsewhere = target.contains("://") || target.starts_with("mailto:");
    if is_elsewhere || target.is_empty() {
        return None;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let Some(file) = (if file.is_empty() { Some(page.to_owned()) } else { resolve(page, file) })
    else {
        return Some(format!("`{target}` leads out of the repository, where a reader has nothing"));
    };
    if !tree.exists(&file) {
        return Some(format!("`{target}` leads to no file: a reader would be left standing"));
    }
    let lacks = |text: &str| !heading.is_empty() && !headings(text).any(|slug| slug == heading);
    let lost = file.ends_with(".md") && tree.text(&file).is_some_and(lacks);
    lost.then(|| format!("`{target}` leads to no heading: a reader would have to search"))
}

/// The path a relative link means, or nothing if it climbs out.
fn resolve(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<_> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The targets of a page's links and images, with their lines. Code is left out.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        for (at, _) in line.match_indices("](") {
            let rest = &line[at + 2..];
            let end = rest.find([')', ' ']).unwrap_or(rest.len());
            found.push((number, rest[..end].trim_matches(['<', '>']).to_owned()));
        }
        for attribute in ["src=\"", "href=\"", "srcset=\""] {
            for (at, _) in line.match_indices(attribute) {
                let rest = &line[at + attribute.len()..];
                found.push((number, rest[..rest.find('"').unwrap_or(0)].to_owned()));
            }
        }
        if let Some((_, target)) = line.strip_prefix('[').and_then(|line| line.split_once("]: ")) {
            found.push((number, target.split_whitespace().next().unwrap_or_default().to_owned()));
        }
    }
    found
}

/// The lines of a page that are not in a fenced block.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        (!fenced && !is_fence && !line.starts_with("    ")).then_some((index + 1, line))
    })
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The anchors of a page, as they are made from its headings.
fn headings(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        title
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(page: &str) -> usize {
        let readme = "# Inlay\n## The house, in short\n";
        let tree = Tree::of(&[("docs/a.md", page), ("README.md", readme), ("docs/img/a.svg", "")]);
        check(&tree).len()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        assert_eq!(breaches("[a](../README.md) ![b](img/a.svg \"c\") [d](https://e) [f](img/)"), 0);
        assert_eq!(breaches("[a](../README.md#the-house-in-short) <img src=\"img/a.svg\">"), 0);
        assert_eq!(breaches("# Top\n[a](#top)\n\n[b]: ../README.md\n"), 0);
        assert_eq!(breaches("`[a](nowhere)`\n```\n[a](nowhere)\n```\n"), 0);
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        assert_eq!(breaches("[a](nowhere.md)"), 1);
        assert_eq!(breaches("[a](../../elsewhere.md)"), 1);
        assert_eq!(breaches("[a](../README.md#the-garden)"), 1);
        assert_eq!(breaches("<img src=\"img/b.svg\">"), 1);
        assert_eq!(breaches("[b]: lost.md\n"), 1);
    }
}
