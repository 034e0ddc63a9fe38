//! The contract that this build was made from.

/// `shared/openapi.yaml` as JSON.
pub const OPENAPI: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));
