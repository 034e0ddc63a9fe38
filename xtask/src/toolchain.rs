//! The parts of the Rust toolchain that a fresh rustup may lack: added when they are missing, so that
//! the first command on a clean machine is also the only one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{ask, find_program, succeed};

/// The browser's target.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that code for the browser can be compiled.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    let installed = || {
        ask(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))
            .is_some_and(|folder| Path::new(&folder).is_dir())
    };
    if !installed() {
        rustup(&["target", "add", WASM])?;
    }
    Ok(())
}

/// Makes sure that there is a formatter, and tells nothing more.
pub(crate) fn ensure_rustfmt() -> Result<()> {
    component("rustfmt", "rustfmt").map(drop)
}

/// The compiler that also lints, of the very toolchain in use.
pub(crate) fn clippy_driver() -> Result<PathBuf> {
    component("clippy", "clippy-driver")
}

/// The program of a toolchain component, in the toolchain's own folder: the one in the search path
/// may be rustup's proxy, which answers to every name even where the component is missing.
fn component(component: &str, program: &str) -> Result<PathBuf> {
    let sysroot = ask(Command::new("rustc").args(["--print", "sysroot"]))
        .context("`rustc` does not answer; install Rust with rustup")?;
    let path = Path::new(&sysroot)
        .join("bin")
        .join(program)
        .with_extension(std::env::consts::EXE_EXTENSION);
    if !path.is_file() {
        rustup(&["component", "add", component])?;
    }
    Ok(path)
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let line = arguments.join(" ");
    if find_program("rustup").is_none() {
        bail!("this toolchain needs `rustup {line}`, and there is no rustup to do it with");
    }
    eprintln!("rustup {line}");
    succeed(Command::new("rustup").args(arguments))
}
