//! An event as the contract's schema `Event` says, and when it reaches Inlay.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// One event of the team-projects product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Event {
    /// The same on every run with the same seed, so that feeding it twice stores it once.
    pub(crate) id: String,
    /// What happened.
    pub(crate) name: &'static str,
    /// When it happened.
    pub(crate) time: Timestamp,
    /// Who did it; nobody for what the product does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// The team that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// The visit that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    /// Where in the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<String>,
    /// Where the visit came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) referrer: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<&'static str>,
    /// `desktop`, `phone` or `tablet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<&'static str>,
    /// A decimal string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<&'static str>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u64>,
    /// What is particular to this kind of event.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) properties: BTreeMap<&'static str, Value>,
}

/// An event on its way: most arrive when they happen, some late, some twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arrival {
    /// When it reaches Inlay.
    pub(crate) at: Timestamp,
    /// Sent once more under the same id, as a client does that got no answer.
    pub(crate) again: bool,
    /// What arrives.
    pub(crate) event: Event,
}
