//! The envelope of every list.

use serde::{Deserialize, Serialize};

/// A page of things. `Link: rel="next"` (RFC 8288) leads to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// At most `limit` things.
    pub data: Vec<T>,
}
