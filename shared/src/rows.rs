//! Single events: what is asked for, and a page of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::given::given;
use crate::{ColumnType, Filter, Mark, TimeRange};

/// Body of `POST /v1/rows`: events of one tenant, in the order of their time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    /// Names of columns, 1 to 64, each once; by default those of the unified schema that say what
    /// happened.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// The time range. It has no grain.
    pub time: TimeRange,
    /// All of these must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Which end comes first.
    #[serde(default)]
    pub order: RowOrder,
    /// Rows a page, 1 to 10,000; 100 by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where the page begins: `next` of the page before, with the same query.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Which end of the range comes first. Events of the same time stand in the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOrder {
    /// The latest event first.
    #[default]
    NewestFirst,
    /// The earliest event first.
    OldestFirst,
}

/// Body of `POST /v1/embed/rows`: the events behind a panel, within its filters and the token's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedRowsQuery {
    /// A dashboard of the token.
    pub dashboard: String,
    /// A panel of it.
    pub panel: String,
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
    /// As in [`crate::EmbedQuery`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// As in [`crate::EmbedQuery`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Rows a page, 1 to 1,000; 100 by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where the page begins: `next` of the page before, with the same question.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowsPage {
    /// What each cell of a row is.
    pub columns: Vec<RowColumn>,
    /// Rows of cells: strings, numbers, booleans or null.
    pub rows: Vec<Vec<Value>>,
    /// The range that was asked for, as instants, in its zone.
    pub time: TimeRange,
    /// The cursor of the next page; the last one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Changes whenever the page may change.
    pub version: String,
    /// Time spent on the page, in milliseconds.
    pub elapsed_ms: f64,
}

/// One column of a page of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowColumn {
    /// The name that was asked for.
    pub name: String,
    /// A name for people.
    pub label: String,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
}
