//! Optional input fields: given, or left out. `null` is neither, and refused as the contract says.

use serde::{Deserialize, Deserializer};

/// Reads a field that is there; with `#[serde(default)]` an absent one stays `None`.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
