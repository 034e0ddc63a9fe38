//! What is kept and what is erased.

use serde::{Deserialize, Deserializer, Serialize};

/// Body of `POST /v1/privacy/erasures`. Its Debug tells nothing of the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewErasure {
    /// The person's id, as events carry it in `user`: 1 to 256 characters.
    pub user: String,
}

impl std::fmt::Debug for NewErasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewErasure(…)")
    }
}

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// Asked for. Every answer is as before.
    Pending,
    /// No answer has anything of it any more. Files that were replaced are still being removed.
    Erased,
    /// Nothing of it is left on the disk.
    Done,
}

impl ErasureState {
    /// The state after these steps.
    pub const fn of(erased: bool, finished: bool) -> Self {
        match (erased, finished) {
            (_, true) => Self::Done,
            (true, false) => Self::Erased,
            (false, false) => Self::Pending,
        }
    }
}

/// The erasure of a person. Whom it is about is in no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// `erase_…`.
    pub id: String,
    /// How far it has come.
    pub state: ErasureState,
    /// Events that were erased; 0 while it is pending.
    pub events: u64,
    /// RFC 3339, UTC.
    pub requested_at: String,
    /// RFC 3339, UTC. From then on no answer has anything of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<String>,
    /// RFC 3339, UTC. From then on nothing of the person is on the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// The erasure of a whole tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantErasure {
    /// How far it has come.
    pub state: ErasureState,
    /// RFC 3339, UTC. From then on there is no such tenant.
    pub requested_at: String,
    /// RFC 3339, UTC. From then on its events and files are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<String>,
    /// RFC 3339, UTC. From then on nothing of it is on the disk, and its slug is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// How long a tenant's events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Whole days of UTC besides today, 1 to 36,500; `null` is forever.
    #[serde(deserialize_with = "nullable")]
    pub days: Option<u32>,
}

/// Reads a field that must be there, though it may be `null`.
fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Option::deserialize(deserializer)
}
