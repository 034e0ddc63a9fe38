//! How the events of one source become events of the contract.

use serde::{Deserialize, Serialize};

use crate::given::given;

/// The rules of one source, as `PUT /v1/mappings/{source}` takes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// Applied in this order; at most 200.
    pub rules: Vec<MappingRule>,
}

/// The rules that hold for one source now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The source's label.
    pub source: String,
    /// Counts the changes of this mapping, from 1; 0 where the source has no rules.
    pub version: i64,
    /// When this version came, RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// In the order in which they are applied.
    pub rules: Vec<MappingRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingRule {
    /// What it does.
    pub action: MappingAction,
    /// For `move` and `drop`: a member of the event, a property, or a path into something nested.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// For `move` and `set`: a field of the event, or else a property.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// For `set`: the text.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingAction {
    /// Gives a value another name.
    Move,
    /// Leaves a value out.
    Drop,
    /// Gives every event of the source a value that it does not bring itself.
    Set,
}
