//! `manifest.json`: which file plays which part. The server's build script reads it.

use serde::{Deserialize, Serialize};

/// The parts by role, then every file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) loader: String,
    pub(crate) glue: String,
    pub(crate) wasm: String,
    pub(crate) css: String,
    pub(crate) frame: String,
    pub(crate) page: String,
    pub(crate) files: Vec<Entry>,
}

/// One file of the folder; `.br` and `.gz` lie beside it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) content_type: String,
    pub(crate) integrity: String,
}
