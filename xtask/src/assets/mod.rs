//! What a browser loads: compiled, bound, named by content, compressed, and laid into
//! `target/assets`, from where the server's build script takes it.
//!
//! widget crate → wasm-bindgen → glue and module ─┐
//! `www/` sources, comments taken out ────────────┴→ names by hash → the names put into the scripts

mod binding;
mod folder;
mod manifest;
mod packed;
mod script;
mod site;

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace;

pub(crate) use binding::{flags, flags_variable};
pub(crate) use folder::read_manifest;
pub(crate) use packed::Sizes;

/// Builds the assets, if anything they are made of has changed, and returns their folder.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = folder();
    let module = binding::compile()?;
    let sources = site::Sources::read(&workspace::root().join("www"))?;
    let inputs = site::fingerprint(&module, &sources);
    if !folder::is_current(&folder, &inputs) {
        let bound = binding::bind(module)?;
        let site = site::assemble(bound, &sources)?;
        folder::publish(&folder, &site, &inputs)?;
        eprintln!("assets: {} files in {}", site.files.len(), folder.display());
    }
    Ok(folder)
}

/// The folder that `.cargo/config.toml` names to the server's build script.
fn folder() -> PathBuf {
    std::env::var_os("INLAY_ASSETS")
        .map_or_else(|| workspace::root().join("target/assets"), PathBuf::from)
}
