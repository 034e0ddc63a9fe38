//! The files of the repository, read once for all rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// Paths relative to the root, with `/` on every system; the text of those that are text.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Option<String>>,
}

/// Folders that hold nothing anyone wrote.
const SKIPPED: &[&str] = &[".git", "target", "node_modules", "inlay-data", "__pycache__", ".venv"];

impl Tree {
    /// Reads the repository.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        let walk = WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped));
        for entry in walk {
            let entry = entry.context("could not walk the repository")?;
            if !entry.file_type().is_file() {
                continue;
            }
            let bytes = fs::read(entry.path())
                .with_context(|| format!("could not read {}", entry.path().display()))?;
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            tree.files.insert(parts.join("/"), String::from_utf8(bytes).ok());
        }
        Ok(tree)
    }

    /// A small repository, for the tests of the rules.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self { files: files.collect() }
    }

    /// Every text file, in the order of the paths.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The text files below a folder with one of these endings.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
        endings: &'a [&'a str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| {
            path.starts_with(folder) && endings.iter().any(|ending| path.ends_with(ending))
        })
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is such a file or folder.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&folder))
    }
}
