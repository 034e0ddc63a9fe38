//! What the workers compute. It names columns by their place in [`Job::columns`], and knows neither
//! measures nor dimensions.

use std::sync::Arc;

use super::rollup::Wanted;
use crate::model;
use crate::query::cells::Group;

/// One aggregation over the rows of a snapshot.
#[derive(Debug, Clone, Default)]
pub(in crate::query) struct Job {
    /// The columns that are read, besides the time.
    pub(super) columns: Vec<ColumnUse>,
    /// Rows from here count, in microseconds since 1970.
    pub(super) from: i64,
    /// Rows from here on do not.
    pub(super) to: i64,
    /// Where buckets begin; empty: there is one for everything.
    pub(super) buckets: Arc<[i64]>,
    /// Offsets from UTC, each with the instant from which it holds.
    pub(super) offsets: Arc<[(i64, i64)]>,
    /// What rows are grouped by: at most four.
    pub(super) keys: Vec<Key>,
    /// All of them must hold.
    pub(super) tests: Vec<Test>,
    /// What is computed.
    pub(super) parts: Vec<Part>,
    /// The only groups that count, if they are known already.
    pub(super) wanted: Option<Vec<Group>>,
    /// The table of a rollup that has the same answer.
    pub(super) rollup: Option<Wanted>,
}

/// A column and how it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnUse {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// How a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Decimal,
}

/// What rows are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The value of a text column.
    Text(usize),
    /// A part of the local time.
    Clock(Clock),
}

/// A part of the local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// 0 to 23.
    Hour,
    /// 1 (Monday) to 7.
    Day,
}

/// What a row must meet. Each is true or false of a row, never unknown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// All of these.
    All(Vec<Self>),
    /// Some of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// The text of a column passes.
    Text(usize, model::Test),
    /// The number of a column of integers passes.
    Integer(usize, model::Test),
    /// The amount of a column passes.
    Amount(usize, model::Test),
    /// The time passes.
    Time(model::Test),
    /// A part of the local time passes.
    Clock(Clock, model::Test),
}

/// What is computed for each group and bucket, of the rows that pass all of some tests.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) what: What,
    pub(super) tests: Vec<Test>,
}

/// How it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Rows.
    Count,
    /// Different values of a text column.
    Distinct(usize),
    /// An estimate of them.
    Sketch(usize),
    /// The sum of a column of amounts, and which currencies they have.
    Money { value: usize, currency: usize },
    /// The sum of a column of integers.
    Sum(usize),
    /// Their mean.
    Mean(usize),
}

impl Job {
    /// Buckets of each group, at least one.
    pub(super) fn width(&self) -> usize {
        self.buckets.len().max(1)
    }

    /// Is the time of each row needed, whatever the range?
    pub(super) fn reads_clock(&self) -> bool {
        self.keys.iter().any(|key| matches!(key, Key::Clock(_)))
            || self.tests.iter().any(Test::reads_clock)
            || self.parts.iter().any(|part| part.tests.iter().any(Test::reads_clock))
    }

    /// The place of a column, which is added where it is missing.
    pub(super) fn column(&mut self, name: &str, kind: Kind) -> usize {
        let known = self.columns.iter().position(|column| column.name == name);
        known.unwrap_or_else(|| {
            self.columns.push(ColumnUse { name: name.to_owned(), kind });
            self.columns.len() - 1
        })
    }
}

impl Test {
    fn reads_clock(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::reads_clock),
            Self::Not(other) => other.reads_clock(),
            Self::Time(_) | Self::Clock(..) => true,
            Self::Text(..) | Self::Integer(..) | Self::Amount(..) => false,
        }
    }
}
