//! What becomes of events: the receipt of a request, and what was refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::given::given;

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
    /// The source that it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The event as it came, without network addresses: JSON where it parses, else a string.
    pub event: Value,
}

/// How many refused events there are of one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterReason {
    /// Stable code of the reason.
    pub code: String,
    /// How many.
    pub count: u64,
    /// When the first of them came, RFC 3339, UTC.
    pub first_at: String,
    /// When the last of them came.
    pub last_at: String,
}

/// Body of `POST /v1/dead-letters/{letter}/replay`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayLetter {
    /// The event put right; without it the one that came is judged again.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
}

/// What a replay came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayOutcome {
    /// It is an event now, and no letter.
    Accepted,
    /// An event of its id was accepted before; it is no letter any more.
    Duplicate,
    /// It is still refused.
    Refused,
}

/// Answer of `POST /v1/dead-letters/{letter}/replay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedLetter {
    /// What it came to.
    pub outcome: ReplayOutcome,
    /// Why it is still refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is wrong and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Body of `POST /v1/dead-letters/replay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayAll {
    /// The reason whose letters are judged again.
    pub code: String,
    /// Where the call before ended: its `next`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Answer of `POST /v1/dead-letters/replay`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedAll {
    /// Letters that are events now.
    pub accepted: u64,
    /// Letters whose id had been accepted before; they are gone.
    pub duplicates: u64,
    /// Letters that are still refused, by their reason of now.
    pub refused: u64,
    /// Where to go on, if there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
