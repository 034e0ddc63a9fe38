//! Inlay's server: mints tenant-scoped tokens, ingests events, answers typed queries, serves the
//! embeds.
//!
//! Two journeys explain every file. The data's: `ingest` → raw log → `lake` → `query` → `api`. The
//! trust's: client → `access` → `policy` → scope → session → token → `embed`. Imports point down
//! only; `cargo xtask tidy` holds it.

pub mod access;
pub mod api;
pub mod app;
mod aside;
pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod contract;
pub mod demo;
pub mod embed;
pub mod entropy;
pub mod event;
pub mod ids;
pub mod ingest;
pub mod jobs;
pub mod lake;
pub mod model;
pub mod network;
pub mod origin;
pub mod policy;
pub mod problem;
pub mod query;
pub mod store;
pub mod telemetry;
pub mod turns;
