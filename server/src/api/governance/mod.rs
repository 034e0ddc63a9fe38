//! What is kept, and what is erased.

mod erasures;
mod retention;
mod tenant_erasure;

pub(super) use erasures::{get_erasure, list_erasures, request_erasure};
pub(super) use retention::{get_retention, put_retention};
pub(super) use tenant_erasure::{delete_tenant, get_tenant_erasure};
