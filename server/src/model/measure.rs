//! Numbers about a group of events.

use std::sync::{Arc, LazyLock};

use inlay_shared::{ColumnType, Format, Layer};

use super::aggregate::{Aggregate, Compute, NumberType, Numbers};
use super::{Column, Field};

/// A named number and how it is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its name in a query.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// How its numbers are written.
    pub format: Format,
    /// What is counted, for people.
    pub unit: Option<String>,
    /// ISO 4217 code, where it is always the same.
    pub currency: Option<String>,
    /// Who declared it.
    pub layer: Layer,
    /// How it is computed.
    pub formula: Formula,
}

/// From numbers about the rows of a group to the one that is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// The number itself.
    Plain(Aggregate),
    /// One divided by another; nothing where the other is zero or nothing.
    Ratio {
        /// What is divided.
        over: Aggregate,
        /// By what.
        under: Aggregate,
    },
    /// The running total over the buckets of the range, from its beginning. The number itself where
    /// there are no buckets.
    Cumulative(Aggregate),
}

impl Formula {
    /// The numbers that it is made from.
    pub fn aggregates(&self) -> impl Iterator<Item = &Aggregate> {
        let (first, second) = match self {
            Self::Plain(one) | Self::Cumulative(one) => (one, None),
            Self::Ratio { over, under } => (over, Some(under)),
        };
        std::iter::once(first).chain(second)
    }

    /// What its cells are. An amount for each of something is an amount; any other ratio is a number.
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Plain(one) | Self::Cumulative(one) => one.compute.kind(),
            Self::Ratio { over, under } => match (over.compute.kind(), under.compute.kind()) {
                (ColumnType::Decimal, ColumnType::Integer) => ColumnType::Decimal,
                _ => ColumnType::Number,
            },
        }
    }

    /// Are its cells amounts in the currency of the events?
    pub fn is_money(&self) -> bool {
        match self {
            Self::Plain(one) | Self::Cumulative(one) => one.compute.is_money(),
            Self::Ratio { over, under } => over.compute.is_money() && !under.compute.is_money(),
        }
    }
}

impl Measure {
    /// What its cells are.
    pub fn kind(&self) -> ColumnType {
        self.formula.kind()
    }
}

/// The measures that every tenant has.
pub static MEASURES: LazyLock<Vec<Arc<Measure>>> = LazyLock::new(|| {
    let distinct = |field| Compute::Distinct(Column::Field(field));
    let numbers = |field, kind| Numbers { column: Column::Field(field), kind };
    let amounts = || numbers(Field::Value, NumberType::Decimal);
    let durations = || numbers(Field::Duration, NumberType::Integer);
    let all = [
        ("events", "Events", Format::Number, Compute::Count),
        ("users", "Users", Format::Number, distinct(Field::User)),
        ("sessions", "Sessions", Format::Number, distinct(Field::Session)),
        ("accounts", "Accounts", Format::Number, distinct(Field::Account)),
        ("value", "Value", Format::Money, Compute::Sum(amounts())),
        ("duration_avg", "Average duration", Format::Duration, Compute::Mean(durations())),
        (
            "duration_p95",
            "Duration, 95th percentile",
            Format::Duration,
            Compute::Percentile(durations(), 950),
        ),
    ];
    let measure = |(name, label, format, compute): (&str, &str, _, Compute)| Measure {
        name: name.to_owned(),
        label: label.to_owned(),
        format,
        unit: None,
        currency: None,
        layer: Layer::BuiltIn,
        formula: Formula::Plain(compute.into()),
    };
    all.into_iter().map(measure).map(Arc::new).collect()
});
