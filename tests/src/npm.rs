//! Packages of npm, as `cargo xtask test` installs them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder in which `node_modules` lies.
pub fn npm_folder() -> PathBuf {
    let folder = std::env::var_os("INLAY_NPM").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/npm"));
    assert!(
        folder.join("node_modules").is_dir(),
        "the packages of tests/npm are not installed; `cargo xtask test --only browser` does it"
    );
    folder
}

/// A file of a package, as text.
pub fn npm_text(path: &str) -> String {
    let path = npm_folder().join("node_modules").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a program of npm's world in a folder; what it printed, and whether it was content.
pub fn node(folder: &Path, program: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments);
    let output =
        command.output().unwrap_or_else(|error| panic!("{program} {arguments:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}
