//! The one shape of an error.

use serde::{Deserialize, Serialize};

/// An error answer, `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`: the `code` tells problems apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// The phrase of the status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code, such as `unknown_measure`.
    pub code: String,
    /// What is wrong and what to do about it.
    pub detail: String,
    /// The request, as in the server's log.
    pub request_id: String,
    /// Which fields are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer into the body (RFC 6901), or a parameter's name.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}
