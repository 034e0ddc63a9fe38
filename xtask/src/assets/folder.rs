//! The folder of assets. It is written only where something changed, because the server is linked
//! again when its manifest is newer than the binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::manifest::Manifest;
use super::site::Site;

const MANIFEST: &str = "manifest.json";
/// Holds the fingerprint of what the files were made of. Written last.
const INPUTS: &str = ".inputs";

/// Whether the folder holds, complete, what these inputs make.
pub(crate) fn is_current(folder: &Path, inputs: &str) -> bool {
    fs::read_to_string(folder.join(INPUTS)).is_ok_and(|was| was == inputs)
        && read_manifest(folder).is_ok_and(|manifest| {
            manifest.files.iter().all(|file| {
                ["", ".br", ".gz"]
                    .iter()
                    .all(|form| folder.join(format!("{}{form}", file.name)).is_file())
            })
        })
}

/// The manifest that lies in the folder.
pub(crate) fn read_manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))
}

/// Makes the folder hold these files and no others.
pub(crate) fn publish(folder: &Path, site: &Site, inputs: &str) -> Result<()> {
    let mut files = BTreeMap::new();
    for file in &site.files {
        let forms = [("", &file.raw), (".br", &file.brotli), (".gz", &file.gzip)];
        for (form, bytes) in forms {
            files.insert(format!("{}{form}", file.name), bytes.as_slice());
            if file.name == site.manifest.loader {
                files.insert(format!("v1.js{form}"), bytes.as_slice());
            }
        }
    }
    let manifest =
        serde_json::to_vec_pretty(&site.manifest).context("the manifest is plain data")?;
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    for (name, bytes) in &files {
        write_if_changed(&folder.join(name), bytes)?;
    }
    // The manifest after the files that it names, the fingerprint after all.
    write_if_changed(&folder.join(MANIFEST), &manifest)?;
    for entry in
        fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?
    {
        let entry = entry.context("the folder of assets changed while it was read")?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != MANIFEST && name != INPUTS && !files.contains_key(&name) {
            fs::remove_file(entry.path())
                .with_context(|| format!("could not remove {}", entry.path().display()))?;
        }
    }
    write_if_changed(&folder.join(INPUTS), inputs.as_bytes())
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|was| was == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}
