//! Conditions on events, and groups of them.

use serde::{Deserialize, Serialize};

/// What a row must meet: a condition, or a group of filters. In a list of filters all must hold.
///
/// Each filter is true or false of every row, never unknown, so `not` is the plain complement: a row
/// without a value does not meet `in`, and meets `not_in` as well as `not` around `in`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub enum Filter {
    /// One condition.
    Condition(Condition),
    /// All of these hold; at least one is named.
    And(Vec<Self>),
    /// Some of these hold; at least one is named.
    Or(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
}

/// A condition on a dimension, or on a column of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Name of the dimension or column.
    pub dimension: String,
    /// How it is compared.
    pub op: FilterOp,
    /// What it is compared with, as text: numbers in decimal notation, times as RFC 3339. How many
    /// there are depends on the operator; none of them turns the filter off.
    pub values: Vec<String>,
}

/// How a condition compares. Text is compared as it is written, capitals included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// The value is one of the list. A row without a value never matches, nor any row an empty list.
    In,
    /// The value is none of the list. A row without a value matches, and every row an empty list.
    NotIn,
    /// The text has one of the list in it.
    Contains,
    /// The text has none of the list in it. A row without a value matches.
    NotContains,
    /// The text begins with one of the list.
    StartsWith,
    /// More than the one value.
    Gt,
    /// The one value, or more.
    Gte,
    /// Less than the one value.
    Lt,
    /// The one value, or less.
    Lte,
    /// From the first of two values to the second, both included.
    Between,
    /// There is a value. Takes no values.
    IsSet,
    /// There is no value. Takes no values.
    NotSet,
}

impl FilterOp {
    /// Every operator and its name on the wire.
    pub const ALL: [(Self, &str); 12] = [
        (Self::In, "in"),
        (Self::NotIn, "not_in"),
        (Self::Contains, "contains"),
        (Self::NotContains, "not_contains"),
        (Self::StartsWith, "starts_with"),
        (Self::Gt, "gt"),
        (Self::Gte, "gte"),
        (Self::Lt, "lt"),
        (Self::Lte, "lte"),
        (Self::Between, "between"),
        (Self::IsSet, "is_set"),
        (Self::NotSet, "not_set"),
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(op, _)| *op == self).map_or("", |(_, name)| name)
    }

    /// Does it stand alone, without values?
    pub const fn is_bare(self) -> bool {
        matches!(self, Self::IsSet | Self::NotSet)
    }
}

impl Filter {
    /// A condition.
    pub fn condition(
        dimension: impl Into<String>,
        op: FilterOp,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self::Condition(Condition { dimension: dimension.into(), op, values })
    }
}

/// A filter as it is written: a condition has the first three fields, a group one of the others.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<String>,
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    op: Option<FilterOp>,
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    and: Option<Vec<Filter>>,
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    or: Option<Vec<Filter>>,
    #[serde(default, deserialize_with = "crate::given::given")]
    #[serde(skip_serializing_if = "Option::is_none")]
    not: Option<Box<Filter>>,
}

impl TryFrom<Fields> for Filter {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        Ok(match fields {
            Fields { dimension: None, op: None, values: None, and, or, not } => {
                match (and, or, not) {
                    (Some(all), None, None) => Self::And(all),
                    (None, Some(any), None) => Self::Or(any),
                    (None, None, Some(other)) => Self::Not(other),
                    _ => {
                        return Err("a filter is a condition with `dimension`, `op` and \
                                    `values`, or has one of `and`, `or` and `not`");
                    }
                }
            }
            Fields {
                dimension: Some(dimension),
                op: Some(op),
                values,
                and: None,
                or: None,
                not: None,
            } => match values {
                Some(_) if op.is_bare() => {
                    return Err("`is_set` and `not_set` stand without `values`");
                }
                None if !op.is_bare() => return Err("missing field `values`"),
                values => {
                    Self::Condition(Condition { dimension, op, values: values.unwrap_or_default() })
                }
            },
            Fields { dimension: None, .. } => return Err("missing field `dimension`"),
            Fields { op: None, .. } => return Err("missing field `op`"),
            _ => return Err("a condition has no `and`, `or` or `not`: put it into their list"),
        })
    }
}

impl From<Filter> for Fields {
    fn from(filter: Filter) -> Self {
        match filter {
            Filter::Condition(Condition { dimension, op, values }) => Self {
                dimension: Some(dimension),
                op: Some(op),
                values: (!op.is_bare()).then_some(values),
                ..Self::default()
            },
            Filter::And(all) => Self { and: Some(all), ..Self::default() },
            Filter::Or(any) => Self { or: Some(any), ..Self::default() },
            Filter::Not(other) => Self { not: Some(other), ..Self::default() },
        }
    }
}
