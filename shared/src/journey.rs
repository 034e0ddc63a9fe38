//! Questions about what the same people do one after the other: funnels and retention.

use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::{Filter, Grain, TimeRange};

/// Whose events belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A user.
    #[default]
    User,
    /// A visit.
    Session,
    /// A company.
    Account,
}

/// Body of `POST /v1/query/funnel`: how many get from each step to the next.
///
/// Events without a subject do not count. A subject enters with its first event in the range that
/// meets the first step; each next step is the first later event that meets it, no later than
/// `window_seconds` after the entry. One event is one step; events of the same time are in the order in which they came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelQuery {
    /// 2 to 10 steps, in order.
    pub steps: Vec<FunnelStep>,
    /// Whose events belong together.
    #[serde(default)]
    pub by: Subject,
    /// How long after the entry a step may be, in seconds: 1 to 31,536,000. Any time in the range, if it
    /// is left out.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<u64>,
    /// Only events in this range count. It has no grain.
    pub time: TimeRange,
    /// All events must meet these besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

/// One step of a funnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelStep {
    /// Name for people, 1 to 120 characters.
    pub label: String,
    /// What an event must meet to be this step.
    pub filters: Vec<Filter>,
}

/// The answer to a [`FunnelQuery`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelAnswer {
    /// The steps in their order.
    pub steps: Vec<FunnelCount>,
    /// The range that was answered.
    pub time: TimeRange,
    /// Changes whenever the answer may change.
    pub version: String,
    /// Time spent on the answer, in milliseconds.
    pub elapsed_ms: f64,
}

/// How many reached a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelCount {
    /// Its name.
    pub label: String,
    /// Subjects that reached it.
    pub count: u64,
    /// Their share of those who entered; null if nobody did.
    pub of_first: Option<f64>,
    /// Their share of those who reached the step before; null if nobody did.
    pub of_previous: Option<f64>,
}

/// Body of `POST /v1/query/retention`: how many come back, by when they came first.
///
/// A subject belongs to the cohort of the bucket of its first event in the range that meets `cohort`.
/// It is back in a bucket if it has an event there that meets `returning` and comes after that first one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionQuery {
    /// What an event must meet to be a beginning; any event, if it is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cohort: Vec<Filter>,
    /// What an event must meet to be a return; any event, if it is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returning: Vec<Filter>,
    /// Whose events belong together.
    #[serde(default)]
    pub by: Subject,
    /// Only events in this range count. Its grain, a day or more, is that of the cohorts; at most 100
    /// of them.
    pub time: TimeRange,
    /// All events must meet these besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

/// The answer to a [`RetentionQuery`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionAnswer {
    /// One for each bucket of the range.
    pub cohorts: Vec<Cohort>,
    /// Width of a bucket.
    pub grain: Grain,
    /// The range that was answered.
    pub time: TimeRange,
    /// Changes whenever the answer may change.
    pub version: String,
    /// Time spent on the answer, in milliseconds.
    pub elapsed_ms: f64,
}

/// Those who came first in the same bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// When the bucket begins: RFC 3339, in the zone.
    pub start: String,
    /// How many they are.
    pub size: u64,
    /// How many of them are back in this bucket, the next one, and so on to the end of the range.
    pub returned: Vec<u64>,
}
