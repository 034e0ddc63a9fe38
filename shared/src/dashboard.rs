//! Dashboards as they are declared: panels and what each of them asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::given::{given, given_object, object};
use crate::query::is_false;
use crate::{Compare, Filter, FunnelStep, Grain, Order, Subject, WeekStart};

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
    /// What it asks. Funnels, retention and texts have none.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "is_plain")]
    pub query: PanelQuery,
    /// What a funnel asks.
    #[serde(default, deserialize_with = "given_object", skip_serializing_if = "Option::is_none")]
    pub funnel: Option<PanelFunnel>,
    /// What a retention grid asks.
    #[serde(default, deserialize_with = "given_object", skip_serializing_if = "Option::is_none")]
    pub retention: Option<PanelRetention>,
    /// What a text says, in a subset of Markdown: paragraphs, headings, lists, emphasis, code and links.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How it is drawn, where its kind leaves a choice.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "is_plain")]
    pub look: Look,
    /// Other labels for the query's columns, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

pub(crate) fn is_plain<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
    /// Bars of the first measure by the first dimension, or over time with a `grain`. A second dimension or
    /// further measures are bars side by side, or stacked.
    Bar,
    /// All columns.
    Table,
    /// Shares of the first measure by the first dimension, as a ring.
    Donut,
    /// The first measure by hour of the day and day of the week.
    Heatmap,
    /// How many get from each step to the next.
    Funnel,
    /// How many come back, by when they came first.
    Retention,
    /// Words.
    Text,
}

/// How a panel is drawn, where its kind leaves a choice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Areas or bars of several series stand on each other, and not beside or before each other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stacked: bool,
    /// Bars stand up.
    #[serde(default, skip_serializing_if = "is_false")]
    pub vertical: bool,
    /// Each number of a table has a bar that shows its size.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cell_bars: bool,
    /// What a number is to reach.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// What happened meanwhile: marked on lines, areas and bars over time. At most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// When: an RFC 3339 date-time, or a date.
    pub time: String,
    /// What, for people, 1 to 60 characters.
    pub label: String,
}

/// A funnel's question, as in [`crate::FunnelQuery`]; its time range comes from the dashboard and the viewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelFunnel {
    /// As in a funnel query.
    pub steps: Vec<FunnelStep>,
    /// As in a funnel query.
    #[serde(default)]
    pub by: Subject,
    /// As in a funnel query.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<u64>,
    /// As in a funnel query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

/// A retention grid's question, as in [`crate::RetentionQuery`]; its time range comes from the dashboard and
/// the viewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelRetention {
    /// As in a retention query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cohort: Vec<Filter>,
    /// As in a retention query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returning: Vec<Filter>,
    /// As in a retention query.
    #[serde(default)]
    pub by: Subject,
    /// Width of the cohorts, a day or more; `auto` takes days up to two weeks, weeks up to half a year,
    /// then months.
    #[serde(default = "auto")]
    pub grain: PanelGrain,
    /// As in a retention query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

fn auto() -> PanelGrain {
    PanelGrain::Auto(Auto::Auto)
}

/// A panel's question: a query whose time range comes from the dashboard and the viewer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// Buckets; lines and areas need them, bars may have them, the others have none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub grain: Option<PanelGrain>,
    /// As in a query.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// As in a query.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
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
