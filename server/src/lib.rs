//! Inlay's server: mints tenant-scoped tokens, ingests events, answers typed queries, serves the
//! embeds.
//!
//! Two journeys explain every file. The data's: `ingest` → raw log → `lake` → `query` → `api`. The
//! trust's: client → `access` → `policy` → scope → session → token → `embed`. Imports point down
//! only; `cargo xtask tidy` holds it.

pub mod clock;
pub mod entropy;
pub mod ids;
pub mod policy;
pub mod store;
