//! Conditions on events, typed: which column, compared with what.
//!
//! Each condition is true or false of every row, never unknown: a row without a value meets no
//! comparison, and so it meets the opposite of each. `not_in` is the plain complement of `in`.

use std::sync::Arc;

use inlay_shared::{ColumnType, Condition as Named, Filter, FilterOp};

use super::check::{self, at_most};
use super::{Dimension, Invalid, Model, Part, values};

/// Characters of a filter's value at most: as many as the longest field of an event may have.
const LONGEST_VALUE: usize = 2_048;
/// Values of one filter at most.
const MOST_VALUES: usize = 1_000;
/// Filters of one list at most, be it the question's or a group's.
const MOST_FILTERS: usize = 16;
/// Groups within groups at most.
const DEEPEST: usize = 4;
/// Conditions of a question at most, those of its groups included.
const MOST_CONDITIONS: usize = 64;

/// What a row must meet.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of these.
    All(Vec<Self>),
    /// Some of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// The value of a column passes a test. A row without a value passes none.
    Test(Arc<Dimension>, Test),
}

/// What the value of a column is held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these; none is, if there are none.
    In(Vec<Literal>),
    /// It is a text with one of these in it.
    Contains(Vec<String>),
    /// It is a text that begins with one of these.
    StartsWith(Vec<String>),
    /// It lies between these ends.
    Range(Range),
    /// It is there.
    Set,
}

/// The ends of a range; one of them may be open.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Where it is.
    pub at: Literal,
    /// Is it itself in the range?
    pub included: bool,
}

/// A value of the type of the column that it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Millionths.
    Decimal(i128),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Microseconds since 1970.
    Time(i64),
}

/// Types a list of filters, all of which must hold; `pointer` says where it stands.
///
/// # Errors
/// The first thing that is wrong.
pub fn conditions(
    model: &Model,
    filters: &[Filter],
    pointer: &str,
) -> Result<Vec<Condition>, Invalid> {
    at_most(filters.len(), MOST_FILTERS, "too_many_filters", pointer, "filters")?;
    let typed = |(at, filter)| condition(model, filter, &format!("{pointer}/{at}"));
    let conditions: Vec<Condition> =
        filters.iter().enumerate().map(typed).collect::<Result<_, _>>()?;
    let count = conditions.iter().map(Condition::count).sum();
    at_most(count, MOST_CONDITIONS, "too_many_filters", pointer, "conditions")?;
    Ok(conditions)
}

/// Types one filter; `pointer` says where it stands.
///
/// # Errors
/// What is wrong with it.
pub fn condition(model: &Model, filter: &Filter, pointer: &str) -> Result<Condition, Invalid> {
    let condition = nested(model, filter, pointer, 0)?;
    at_most(condition.count(), MOST_CONDITIONS, "too_many_filters", pointer, "conditions")?;
    Ok(condition)
}

fn nested(
    model: &Model,
    filter: &Filter,
    pointer: &str,
    depth: usize,
) -> Result<Condition, Invalid> {
    let group = |name: &str, filters: &[Filter]| {
        let pointer = format!("{pointer}/{name}");
        if filters.is_empty() {
            let detail = "a group has at least one filter; an empty one would say nothing";
            return Err(Invalid::new("invalid_filter", pointer, detail));
        }
        at_most(filters.len(), MOST_FILTERS, "too_many_filters", &pointer, "filters of a group")?;
        let typed = |(at, filter)| nested(model, filter, &format!("{pointer}/{at}"), depth + 1);
        filters.iter().enumerate().map(typed).collect::<Result<Vec<_>, _>>()
    };
    if depth > DEEPEST {
        let detail = format!("groups are nested at most {DEEPEST} deep: write it flatter");
        return Err(Invalid::new("invalid_filter", pointer, detail));
    }
    Ok(match filter {
        Filter::Condition(named) => single(model, named, pointer)?,
        Filter::And(all) => Condition::All(group("and", all)?),
        Filter::Or(any) => Condition::Any(group("or", any)?),
        Filter::Not(other) => {
            Condition::Not(Box::new(nested(model, other, &format!("{pointer}/not"), depth + 1)?))
        }
    })
}

fn single(model: &Model, named: &Named, pointer: &str) -> Result<Condition, Invalid> {
    let Some(dimension) = model.filterable(&named.dimension) else {
        let known = check::filterable(model);
        let pointer = format!("{pointer}/dimension");
        return Err(check::unknown("dimension", &named.dimension, pointer, &known));
    };
    let values_at = format!("{pointer}/values");
    at_most(named.values.len(), MOST_VALUES, "invalid_filter", &values_at, "values of a filter")?;
    if let Some(at) = named.values.iter().position(|value| value.chars().count() > LONGEST_VALUE) {
        let detail = format!("a value of a filter has at most {LONGEST_VALUE} characters");
        return Err(Invalid::new("invalid_filter", format!("{values_at}/{at}"), detail));
    }
    let test = test(named, &dimension, pointer)?;
    let negated = matches!(named.op, FilterOp::NotIn | FilterOp::NotContains | FilterOp::NotSet);
    let condition = Condition::Test(dimension, test);
    Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
}

fn test(named: &Named, dimension: &Dimension, pointer: &str) -> Result<Test, Invalid> {
    let wrong =
        |at: &str, detail: String| Invalid::new("invalid_filter", format!("{pointer}{at}"), detail);
    let (name, op) = (&named.dimension, named.op.name());
    let text_only = || {
        if dimension.part.kind() == ColumnType::String {
            return Ok(named.values.clone());
        }
        Err(wrong("/op", format!("`{op}` is for texts, and `{name}` is none: use a range")))
    };
    let literals = || {
        let typed = |(at, text): (usize, &String)| {
            Literal::read(text, &dimension.part)
                .map_err(|expected| wrong(&format!("/values/{at}"), expected))
        };
        named.values.iter().enumerate().map(typed).collect::<Result<Vec<_>, _>>()
    };
    let ends = |count: usize| {
        if matches!(dimension.part.kind(), ColumnType::String | ColumnType::Boolean) {
            let detail = format!("`{op}` is for numbers and times, and `{name}` is neither");
            return Err(wrong("/op", detail));
        }
        let literals = literals()?;
        if literals.len() != count {
            let detail = format!("`{op}` takes {count}, not {}", literals.len());
            return Err(wrong("/values", detail));
        }
        Ok(literals.into_iter())
    };
    let one = |included| Ok(ends(1)?.next().map(|at| End { at, included }));
    Ok(match named.op {
        FilterOp::In | FilterOp::NotIn => Test::In(literals()?),
        FilterOp::Contains | FilterOp::NotContains => Test::Contains(text_only()?),
        FilterOp::StartsWith => Test::StartsWith(text_only()?),
        FilterOp::Gt => Test::Range(Range { low: one(false)?, high: None }),
        FilterOp::Gte => Test::Range(Range { low: one(true)?, high: None }),
        FilterOp::Lt => Test::Range(Range { low: None, high: one(false)? }),
        FilterOp::Lte => Test::Range(Range { low: None, high: one(true)? }),
        FilterOp::Between => {
            let mut ends = ends(2)?.map(|at| End { at, included: true });
            let (low, high) = (ends.next(), ends.next());
            if low.as_ref().zip(high.as_ref()).is_some_and(|(low, high)| low.at.is_above(&high.at))
            {
                let detail = format!("the first value of `{op}` is the smaller one");
                return Err(wrong("/values", detail));
            }
            Test::Range(Range { low, high })
        }
        FilterOp::IsSet | FilterOp::NotSet => Test::Set,
    })
}

impl Condition {
    /// Conditions in it.
    fn count(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::count).sum(),
            Self::Not(other) => other.count(),
            Self::Test(..) => 1,
        }
    }
}

impl Test {
    /// Does a text pass? `None` is a row without a value.
    ///
    /// A test that is not about texts is passed by none.
    pub fn passes_text(&self, text: Option<&str>) -> bool {
        let Some(text) = text else { return false };
        match self {
            Self::In(list) => {
                list.iter().any(|one| matches!(one, Literal::Text(one) if one == text))
            }
            Self::Contains(parts) => parts.iter().any(|part| text.contains(part.as_str())),
            Self::StartsWith(parts) => parts.iter().any(|part| text.starts_with(part.as_str())),
            Self::Range(_) => false,
            Self::Set => true,
        }
    }
}

impl Literal {
    /// Reads text as a value of the part's type; what is expected, if it is none.
    fn read(text: &str, part: &Part) -> Result<Self, String> {
        let whole = |low: i64, high: i64| match values::integer(text) {
            Some(number) if (low..=high).contains(&number) => Ok(Self::Integer(number)),
            _ => Err(format!("write a whole number from {low} to {high}")),
        };
        match (part, part.kind()) {
            (Part::HourOfDay, _) => whole(0, 23),
            (Part::DayOfWeek, _) => whole(1, 7),
            (_, ColumnType::String) => Ok(Self::Text(text.to_owned())),
            (_, ColumnType::Integer) => whole(i64::MIN, i64::MAX),
            (_, ColumnType::Decimal) => values::decimal(text).map(Self::Decimal).ok_or_else(|| {
                "write an amount with at most 15 digits before the point and 6 behind it, such as \
                 `12.50`"
                    .into()
            }),
            (_, ColumnType::Number) => values::number(text)
                .map(Self::Number)
                .ok_or_else(|| "write a number, such as `2.5`".into()),
            (_, ColumnType::Boolean) => values::boolean(text)
                .map(Self::Boolean)
                .ok_or_else(|| "write `true` or `false`".into()),
            (_, ColumnType::Time) => values::time(text).map(Self::Time).ok_or_else(|| {
                "write an RFC 3339 date-time with its offset, such as `2026-07-03T10:00:00Z`".into()
            }),
        }
    }

    /// Is it the larger one of two of the same type?
    fn is_above(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => a > b,
            (Self::Decimal(a), Self::Decimal(b)) => a > b,
            (Self::Number(a), Self::Number(b)) => a > b,
            (Self::Text(a), Self::Text(b)) => a > b,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(filter: Value) -> Result<Condition, Invalid> {
        condition(&Model::built_in(), &serde_json::from_value(filter).unwrap(), "/filters/0")
    }

    fn pointer(filter: Value) -> String {
        let invalid = read(filter).unwrap_err();
        assert!(invalid.code == "invalid_filter" || invalid.code == "too_many_filters");
        invalid.pointer
    }

    #[test]
    fn an_empty_list_stays_a_filter() {
        let none = read(json!({"dimension": "country", "op": "in", "values": []})).unwrap();
        assert!(matches!(none, Condition::Test(_, Test::In(list)) if list.is_empty()));
        let all = read(json!({"dimension": "country", "op": "not_in", "values": []})).unwrap();
        assert!(matches!(all, Condition::Not(_)));
    }

    #[test]
    fn values_have_the_type_of_their_column() {
        for (dimension, good, bad) in [
            ("hour_of_day", &["0", "23"][..], &["24", "-1", "x", "1.0", ""][..]),
            ("day_of_week", &["1", "7"], &["0", "8"]),
            (
                "duration_ms",
                &["0", "-5", "9007199254740991"],
                &["1.5", "1e3", "9223372036854775808"],
            ),
            (
                "value",
                &["12.50", "-0.000001", "007"],
                &["1e3", "+1", "0.0000001", "1000000000000000"],
            ),
            (
                "time",
                &["2026-07-03T10:00:00Z", "2026-07-03T10:00:00+02:00"],
                &["2026-07-03", "now"],
            ),
            ("page", &["", "/ä"], &[]),
        ] {
            for (values, fits) in [(good, true), (bad, false)] {
                for value in values {
                    let filter = json!({"dimension": dimension, "op": "in", "values": [value]});
                    assert_eq!(read(filter).is_ok(), fits, "{dimension} {value:?}");
                }
            }
        }
    }

    #[test]
    fn operators_are_for_their_types_and_take_their_number_of_values() {
        let filter = |dimension: &str, op: &str, values: &[&str]| json!({"dimension": dimension, "op": op, "values": values});
        assert_eq!(pointer(filter("value", "contains", &["1"])), "/filters/0/op");
        assert_eq!(pointer(filter("page", "gt", &["/a"])), "/filters/0/op");
        assert_eq!(pointer(filter("value", "gt", &[])), "/filters/0/values");
        assert_eq!(pointer(filter("value", "lte", &["1", "2"])), "/filters/0/values");
        assert_eq!(pointer(filter("value", "between", &["1"])), "/filters/0/values");
        assert_eq!(pointer(filter("value", "between", &["2", "1"])), "/filters/0/values");
        assert!(read(filter("value", "between", &["1", "1"])).is_ok());
        assert_eq!(pointer(filter("value", "in", &["1", "x"])), "/filters/0/values/1");
        let long = "x".repeat(LONGEST_VALUE + 1);
        assert_eq!(pointer(filter("page", "in", &["a", &long])), "/filters/0/values/1");
    }

    #[test]
    fn groups_are_bounded_and_never_empty() {
        let bare = json!({"dimension": "user", "op": "is_set"});
        assert_eq!(pointer(json!({"or": []})), "/filters/0/or");
        assert_eq!(pointer(json!({"and": []})), "/filters/0/and");
        assert_eq!(pointer(json!({"or": vec![bare.clone(); 17]})), "/filters/0/or");
        let deep = |levels: usize| (0..levels).fold(bare.clone(), |inner, _| json!({"not": inner}));
        assert!(read(deep(DEEPEST)).is_ok());
        assert_eq!(pointer(deep(DEEPEST + 1)), "/filters/0/not/not/not/not/not");
        let wide = json!({"or": vec![json!({"and": vec![bare.clone(); 5]}); 13]});
        assert_eq!(pointer(wide), "/filters/0");
        let filters = vec![serde_json::from_value(json!({"or": vec![bare; 16]})).unwrap(); 5];
        assert!(conditions(&Model::built_in(), &filters[..4], "/filters").is_ok());
        assert_eq!(
            conditions(&Model::built_in(), &filters, "/filters").unwrap_err().code,
            "too_many_filters"
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let no = read(json!({"or": [{"dimension": "tenant", "op": "in", "values": []}]}));
        let no = no.unwrap_err();
        assert_eq!((no.code, &*no.pointer), ("unknown_dimension", "/filters/0/or/0/dimension"));
        assert!(no.detail.contains("day_of_week") && no.detail.contains("duration_ms"), "{no}");
    }

    #[test]
    fn a_text_passes_as_its_column_would() {
        let passes = |op: &str, values: &[&str], text: Option<&str>| {
            let condition = read(json!({"dimension": "page", "op": op, "values": values})).unwrap();
            let Condition::Test(_, test) = condition else { panic!("{op} is one test") };
            test.passes_text(text)
        };
        assert!(passes("contains", &["x", "b"], Some("/abc")));
        assert!(!passes("contains", &["B"], Some("/abc")));
        assert!(passes("starts_with", &["/a"], Some("/abc")));
        assert!(!passes("starts_with", &[], Some("/abc")));
        assert!(passes("in", &["/abc"], Some("/abc")));
        for op in ["in", "contains", "starts_with"] {
            assert!(!passes(op, &[""], None));
        }
    }
}
