//! What an event's text says: taken apart without being rewritten, mapped, its names in one spelling.
//! Pure: `ingest` judges events with it, the lake makes columns with it, and both read the same.

mod bots;
mod instant;
mod json;
mod mapping;
mod own;
mod parts;
mod scalar;
mod scrub;
mod spelling;

pub use bots::is_bot;
pub use instant::rfc3339;
pub use json::{Members, lone_surrogate, string};
pub use mapping::{InvalidRule, MAX_RULES, Mapping};
pub use own::Own;
pub use parts::{Parts, Unreadable};
pub use scalar::scalar;
pub use scrub::{refused_without_addresses, without_addresses};
pub use spelling::snake_case;
