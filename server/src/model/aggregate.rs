//! What is computed from the rows of a group: the closed set that every engine knows.

use inlay_shared::ColumnType;

use super::{Column, Condition, Field, PropertyType};

/// One number computed from the rows of a group that meet some conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// How it is computed.
    pub compute: Compute,
    /// Rows that do not meet all of these are left out of it, though they stay in the group.
    pub conditions: Vec<Condition>,
}

/// How a number is computed from rows. Rows without a value in the column do not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Compute {
    /// How many rows there are.
    Count,
    /// How many different values a column has.
    Distinct(Column),
    /// The sum: exact for whole numbers and decimals. Zero where there is no value.
    Sum(Numbers),
    /// The mean: a rounded number, or for decimals one rounded to six places, halves away from zero.
    Mean(Numbers),
    /// The least value.
    Min(Numbers),
    /// The greatest value.
    Max(Numbers),
    /// The value below which so many per mille lie, interpolated between the two nearest.
    Percentile(Numbers, u16),
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Numbers {
    /// Where they stand.
    pub column: Column,
    /// What they are.
    pub kind: NumberType,
}

/// What numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberType {
    /// Whole ones of 64 bits.
    Integer,
    /// Exact ones with six places.
    Decimal,
    /// Floating-point ones of 64 bits.
    Float,
}

impl Numbers {
    /// A column of that type, if its values are numbers.
    pub fn new(column: Column, kind: PropertyType) -> Option<Self> {
        let kind = match kind {
            PropertyType::Integer => NumberType::Integer,
            PropertyType::Decimal => NumberType::Decimal,
            PropertyType::Number => NumberType::Float,
            PropertyType::String | PropertyType::Boolean | PropertyType::Time => return None,
        };
        Some(Self { column, kind })
    }

    /// Are they amounts, each in the currency that its event names? Those of different currencies
    /// cannot be added or compared.
    pub fn is_money(&self) -> bool {
        self.column == Column::Field(Field::Value)
    }
}

impl Compute {
    /// The column of numbers that it reads, if it does.
    pub const fn numbers(&self) -> Option<&Numbers> {
        match self {
            Self::Count | Self::Distinct(_) => None,
            Self::Sum(numbers)
            | Self::Mean(numbers)
            | Self::Min(numbers)
            | Self::Max(numbers)
            | Self::Percentile(numbers, _) => Some(numbers),
        }
    }

    /// Is it about amounts, each in the currency that its event names?
    pub fn is_money(&self) -> bool {
        self.numbers().is_some_and(Numbers::is_money)
    }

    /// Do its numbers for parts of the rows add up to that for all of them?
    pub const fn is_additive(&self) -> bool {
        matches!(self, Self::Count | Self::Sum(_))
    }

    /// What its cells are.
    pub const fn kind(&self) -> ColumnType {
        match self {
            Self::Count | Self::Distinct(_) => ColumnType::Integer,
            Self::Sum(numbers) | Self::Min(numbers) | Self::Max(numbers) => match numbers.kind {
                NumberType::Integer => ColumnType::Integer,
                NumberType::Decimal => ColumnType::Decimal,
                NumberType::Float => ColumnType::Number,
            },
            Self::Mean(numbers) => match numbers.kind {
                NumberType::Decimal => ColumnType::Decimal,
                NumberType::Integer | NumberType::Float => ColumnType::Number,
            },
            Self::Percentile(..) => ColumnType::Number,
        }
    }
}

impl From<Compute> for Aggregate {
    fn from(compute: Compute) -> Self {
        Self { compute, conditions: Vec::new() }
    }
}
