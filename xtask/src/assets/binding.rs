//! The widget crate, compiled for the browser and bound to JavaScript.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::toolchain::{self, WASM};
use crate::{messages, workspace};

/// The WebAssembly module and the script that loads it.
pub(crate) struct Bound {
    pub(crate) wasm: Vec<u8>,
    pub(crate) glue: String,
}

/// Compiles the widget and returns the module as the compiler left it.
///
/// The crate is also an `rlib`, for its native tests, and link-time optimisation applies to no call
/// that makes one: hence the single crate type.
pub(crate) fn compile() -> Result<Vec<u8>> {
    toolchain::ensure_wasm_target()?;
    let mut command = workspace::cargo();
    command.env(flags_variable(), flags()).args([
        "rustc",
        "--package",
        "inlay-widget",
        "--lib",
        "--crate-type",
        "cdylib",
        "--profile",
        "widget",
        "--target",
        WASM,
    ]);
    let build = messages::build(&mut command)?;
    let path = build
        .artifacts
        .iter()
        .filter(|artifact| artifact.target.name == "inlay_widget")
        .flat_map(|artifact| &artifact.filenames)
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .context("the widget's build made no WebAssembly module")?;
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Makes the script for the module, and takes out of the module what only tools read.
pub(crate) fn bind(module: Vec<u8>) -> Result<Bound> {
    let mut output = Bindgen::new()
        .input_bytes("inlay", module)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The loader hands the module over: it fetched it with its integrity.
        .omit_default_module_path(true)
        .generate_output()
        .context("wasm-bindgen refused the widget")?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "the widget brings JavaScript of its own (`inline_js` or `module = …`), which would be one \
         more request before the first chart; put it into www/ or use web-sys"
    );
    Ok(Bound { wasm: output.wasm_mut().emit_wasm(), glue: output.js().to_owned() })
}

/// The variable for this target's flags only: nothing native is compiled again because of it.
pub(crate) fn flags_variable() -> String {
    format!("CARGO_TARGET_{}_RUSTFLAGS", WASM.to_uppercase().replace('-', "_"))
}

/// Panic messages name source files. Without these flags they name this machine's folders, which
/// nobody else should read, and which would make another hash on another machine. The workspace's own
/// files are named from its root anyway, so clones share what is compiled.
pub(crate) fn flags() -> OsString {
    let mut flags = OsString::new();
    // Flags are split at blanks; a path with one stays as it is.
    for registry in registries().iter().filter(|path| !path.to_string_lossy().contains(' ')) {
        flags.push("--remap-path-prefix=");
        flags.push(registry);
        flags.push("=crates ");
    }
    flags
}

/// The folders under which cargo unpacks crates, in a stable order.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"))?;
        Some(Path::new(&home).join(".cargo"))
    });
    let Some(sources) = home.map(|home| home.join("registry/src")) else { return Vec::new() };
    let mut folders: Vec<_> = fs::read_dir(sources)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    folders.sort();
    folders
}
