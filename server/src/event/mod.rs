//! What an event's text says: taken apart without being rewritten, its names in one spelling. Pure:
//! `ingest` judges events with it, the lake makes columns with it, and both read the same.

mod instant;
mod json;
mod scalar;
mod spelling;

pub use instant::rfc3339;
pub use json::{Members, string};
pub use scalar::scalar;
pub use spelling::snake_case;
