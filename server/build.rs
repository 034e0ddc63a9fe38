//! Puts into the server what is made before it is compiled: the files that a browser loads, and the
//! contract as JSON.
//!
//! The files lie where `INLAY_ASSETS` says (`.cargo/config.toml`; `cargo xtask` makes them). Without
//! them the server compiles all the same, with an empty table, so that a plain `cargo build` or an
//! editor needs no browser toolchain; it then says at run time what is missing.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The parts that have a name in the manifest, as `Manifest` in `src/assets.rs` lists them.
const PARTS: &[&str] = &["loader", "glue", "wasm", "css", "frame", "page"];

const CONTRACT: &str = "../shared/openapi.yaml";
/// The tracker, and what makes a script tag of it.
const TRACKER: [&str; 2] = ["../www/tracker/tracker.js", "../www/tracker/tag.js"];

#[path = "../xtask/src/assets/script.rs"]
mod script;

fn main() -> Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    write_if_changed(&out.join("assets.rs"), &assets()?)?;
    write_if_changed(&out.join("t.js"), &tracker()?)?;
    write_if_changed(&out.join("openapi.json"), &contract()?)
}

/// The table of files, as Rust.
fn assets() -> Result<String> {
    println!("cargo::rerun-if-env-changed=INLAY_ASSETS");
    let folder = env::var_os("INLAY_ASSETS").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.is_absolute()) else {
        return Ok(without_assets("INLAY_ASSETS names no folder"));
    };
    let manifest = folder.join("manifest.json");
    if !manifest.is_file() {
        // Cargo can watch a folder, and would build again every time for a file that is not there.
        fs::create_dir_all(&folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
        println!("cargo::rerun-if-changed={}", folder.display());
        return Ok(without_assets("there are no browser assets yet"));
    }
    // Names follow content, so the manifest changes whenever a file does.
    println!("cargo::rerun-if-changed={}", manifest.display());
    table(&folder, &manifest).with_context(|| format!("{} is damaged", manifest.display()))
}

fn without_assets(why: &str) -> String {
    println!("cargo::warning={why}: the server will serve no widget. `cargo xtask run` makes them");
    "static MANIFEST: Option<Manifest> = None;\nstatic FILES: &[Asset] = &[];\n".to_owned()
}

fn table(folder: &Path, manifest: &Path) -> Result<String> {
    let manifest: Value = serde_json::from_slice(&fs::read(manifest)?)?;
    let files = manifest["files"].as_array().context("`files` is missing")?;
    let mut names = Vec::new();
    let mut rust = String::from("static FILES: &[Asset] = &[\n");
    for file in files {
        let name = text(file, "name")?;
        names.push(name);
        let include = |form: &str| {
            let path = folder.join(format!("{name}{form}"));
            format!("include_bytes!({:?})", path.display().to_string())
        };
        writeln!(
            rust,
            "Asset {{ name: {name:?}, content_type: {:?}, integrity: {:?}, raw: {}, brotli: {}, gzip: {} }},",
            text(file, "type")?,
            text(file, "integrity")?,
            include(""),
            include(".br"),
            include(".gz"),
        )?;
    }
    rust.push_str("];\nstatic MANIFEST: Option<Manifest> = Some(Manifest {\n");
    for part in PARTS {
        let name = text(&manifest, part)?;
        let index = names.iter().position(|other| *other == name);
        let index = index.with_context(|| format!("`{part}` is not among the files"))?;
        writeln!(rust, "{part}: &FILES[{index}],")?;
    }
    rust.push_str("});\n");
    Ok(rust)
}

fn text<'a>(object: &'a Value, name: &str) -> Result<&'a str> {
    object[name].as_str().with_context(|| format!("`{name}` is missing"))
}

/// The tracker in a scope of its own, so that the page gets no name of it but `inlay`. The npm package
/// has the same source as a module.
fn tracker() -> Result<String> {
    let mut code = String::from("(()=>{\n");
    for path in TRACKER {
        println!("cargo::rerun-if-changed={path}");
        let source = fs::read_to_string(path).with_context(|| format!("could not read {path}"))?;
        code.push_str(&script::lean(&source).replace("export const", "const"));
    }
    code.push_str("})();\n");
    Ok(code)
}

/// The contract, written as YAML for people and served as JSON.
fn contract() -> Result<String> {
    println!("cargo::rerun-if-changed={CONTRACT}");
    let yaml =
        fs::read_to_string(CONTRACT).with_context(|| format!("could not read {CONTRACT}"))?;
    let json: Value =
        serde_saphyr::from_str(&yaml).with_context(|| format!("{CONTRACT} is damaged"))?;
    Ok(serde_json::to_string(&json)?)
}

/// Leaves a file that is right as it is, so that nothing is compiled again because of it.
fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|was| was == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
