//! What a viewer picks on a dashboard: marks that narrow the other panels, a comparison, and the
//! values that a filter offers.

use serde::{Deserialize, Serialize};

use crate::Filter;
use crate::given::given;

/// A mark that a viewer picked, such as a bar: it narrows every panel but its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The panel in which it stands.
    pub panel: String,
    /// What the other panels are narrowed to; all of it must hold.
    pub filters: Vec<Filter>,
}

/// The comparison that a viewer wants for numbers, lines, areas and bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareChoice {
    /// As in [`crate::Compare`].
    PreviousPeriod,
    /// As in [`crate::Compare`].
    PreviousYear,
    /// No comparison at all.
    None,
}

/// A dimension in which a viewer may pick values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterOffer {
    /// Its name in a filter.
    pub dimension: String,
    /// Its name for people.
    pub label: String,
}

/// Body of `POST /v1/embed/values`: which values a dimension has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedValuesQuery {
    /// A dashboard of the token.
    pub dashboard: String,
    /// A dimension that the dashboard's layout offers.
    pub dimension: String,
    /// Only values with this text in them, whatever its capitals.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// As in [`crate::EmbedQuery`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// As in [`crate::EmbedQuery`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As in [`crate::EmbedQuery`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// As in [`crate::EmbedQuery`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// As in [`crate::EmbedQuery`]. Conditions on the dimension itself are best left out: they would
    /// hide the values that may be picked besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Most values to return, 1 to 100; 20 by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Values of a dimension, the most frequent first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValuesAnswer {
    /// The values.
    pub values: Vec<DimensionValue>,
    /// There are more: search for them.
    pub more: bool,
}

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionValue {
    /// As a filter takes it.
    pub value: String,
    /// Events that have it.
    pub count: u64,
}
