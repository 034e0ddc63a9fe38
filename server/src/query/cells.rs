//! Values of an answer, and the grid that they are put into.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::zone::Zone;
use crate::lake::VALUE_SCALE;
use crate::model::{Aggregate, Compute, NumberType};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    /// A whole number beyond 64 bits. Only a sum is one.
    Large(i128),
    Number(f64),
    /// Millionths.
    Decimal(i128),
}

impl Cell {
    /// What a number is where there is no event.
    pub(super) fn nothing(compute: &Compute) -> Self {
        match compute {
            Compute::Count | Compute::Distinct(_) => Self::Integer(0),
            Compute::Sum(numbers) => match numbers.kind {
                NumberType::Integer => Self::Integer(0),
                NumberType::Decimal => Self::Decimal(0),
                NumberType::Float => Self::Number(0.0),
            },
            Compute::Mean(_) | Compute::Min(_) | Compute::Max(_) | Compute::Percentile(..) => {
                Self::Null
            }
        }
    }

    /// The sum of whole numbers.
    pub(super) fn whole(sum: i128) -> Self {
        i64::try_from(sum).map_or(Self::Large(sum), Self::Integer)
    }

    /// The whole number that it is.
    fn as_whole(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some((*number).into()),
            Self::Large(number) => Some(*number),
            Self::Null | Self::Number(_) | Self::Decimal(_) => None,
        }
    }

    /// This by another: an amount for each of something is an amount, anything else a number.
    /// Nothing where one of them is nothing, or the other is zero.
    pub(super) fn divided_by(&self, other: &Self) -> Self {
        if let (Self::Decimal(over), Some(under)) = (self, other.as_whole()) {
            return rounded(*over, under).map_or(Self::Null, Self::Decimal);
        }
        match (self.number(), other.number()) {
            // There is one zero, whatever the sign of what it is divided by.
            (Some(over), Some(under)) if under != 0.0 => Self::Number(over / under + 0.0),
            _ => Self::Null,
        }
    }

    /// This and another, where nothing adds nothing.
    pub(super) fn plus(&self, other: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.as_whole(), other.as_whole()) {
            return Self::whole(a + b);
        }
        match (self, other) {
            (Self::Null, other) => other.clone(),
            (one, Self::Null) => one.clone(),
            (Self::Decimal(a), Self::Decimal(b)) => Self::Decimal(a + b),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => Self::Number(a + b),
                _ => Self::Null,
            },
        }
    }

    fn number(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a ratio is a rounded number")]
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(*number as f64),
            Self::Large(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Decimal(millionths) => Some(*millionths as f64 / 1e6),
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::from(*number),
            // Readers of JSON would round it.
            Self::Large(number) => Value::String(number.to_string()),
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
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            // One measure has one kind of value.
            (a, b) => a.as_whole().cmp(&b.as_whole()),
        };
        if desc { rising.reverse() } else { rising }
    }
}

/// Rounded to a whole number, halves away from zero; none for a division by zero.
pub(super) fn rounded(over: i128, under: i128) -> Option<i128> {
    let (quotient, rest) = (over.checked_div(under)?, over.checked_rem(under)?);
    let away = if (over < 0) == (under < 0) { 1 } else { -1 };
    let half = rest.unsigned_abs() * 2 >= under.unsigned_abs();
    Some(if half { quotient + away } else { quotient })
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
    Boolean(bool),
    Number(i64),
    /// The bits of a floating-point number.
    Float(u64),
    /// Millionths.
    Decimal(i128),
    /// Microseconds since 1970.
    Time(i64),
    Text(String),
}

impl Label {
    /// As it stands in an answer; times are written in the zone.
    pub(super) fn json(&self, zone: &Zone) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => Value::Bool(*truth),
            Self::Number(number) => Value::from(*number),
            Self::Float(bits) => Value::from(f64::from_bits(*bits)),
            Self::Decimal(millionths) => Value::String(decimal(*millionths)),
            Self::Time(micros) => Timestamp::from_microsecond(*micros)
                .map_or(Value::Null, |time| Value::String(zone.write(time))),
            Self::Text(text) => Value::String(text.clone()),
        }
    }

    /// Rising, or falling if `desc`; what has no value comes last both ways.
    pub(super) fn compare(&self, other: &Self, desc: bool) -> Ordering {
        let rising = match (self, other) {
            (Self::Null, Self::Null) => return Ordering::Equal,
            (Self::Null, _) => return Ordering::Greater,
            (_, Self::Null) => return Ordering::Less,
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => f64::from_bits(*a).total_cmp(&f64::from_bits(*b)),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
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
    width: usize,
    buckets: usize,
    pub(super) groups: Vec<Group>,
    places: HashMap<Group, usize>,
    cells: Vec<Cell>,
}

impl Grid {
    /// A grid in which nothing happened.
    pub(super) fn new(groups: Vec<Group>, buckets: usize, aggregates: &[Aggregate]) -> Self {
        let places = groups.iter().cloned().zip(0..).collect();
        let empty = aggregates.iter().map(|aggregate| Cell::nothing(&aggregate.compute));
        let cells = empty.cycle().take(groups.len() * buckets * aggregates.len()).collect();
        Self { width: aggregates.len(), buckets, groups, places, cells }
    }

    /// One of the same groups and buckets with other cells, all of them without a value.
    pub(super) fn like(&self, width: usize) -> Self {
        let cells = vec![Cell::Null; self.groups.len() * self.buckets * width];
        let (groups, places) = (self.groups.clone(), self.places.clone());
        Self { width, buckets: self.buckets, groups, places, cells }
    }

    /// Adds a group whose cells are those of another grid with the same buckets. It is not found by
    /// its labels, which a group of the grid may have as well.
    pub(super) fn append(&mut self, labels: Group, only: Self) {
        self.groups.push(labels);
        self.cells.extend(only.cells);
    }

    /// How many buckets each group has.
    pub(super) const fn buckets(&self) -> usize {
        self.buckets
    }

    /// Sets one cell; a group that is not in the grid is left out.
    pub(super) fn set(&mut self, group: &Group, bucket: usize, column: usize, cell: Cell) {
        if let Some(place) = self.places.get(group) {
            self.put(*place, bucket, column, cell);
        }
    }

    /// Sets one cell by the place of its group.
    pub(super) fn put(&mut self, group: usize, bucket: usize, column: usize, cell: Cell) {
        let at = (group * self.buckets + bucket) * self.width + column;
        self.cells[at] = cell;
    }

    /// The cells of one row, if the grid has that bucket.
    pub(super) fn row(&self, group: usize, bucket: usize) -> Option<&[Cell]> {
        if bucket >= self.buckets {
            return None;
        }
        let at = (group * self.buckets + bucket) * self.width;
        self.cells.get(at..at + self.width)
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
    fn halves_are_rounded_away_from_zero() {
        for (over, under, whole) in
            [(7, 2, 4), (-7, 2, -4), (7, -2, -4), (5, 3, 2), (4, 3, 1), (-4, 3, -1), (0, 3, 0)]
        {
            assert_eq!(rounded(over, under), Some(whole), "{over} / {under}");
        }
        assert_eq!(rounded(1, 0), None);
    }

    #[test]
    fn a_sum_beyond_64_bits_stays_exact() {
        let (most, one) = (Cell::Integer(i64::MAX), Cell::Integer(1));
        let large = most.plus(&one);
        assert_eq!(large.json(), Value::from("9223372036854775808"));
        assert_eq!(large.plus(&Cell::Integer(-1)), most);
        assert_eq!(large.compare(&most, false), Ordering::Greater);
        assert_eq!(Cell::whole(-(1 << 64)).compare(&one, false), Ordering::Less);
        let amount = Cell::Decimal(i128::from(i64::MAX) + 1);
        assert_eq!(amount.divided_by(&large), Cell::Decimal(1));
    }

    #[test]
    fn a_ratio_is_nothing_where_its_divisor_is() {
        let (two, none) = (Cell::Integer(2), Cell::Integer(0));
        assert_eq!(two.divided_by(&none), Cell::Null);
        assert_eq!(two.divided_by(&Cell::Null), Cell::Null);
        assert_eq!(none.divided_by(&two), Cell::Number(0.0));
        let zero = none.divided_by(&Cell::Integer(-2));
        assert_eq!(zero.compare(&Cell::Number(0.0), false), Ordering::Equal);
        assert_eq!(
            Cell::Decimal(10_000_000).divided_by(&Cell::Integer(3)),
            Cell::Decimal(3_333_333)
        );
        assert_eq!(
            Cell::Decimal(3_000_000).divided_by(&Cell::Decimal(2_000_000)),
            Cell::Number(1.5)
        );
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
