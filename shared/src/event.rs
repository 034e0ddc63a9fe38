//! What becomes of events: the receipt of a request, and what was refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Answer of `POST /v1/events`. What is accepted is durable; what is rejected is in the dead-letter
/// queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Events that were new and are stored.
    pub accepted: u64,
    /// Events whose id was stored before.
    pub duplicates: u64,
    /// Events that were refused, by their place in the request.
    pub rejected: Vec<Rejection>,
}

/// Why one event was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Place in the request, from 0.
    pub index: u64,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// A refused event, kept as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// `dead_…`.
    pub id: String,
    /// When it came, RFC 3339, UTC.
    pub received_at: String,
    /// Stable code of the reason.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The event as it came: JSON where it parses, else a string.
    pub event: Value,
}
