//! Large files of events, as jobs.

mod cancel;
mod read;
mod start;

pub(super) use cancel::cancel;
pub(super) use read::{get, list};
pub(super) use start::start;

use crate::problem::ApiError;

fn unknown() -> ApiError {
    ApiError::not_found("unknown_import", "The tenant has no such import.")
}
