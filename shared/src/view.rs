//! What an embedded dashboard reads: the lines of the view, and a panel asked again.

use serde::{Deserialize, Serialize};

use crate::dashboard::is_plain;
use crate::given::given;
use crate::{
    Answer, Brand, Capability, CompareChoice, Filter, FilterOffer, Grain, Look, Mark, PanelKind,
    Problem, TimeRange,
};

/// A line of `GET /v1/embed/view` (NDJSON): the layout first, then a line per panel as it is ready,
/// then the end. A stream without its end was cut off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "lines live one at a time")]
pub enum ViewLine {
    /// What to draw where.
    Layout(Layout),
    /// The numbers of one panel.
    Panel(PanelAnswer),
    /// The numbers of one panel are those that the caller has.
    Unchanged(PanelUnchanged),
    /// Why one panel has none.
    Error(PanelError),
    /// Every panel was sent.
    End(ViewEnd),
}

/// What a dashboard looks like, before any number is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The dashboard's name.
    pub dashboard: String,
    /// Its title.
    pub title: String,
    /// The range in force, such as `30d`; absent where `from` and `to` were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// The range as instants; with the grain, where the viewer picked one.
    pub time: TimeRange,
    /// Ranges the viewer may pick; empty without the capability `filter`.
    pub ranges: Vec<String>,
    /// Dimensions in which the viewer may pick values; empty without the capability `filter`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<FilterOffer>,
    /// What the token allows. A page may hide a button by it; the server enforces it.
    pub capabilities: Vec<Capability>,
    /// How often to ask again, in seconds.
    pub refresh_seconds: u32,
    /// The viewer's language (BCP 47), if the token names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The tenant's brand, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// The panels in reading order.
    pub panels: Vec<PanelLayout>,
}

/// Where a panel stands and what it draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelLayout {
    /// Its id within the dashboard.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it draws.
    pub kind: PanelKind,
    /// Columns of twelve on a wide page.
    pub width: u8,
    /// What a text says. A text has no numbers, and no line of its own in the view.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How it is drawn, where its kind leaves a choice.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub look: Look,
}

/// The numbers of one panel; also the answer of `POST /v1/embed/query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelAnswer {
    /// The panel's id.
    pub id: String,
    /// Strong validator of what is shown. Whoever sends it back in `If-None-Match` gets the panel's
    /// numbers only if they are others.
    pub etag: String,
    /// The answer to its query.
    pub answer: Answer,
    /// The first measure over the buckets of the range: the sparkline of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Answer>,
}

/// A panel whose numbers did not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelUnchanged {
    /// The panel's id.
    pub id: String,
}

/// Why a panel has no numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelError {
    /// The panel's id.
    pub id: String,
    /// What went wrong and what to do.
    pub problem: Problem,
}

/// Closes a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewEnd {
    /// Changes whenever any panel may change.
    pub version: String,
}

/// Body of `POST /v1/embed/query`: one panel again, with the viewer's own range and filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedQuery {
    /// A dashboard of the token.
    pub dashboard: String,
    /// A panel of it.
    pub panel: String,
    /// Another range, as in [`crate::Dashboard`]; needs the capability `filter`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// With `to`, in place of `range`: any range, as in [`TimeRange`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// See `from`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Another comparison than the panels have, where a panel can draw one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub compare: Option<CompareChoice>,
    /// Another grain, where a panel has a time axis.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
    /// Another IANA zone than the token's.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Further conditions; need the capability `filter`. They narrow, never widen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Marks that were picked in other panels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}
