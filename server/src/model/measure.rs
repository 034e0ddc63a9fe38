//! Numbers about a group of events.

use inlay_shared::{ColumnType, Format};

use super::Field;

/// A named number and how it is computed.
#[derive(Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its name in a query.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What its cells are.
    pub kind: ColumnType,
    /// How its numbers are written.
    pub format: Format,
    /// How it is computed.
    pub compute: Compute,
}

/// How a measure is computed from the events of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compute {
    /// How many there are.
    Count,
    /// How many different values a column has; rows without one do not count.
    Distinct(Field),
    /// The exact sum of amounts of one currency.
    Money(Field),
    /// The mean of a column; rows without a value do not count.
    Mean(Field),
    /// The value below which so many percent lie, interpolated between the two nearest.
    Percentile(Field, u8),
}

/// The measures that every tenant has.
pub static MEASURES: [Measure; 7] = [
    Measure {
        name: "events",
        label: "Events",
        kind: ColumnType::Integer,
        format: Format::Number,
        compute: Compute::Count,
    },
    Measure {
        name: "users",
        label: "Users",
        kind: ColumnType::Integer,
        format: Format::Number,
        compute: Compute::Distinct(Field::User),
    },
    Measure {
        name: "sessions",
        label: "Sessions",
        kind: ColumnType::Integer,
        format: Format::Number,
        compute: Compute::Distinct(Field::Session),
    },
    Measure {
        name: "accounts",
        label: "Accounts",
        kind: ColumnType::Integer,
        format: Format::Number,
        compute: Compute::Distinct(Field::Account),
    },
    Measure {
        name: "value",
        label: "Value",
        kind: ColumnType::Decimal,
        format: Format::Money,
        compute: Compute::Money(Field::Value),
    },
    Measure {
        name: "duration_avg",
        label: "Average duration",
        kind: ColumnType::Number,
        format: Format::Duration,
        compute: Compute::Mean(Field::Duration),
    },
    Measure {
        name: "duration_p95",
        label: "Duration, 95th percentile",
        kind: ColumnType::Number,
        format: Format::Duration,
        compute: Compute::Percentile(Field::Duration, 95),
    },
];

impl Measure {
    /// The measure of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        MEASURES.iter().find(|measure| measure.name == name)
    }
}
