//! The HTTP API: one file per operation, in the folders of the contract's tags. A handler's arguments
//! are its access rule; its body takes the proof, calls the stage and shapes the answer.

mod accept;
mod body;
mod collect;
mod data;
mod embed;
mod encoding;
mod errors;
mod governance;
mod imports;
mod metrics;
mod once;
mod operation;
mod outer;
mod page;
mod routes;
mod script;
mod state;
mod tenants;
mod tokens;

pub use outer::finish;
pub use routes::{Operation, operations, router};
pub use state::{Inlay, Parts};
