//! Values of an answer, and the grid that they are put into.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Number, Value};

use crate::lake::VALUE_SCALE;
use crate::model::{Compute, Measure};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Number(f64),
    /// Millionths.
    Decimal(i128),
}

impl Cell {
    /// What a measure is where there is no event.
    pub(super) fn nothing(measure: &Measure) -> Self {
        match measure.compute {
            Compute::Count | Compute::Distinct(_) => Self::Integer(0),
            Compute::Money(_) => Self::Decimal(0),
            Compute::Mean(_) | Compute::Percentile(..) => Self::Null,
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::from(*number),
            Self::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Self::Decimal(millionths) => Value::String(decimal(*millionths)),
        }
    }

    /// Rising, or falling if `desc`; what has no value comes last both ways.
    pub(super) fn compare(&self, other: &Self, desc: bool) -> Ordering {
        let rising = match (self, other) {
            (Self::Null, Self::Null) => return Ordering::Equal,
            (Self::Null, _) => return Ordering::Greater,
            (_, Self::Null) => return Ordering::Less,
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            // One measure has one kind of value.
            _ => Ordering::Equal,
        };
        if desc { rising.reverse() } else { rising }
    }
}

/// At least two digits behind the point, as money is written; more only where they say something.
pub(super) fn decimal(millionths: i128) -> String {
    let unit = 10_i128.pow(VALUE_SCALE.unsigned_abs().into());
    let (whole, fraction) = (millionths.abs() / unit, millionths.abs() % unit);
    let mut digits = format!("{fraction:06}");
    while digits.len() > 2 && digits.ends_with('0') {
        digits.pop();
    }
    let sign = if millionths < 0 { "-" } else { "" };
    format!("{sign}{whole}.{digits}")
}

/// The value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Label {
    Null,
    Number(i32),
    Text(String),
}

impl Label {
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Number(number) => Value::from(*number),
            Self::Text(text) => Value::String(text.clone()),
        }
    }

    /// Rising, or falling if `desc`; what has no value comes last both ways.
    pub(super) fn compare(&self, other: &Self, desc: bool) -> Ordering {
        let rising = match (self, other) {
            (Self::Null, Self::Null) => return Ordering::Equal,
            (Self::Null, _) => return Ordering::Greater,
            (_, Self::Null) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        if desc { rising.reverse() } else { rising }
    }
}

/// The dimension values of a group, in the order of the query.
pub(super) type Group = Vec<Label>;

/// The cells of some groups over some buckets. Without buckets there is one for everything.
#[derive(Debug)]
pub(super) struct Grid {
    measures: usize,
    buckets: usize,
    pub(super) groups: Vec<Group>,
    places: HashMap<Group, usize>,
    cells: Vec<Cell>,
}

impl Grid {
    /// A grid in which nothing happened.
    pub(super) fn new(groups: Vec<Group>, buckets: usize, measures: &[&Measure]) -> Self {
        let places = groups.iter().cloned().zip(0..).collect();
        let empty = measures.iter().map(|measure| Cell::nothing(measure));
        let cells = empty.cycle().take(groups.len() * buckets * measures.len()).collect();
        Self { measures: measures.len(), buckets, groups, places, cells }
    }

    /// Sets one cell; a group that is not in the grid is left out.
    pub(super) fn set(&mut self, group: &Group, bucket: usize, measure: usize, cell: Cell) {
        if let Some(place) = self.places.get(group) {
            let at = (place * self.buckets + bucket) * self.measures + measure;
            self.cells[at] = cell;
        }
    }

    /// The cells of one row, if the grid has that bucket.
    pub(super) fn row(&self, group: usize, bucket: usize) -> Option<&[Cell]> {
        if bucket >= self.buckets {
            return None;
        }
        let at = (group * self.buckets + bucket) * self.measures;
        self.cells.get(at..at + self.measures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_money() {
        for (millionths, text) in [
            (0, "0.00"),
            (12_500_000, "12.50"),
            (-1, "-0.000001"),
            (1_234_567, "1.234567"),
            (1_230_000, "1.23"),
            (-7_000_000, "-7.00"),
            (10_i128.pow(27), "1000000000000000000000.00"),
        ] {
            assert_eq!(decimal(millionths), text);
        }
    }

    #[test]
    fn what_has_no_value_comes_last_both_ways() {
        for desc in [false, true] {
            assert_eq!(Cell::Null.compare(&Cell::Integer(1), desc), Ordering::Greater);
            assert_eq!(Label::Null.compare(&Label::Number(1), desc), Ordering::Greater);
        }
        assert_eq!(Cell::Integer(1).compare(&Cell::Integer(2), true), Ordering::Greater);
    }
}
