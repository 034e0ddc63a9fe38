//! Model files of a command, put together into one layer. Whatever is wrong with it later is said
//! with file, line and column.

use std::path::{Path, PathBuf};

use inlay_shared::{Dashboard, FieldError, ModelDefinition};

use crate::model::{ModelFile, read_model_file};

/// The file that an entry stands in, and its place there; `None` if it was in force before.
type Origin = Option<(usize, usize)>;

/// All files together.
#[derive(Debug)]
pub(super) struct Files {
    files: Vec<(PathBuf, ModelFile)>,
    /// For each sort of declaration, where each entry of the layer came from.
    origins: Vec<(&'static str, Vec<Origin>)>,
}

/// The layer that files make.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) definition: ModelDefinition,
    pub(super) dashboards: Vec<Dashboard>,
}

impl Files {
    /// Reads files, and the YAML files in folders.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Vec<String>> {
        let (mut files, mut wrong) = (Vec::new(), Vec::new());
        for path in paths {
            match listed(path) {
                Err(error) => wrong.push(format!("{}: {error}", path.display())),
                Ok(found) if found.is_empty() => {
                    let path = path.display();
                    wrong.push(format!("{path}: there is no .yaml or .yml file in this folder"));
                }
                Ok(found) => files.extend(found),
            }
        }
        let mut read = Vec::new();
        for path in files {
            match std::fs::read_to_string(&path) {
                Err(error) => wrong.push(format!("{}: {error}", path.display())),
                Ok(text) => match read_model_file(&text) {
                    Ok(file) => read.push((path, file)),
                    Err(faults) => {
                        let place = path.display();
                        wrong.extend(faults.iter().map(|fault| format!("{place}:{fault}")));
                    }
                },
            }
        }
        let origins = Vec::new();
        if wrong.is_empty() { Ok(Self { files: read, origins }) } else { Err(wrong) }
    }

    /// The layer that the files make out of the one in force: what they declare takes the place of what
    /// had its name. `prune`: nothing else stays.
    pub(super) fn layer(&mut self, old: &ModelDefinition, prune: bool) -> Layer {
        let mut layer = Layer::default();
        layer.definition.version =
            self.files.iter().map(|(_, file)| file.definition.version).max().unwrap_or(1);
        macro_rules! join {
            ($section:ident) => {{
                // What had a name keeps its place, so that applying the same files again changes nothing.
                let mut new: Vec<_> = (0..).zip(&self.files).flat_map(|(at, (_, file))| {
                    file.definition.$section.iter().enumerate().map(move |(place, item)| {
                        (Some((at, place)), item.clone())
                    })
                }).collect();
                let mut all = Vec::new();
                for item in &old.$section {
                    match new.iter().position(|(_, other)| other.name == item.name) {
                        Some(place) => all.push(new.remove(place)),
                        None if prune => {}
                        None => all.push((None, item.clone())),
                    }
                }
                all.extend(new);
                let (origins, items) = all.into_iter().unzip();
                layer.definition.$section = items;
                self.origins.push((stringify!($section), origins));
            }};
        }
        self.origins.clear();
        join!(properties);
        join!(dimensions);
        join!(hierarchies);
        join!(measures);
        let mut origins = Vec::new();
        for (at, (_, file)) in self.files.iter().enumerate() {
            for (place, dashboard) in file.dashboards.iter().enumerate() {
                layer.dashboards.push(dashboard.clone());
                origins.push(Some((at, place)));
            }
        }
        self.origins.push(("dashboards", origins));
        layer
    }

    /// What is wrong with the layer, with the place in the file that it came from.
    pub(super) fn locate(&self, error: &FieldError) -> String {
        let mut parts = error.pointer.splitn(4, '/').skip(1);
        let (section, index) = (parts.next().unwrap_or_default(), parts.next());
        let rest = parts.next().map(|rest| format!("/{rest}")).unwrap_or_default();
        let index: Option<usize> = index.and_then(|index| index.parse().ok());
        let origins = self.origins.iter().find(|(name, _)| *name == section);
        let detail = &error.detail;
        match origins.zip(index).and_then(|((_, origins), index)| origins.get(index).copied()) {
            Some(Some((file, place))) => {
                let (path, file) = &self.files[file];
                let (line, column) = file.place(&format!("/{section}/{place}{rest}"));
                format!("{}:{line}:{column}: {detail}", path.display())
            }
            Some(None) => {
                format!("declared before, and kept without --prune: {}: {detail}", error.pointer)
            }
            None => match self.files.first() {
                Some((path, file)) => {
                    let (line, column) = file.place(&error.pointer);
                    format!("{}:{line}:{column}: {detail}", path.display())
                }
                None => detail.clone(),
            },
        }
    }
}

/// A file as it is; of a folder, the YAML files in it and in its folders, in the order of their names.
fn listed(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let yaml = entry.extension().is_some_and(|kind| kind == "yaml" || kind == "yml");
        if entry.is_dir() {
            files.extend(listed(&entry)?);
        } else if yaml {
            files.push(entry);
        }
    }
    Ok(files)
}
