//! Dashboards as they are declared: panels and what each of them asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::query::is_false;
use crate::{Compare, Filter, Grain, Order, WeekStart};

/// The definition of a dashboard: what `/v1/dashboards` stores and an embed token names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Name in tokens and addresses: lower-case letters, digits and hyphens, at most 64.
    pub name: String,
    /// Title for people, at most 120 characters.
    pub title: String,
    /// The range it opens with: `<n>h`, `<n>d`, `<n>w` or `<n>m`, the current one included.
    pub range: String,
    /// Ranges a viewer with the capability `filter` may pick.
    #[serde(default)]
    pub ranges: Vec<String>,
    /// Dimensions in which such a viewer may pick values; those of the panels if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// How often an open page asks for news, in seconds, 2 to 3,600.
    #[serde(default = "half_a_minute")]
    pub refresh_seconds: u32,
    /// The day on which weeks begin, in ranges such as `4w` and in panels; Monday by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
    /// 1 to 24 panels, in reading order.
    pub panels: Vec<Panel>,
}

fn half_a_minute() -> u32 {
    30
}

/// One panel of a dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Unique in the dashboard: lower-case letters, digits and hyphens, at most 64.
    pub id: String,
    /// Title for people, at most 120 characters.
    pub title: String,
    /// What is drawn.
    pub kind: PanelKind,
    /// Columns of twelve that it takes on a wide page.
    pub width: u8,
    /// What it asks.
    pub query: PanelQuery,
    /// Other labels for the query's columns, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What a panel draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// The first measure, its change against the comparison, and its course as a sparkline.
    Number,
    /// Lines over time.
    Line,
    /// Filled lines over time.
    Area,
    /// Ranked horizontal bars of the first measure by the first dimension.
    Bar,
    /// All columns.
    Table,
}

/// A panel's question: a query whose time range comes from the dashboard and the viewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelQuery {
    /// As in a query.
    pub measures: Vec<String>,
    /// As in a query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<String>,
    /// As in a query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// As in a query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// As in a query.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// As in a query.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other: bool,
    /// Buckets; lines and areas need them, the others have none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub grain: Option<PanelGrain>,
    /// As in a query.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
}

/// Buckets of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PanelGrain {
    /// This grain, whatever the range.
    Fixed(Grain),
    /// The word `auto`: hours up to two days, days up to 100, weeks up to two years, then months.
    Auto(Auto),
}

/// The word `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auto {
    /// Picked from the length of the range.
    Auto,
}
