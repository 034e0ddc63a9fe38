//! Why a request, or one event of it, is refused.

use crate::store::StoreError;

/// Why a whole request is refused. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is nothing in it.
    #[error("the body is empty: send a JSON array of events, or one event a line")]
    EmptyBody,
    /// More bytes than a request may have.
    #[error(
        "the body is larger than {} bytes unpacked: send fewer events a request",
        super::MAX_BODY
    )]
    BodyTooLarge,
    /// More events than a request may have.
    #[error("the body has more than {} events: split it over several requests", super::MAX_EVENTS)]
    TooManyEvents,
    /// Said to be gzip, and is not, or is cut off.
    #[error("the body is no complete gzip stream, though `Content-Encoding: gzip` says so")]
    InvalidGzip,
    /// JSON is UTF-8.
    #[error("the body is not UTF-8: byte {at} is wrong")]
    InvalidUtf8 {
        /// Place of the first wrong byte.
        at: usize,
    },
    /// The array does not parse.
    #[error("the body is no JSON: line {line}, column {column}")]
    InvalidJson {
        /// Line of the error, from 1.
        line: usize,
        /// Column of the error, from 1.
        column: usize,
    },
    /// JSON, but no array.
    #[error(
        "the body is no JSON array: put the events into `[…]`, or send one a line as \
         `application/x-ndjson`"
    )]
    NotAnArray,
    /// More is under way than may be held in memory.
    #[error("too many events are on their way into the log: send the request again in a second")]
    Busy,
    /// The control database could not take the events.
    #[error("the events could not be stored")]
    Store(#[source] StoreError),
    /// The process is going down.
    #[error("the request was interrupted: send it again")]
    Interrupted,
}

impl IngestError {
    /// Stable code for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EmptyBody => "empty_body",
            Self::BodyTooLarge => "body_too_large",
            Self::TooManyEvents => "too_many_events",
            Self::InvalidGzip => "invalid_gzip",
            Self::InvalidUtf8 { .. } => "invalid_utf8",
            Self::InvalidJson { .. } => "invalid_json",
            Self::NotAnArray => "not_an_array",
            Self::Busy => "ingest_busy",
            Self::Store(_) | Self::Interrupted => "unavailable",
        }
    }
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            other => Self::Store(other),
        }
    }
}

/// Why one event is refused. The others of its request are not touched by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
