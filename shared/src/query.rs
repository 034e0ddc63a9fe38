//! A typed question about events, and its answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Filter;
use crate::given::given;

/// A typed question about one tenant's events. The tenant is never part of it: it comes from the
/// token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Names of measures, 1 to 10.
    pub measures: Vec<String>,
    /// Names of dimensions to group by, at most 4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<String>,
    /// The time range, and with a grain the buckets.
    pub time: TimeRange,
    /// All of these must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Order of the rows; by default the first measure, descending, or time ascending with a grain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// Most groups to return, 1 to 10,000; 1,000 by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// With dimensions: add a row of all groups past the limit, see [`Role::Other`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub other: bool,
    /// Another period to answer beside this one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// Different users, sessions and accounts may be estimated; see [`Column::approximate`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// A half-open range `[from, to)` in an IANA zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeRange {
    /// First instant: an RFC 3339 date-time, or a date, which means its midnight in `zone`.
    pub from: String,
    /// End of the range, itself not in it: an RFC 3339 date-time, or a date as for `from`.
    pub to: String,
    /// IANA zone in which dates and buckets are cut; `UTC` by default.
    #[serde(default = "utc")]
    pub zone: String,
    /// Width of a bucket. With it the first column of the answer is `time`, a row per bucket.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
    /// The day on which weeks begin; Monday by default.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
}

fn utc() -> String {
    "UTC".into()
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// Width of a time bucket, cut at the zone's own midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// A calendar day, of 23, 24 or 25 hours.
    Day,
    /// Seven calendar days from the first day of a week.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

/// The day on which weeks begin. It cuts buckets and ranges; `day_of_week` stays 1 for Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// As ISO 8601 has it.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// One key of the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// A measure or dimension of the query.
    pub by: String,
    /// Largest first.
    #[serde(default)]
    pub desc: bool,
}

/// The period to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "CompareText", into = "CompareText")]
pub enum Compare {
    /// The period of the same length just before.
    PreviousPeriod,
    /// The same calendar range a year before.
    PreviousYear,
    /// This range, `[from, to)`, in the zone of the query.
    Range {
        /// As in [`TimeRange`].
        from: String,
        /// As in [`TimeRange`].
        to: String,
    },
}

/// A comparison as it is written: a word, or a range.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected `previous_period`, `previous_year`, or a range with `from` and `to`"
)]
enum CompareText {
    Word(CompareWord),
    Range(CompareRange),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CompareWord {
    PreviousPeriod,
    PreviousYear,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CompareRange {
    from: String,
    to: String,
}

impl From<CompareText> for Compare {
    fn from(text: CompareText) -> Self {
        match text {
            CompareText::Word(CompareWord::PreviousPeriod) => Self::PreviousPeriod,
            CompareText::Word(CompareWord::PreviousYear) => Self::PreviousYear,
            CompareText::Range(CompareRange { from, to }) => Self::Range { from, to },
        }
    }
}

impl From<Compare> for CompareText {
    fn from(compare: Compare) -> Self {
        match compare {
            Compare::PreviousPeriod => Self::Word(CompareWord::PreviousPeriod),
            Compare::PreviousYear => Self::Word(CompareWord::PreviousYear),
            Compare::Range { from, to } => Self::Range(CompareRange { from, to }),
        }
    }
}

/// The answer to a [`Query`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What each cell of a row is: `time` if a grain was asked for, then dimensions, then measures,
    /// in the order of the query, then `is_other` if `other` was asked for.
    pub columns: Vec<Column>,
    /// Rows of cells: strings, numbers, booleans or null.
    pub rows: Vec<Vec<Value>>,
    /// The range that was answered, as instants, in its zone.
    pub time: TimeRange,
    /// The comparison period, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Comparison>,
    /// Changes whenever the answer may change; the strong part of the ETag.
    pub version: String,
    /// Where the rows came from.
    pub source: Source,
    /// Time spent on the answer, in milliseconds.
    pub elapsed_ms: f64,
}

/// The same question about another period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The other period.
    pub time: TimeRange,
    /// Row `i` belongs to row `i` of the answer: the same dimension values, or the bucket at the
    /// same place. A period without such a bucket has nulls there.
    pub rows: Vec<Vec<Value>>,
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The name that was asked for, or `time`.
    pub name: String,
    /// A name for people.
    pub label: String,
    /// What it is in the query.
    pub role: Role,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// How to write its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// ISO 4217 code of a money column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Its cells are estimates, with this error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<Approximate>,
}

/// How good an estimate is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Approximate {
    /// The relative standard error: 0.01625 means that two of three estimates are within 1.625 %.
    pub relative_error: f64,
}

/// What a column is in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Start of the bucket.
    Time,
    /// A group's value.
    Dimension,
    /// A number about the group.
    Measure,
    /// `true` in the row of all groups past the limit, whose dimensions are null; `false` in others.
    /// So that row is told from every group, whatever the values of a dimension are.
    Other,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// RFC 3339 string with the zone's offset.
    Time,
    /// String.
    String,
    /// JSON integer.
    Integer,
    /// JSON number.
    Number,
    /// Exact decimal as a string, such as `"12.50"`.
    Decimal,
    /// JSON boolean.
    Boolean,
}

/// How the numbers of a measure are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A plain number.
    Number,
    /// An amount in the column's currency.
    Money,
    /// Milliseconds.
    Duration,
    /// A share: 0.25 is written as 25 %.
    Percent,
}

/// Where the rows of an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Computed from the columnar lake.
    Lake,
    /// Computed from a rollup.
    Rollup,
    /// An earlier answer to the same question about the same version.
    Cache,
}
