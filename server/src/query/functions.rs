//! Functions that DataFusion lacks. They are told everything they need when the query is compiled, so
//! no zone is looked up and no text parsed while rows run through.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int32Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, TimestampMicrosecondType};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// The index of the bucket that a time is in.
pub(super) fn bucket(time: Expr, starts: Arc<[i64]>) -> Expr {
    call(Function::Bucket { starts }, vec![time])
}

/// The hour on the local clock, given the offsets from UTC by the instant from which each holds.
pub(super) fn hour_of_day(time: Expr, offsets: &[(i64, i64)]) -> Expr {
    call(Function::HourOfDay { offsets: offsets.into() }, vec![time])
}

/// The day of the local week, 1 for Monday.
pub(super) fn day_of_week(time: Expr, offsets: &[(i64, i64)]) -> Expr {
    call(Function::DayOfWeek { offsets: offsets.into() }, vec![time])
}

/// A number for the currency of an amount: none where there is no amount or it is zero, 0 where the
/// amount has no currency. [`currency_code`] reads it back.
pub(super) fn currency_of(value: Expr, currency: Expr) -> Expr {
    call(Function::CurrencyOf, vec![value, currency])
}

/// The number of a currency's code.
pub(super) fn currency_number(code: &str) -> i32 {
    code.bytes().take(3).fold(0, |number, byte| number << 8 | i32::from(byte))
}

/// The code that [`currency_of`] made a number of; none for an amount without one.
pub(super) fn currency_code(number: i32) -> Option<String> {
    let bytes = number.to_be_bytes();
    (number > 0).then(|| bytes[1..].iter().map(|byte| char::from(*byte)).collect())
}

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    let signature = Signature::any(arguments.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(Known { function, signature }).call(arguments)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Known {
    function: Function,
    signature: Signature,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Function {
    Bucket { starts: Arc<[i64]> },
    HourOfDay { offsets: Arc<[(i64, i64)]> },
    DayOfWeek { offsets: Arc<[(i64, i64)]> },
    CurrencyOf,
}

impl ScalarUDFImpl for Known {
    fn name(&self) -> &str {
        match self.function {
            Function::Bucket { .. } => "bucket",
            Function::HourOfDay { .. } => "hour_of_day",
            Function::DayOfWeek { .. } => "day_of_week",
            Function::CurrencyOf => "currency_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&given.args)?;
        let numbers: Int32Array = match &self.function {
            Function::Bucket { starts } => {
                let mut cursor = Cursor::new(starts, |start| *start);
                times(&arrays[0])?.iter().map(|time| cursor.find(*time)).collect::<Vec<_>>().into()
            }
            Function::HourOfDay { offsets } => {
                local(times(&arrays[0])?, offsets, |time| time.rem_euclid(DAY) / HOUR)
            }
            Function::DayOfWeek { offsets } => local(times(&arrays[0])?, offsets, |time| {
                // 1970 began on a Thursday.
                (time.div_euclid(DAY) + 3).rem_euclid(7) + 1
            }),
            Function::CurrencyOf => currencies(&arrays[0], &arrays[1])?,
        };
        Ok(ColumnarValue::Array(Arc::new(numbers)))
    }
}

fn times(array: &dyn Array) -> Result<&[i64]> {
    match array.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(times) if times.null_count() == 0 => Ok(times.values()),
        _ => internal_err!("a time is a timestamp in microseconds, and always there"),
    }
}

fn local(times: &[i64], offsets: &[(i64, i64)], part: impl Fn(i64) -> i64) -> Int32Array {
    let mut cursor = Cursor::new(offsets, |(from, _)| *from);
    let parts = times.iter().map(|time| {
        let index = usize::try_from(cursor.find(*time)).unwrap_or(0);
        i32::try_from(part(time + offsets[index].1)).unwrap_or(0)
    });
    parts.collect::<Vec<_>>().into()
}

/// Finds the last step that begins at or before a time. Segments are sorted by time, so the step of
/// the row before is nearly always right.
struct Cursor<'a, T, F> {
    steps: &'a [T],
    start: F,
    at: usize,
    from: i64,
    to: i64,
}

impl<'a, T, F: Fn(&T) -> i64> Cursor<'a, T, F> {
    fn new(steps: &'a [T], start: F) -> Self {
        Self { steps, start, at: 0, from: i64::MAX, to: i64::MIN }
    }

    /// The index of the step; 0 for what is before the first one.
    fn find(&mut self, time: i64) -> i32 {
        if time < self.from || time >= self.to {
            let after = self.steps.partition_point(|step| (self.start)(step) <= time);
            self.at = after.saturating_sub(1);
            self.from = if after == 0 { i64::MIN } else { (self.start)(&self.steps[self.at]) };
            self.to = self.steps.get(after).map_or(i64::MAX, &self.start);
        }
        i32::try_from(self.at).unwrap_or(i32::MAX)
    }
}

fn currencies(values: &dyn Array, codes: &dyn Array) -> Result<Int32Array> {
    let (Some(values), Some(codes)) =
        (values.as_primitive_opt::<Decimal128Type>(), codes.as_string_view_opt())
    else {
        return internal_err!("an amount is a decimal, its currency a text");
    };
    let numbers = values.iter().zip(codes.iter()).map(|(value, code)| match value {
        None | Some(0) => None,
        Some(_) => Some(code.map_or(0, currency_number)),
    });
    Ok(numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_last_bucket_that_begins_before_it() {
        let starts = [10, 20, 30];
        let mut cursor = Cursor::new(&starts, |start| *start);
        let found: Vec<i32> =
            [10, 19, 20, 29, 30, 1_000, 10, 5, 25].into_iter().map(|t| cursor.find(t)).collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 2, 0, 0, 1]);
    }

    #[test]
    fn parts_of_the_local_time() {
        // 1969-12-31 23:30 UTC was a Wednesday; an hour ahead it was already Thursday.
        let times = [-HOUR / 2, 0, 4 * DAY];
        let hours = local(&times, &[(0, HOUR)], |time| time.rem_euclid(DAY) / HOUR);
        assert_eq!(hours.values(), &[0, 1, 1]);
        let days = local(&times, &[(0, 0)], |time| (time.div_euclid(DAY) + 3).rem_euclid(7) + 1);
        assert_eq!(days.values(), &[3, 4, 1]);
    }

    #[test]
    fn a_currency_survives_being_a_number() {
        let number = "EUR".bytes().fold(0, |n, byte| n << 8 | i32::from(byte));
        assert_eq!(currency_code(number).as_deref(), Some("EUR"));
        assert_eq!(currency_code(0), None);
    }
}
