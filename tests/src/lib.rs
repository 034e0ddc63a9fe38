//! The harness of the end-to-end suites: a real server on real parts, spoken to through its public
//! door only.
//!
//! [`Inlay::start`] gives a server in this process with a clock that stands still. Callers are types
//! ([`Anonymous`], [`Operator`], [`TenantClient`], [`Viewer`]), and every request of every suite goes
//! through [`Call`], which holds each answer against the contract before the test sees it.

mod binary;
mod bucket;
mod call;
mod callers;
mod chrome;
mod contract;
mod engine;
mod events;
mod forge;
mod geo;
mod inlay;
mod lack;
mod listening;
mod npm;
mod packed;
mod process_demo;
mod sample_dashboard;
mod samples;
mod stuck_disk;
mod viewer;
mod wait;

pub use binary::{Process, binary, command, operator_client};
pub use bucket::Bucket;
pub use call::{Answer, Call};
pub use callers::{Anonymous, Caller, Operator, TenantClient};
pub use chrome::Chrome;
pub use contract::{Contract, ContractOperation, Security, contract};
pub use engine::Engine;
pub use events::{event, gzip, ndjson, numbered};
pub use forge::{Forged, Jose};
pub use geo::geo_database;
pub use inlay::{Door, Inlay, NOW, ORIGIN, Setup};
pub use lack::Lack;
pub use listening::Listening;
pub use npm::{node, npm_folder, npm_text};
pub use process_demo::Demo;
pub use sample_dashboard::dashboard;
pub use samples::{Need, Sample, samples};
pub use stuck_disk::StuckDisk;
pub use viewer::Viewer;
pub use wait::eventually;
