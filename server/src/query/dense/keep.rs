//! Which rows meet the conditions of a job. A condition on a text is decided once for each text of
//! the dictionary, one on a part of the time once for each hour or day.

use datafusion::common::Result;

use super::columns::{Columns, Numbers};
use super::job::{Job, Test};
use super::times::Steps;
use crate::model::{self, Literal};

/// For each row whether it passes all of some tests of the job; none if there is no test.
pub(super) fn kept(tests: &[Test], job: &Job, columns: &Columns) -> Result<Option<Vec<bool>>> {
    if tests.is_empty() {
        return Ok(None);
    }
    joined(tests, job, columns, true).map(Some)
}

/// All of some tests, or with `all` false any of them.
fn joined(tests: &[Test], job: &Job, columns: &Columns, all: bool) -> Result<Vec<bool>> {
    let mut joined: Option<Vec<bool>> = None;
    for test in tests {
        let next = holds(test, job, columns)?;
        joined = Some(match joined {
            None => next,
            Some(mut joined) => {
                for (held, holds) in joined.iter_mut().zip(next) {
                    *held = if all { *held & holds } else { *held | holds };
                }
                joined
            }
        });
    }
    Ok(joined.unwrap_or_else(|| vec![all; columns.rows()]))
}

fn holds(test: &Test, job: &Job, columns: &Columns) -> Result<Vec<bool>> {
    Ok(match test {
        Test::All(parts) => joined(parts, job, columns, true)?,
        Test::Any(parts) => joined(parts, job, columns, false)?,
        Test::Not(other) => {
            let mut holds = holds(other, job, columns)?;
            holds.iter_mut().for_each(|holds| *holds = !*holds);
            holds
        }
        Test::Text(column, test) => {
            let text = columns.text(*column)?;
            let table = text.table(false, |text| test.passes_text(Some(text)));
            (0..columns.rows()).map(|row| table[text.place(row)]).collect()
        }
        Test::Integer(column, test) => numbers(columns.integers(*column)?, test),
        Test::Amount(column, test) => numbers(columns.amounts(*column)?, test),
        Test::Time(test) => {
            let times = columns.times()?.unwrap_or_default();
            times.iter().map(|time| passes(test, (*time).into())).collect()
        }
        Test::Clock(clock, test) => {
            let table: [bool; 25] = std::array::from_fn(|part| {
                passes(test, i128::try_from(part).expect("an hour or a day of the week"))
            });
            let mut steps = Steps::offsets(&job.offsets);
            let times = columns.times()?.unwrap_or_default();
            times.iter().map(|time| table[usize::from(steps.clock(*clock, *time))]).collect()
        }
    })
}

fn numbers<T: Copy + Into<i128>>(numbers: Numbers<'_, T>, test: &model::Test) -> Vec<bool> {
    let is_set = |row: usize| numbers.nulls.is_none_or(|nulls| nulls.is_valid(row));
    let passes = |(row, number): (usize, &T)| is_set(row) && passes(test, (*number).into());
    numbers.values.iter().enumerate().map(passes).collect()
}

/// Does a whole number, of millionths or of microseconds, pass?
fn passes(test: &model::Test, number: i128) -> bool {
    let at = |literal: &Literal| match literal {
        Literal::Integer(number) | Literal::Time(number) => Some(i128::from(*number)),
        Literal::Decimal(millionths) => Some(*millionths),
        Literal::Text(_) | Literal::Number(_) | Literal::Boolean(_) => None,
    };
    match test {
        model::Test::In(list) => list.iter().any(|one| at(one) == Some(number)),
        model::Test::Contains(_) | model::Test::StartsWith(_) => false,
        model::Test::Range(range) => {
            let above = range.low.as_ref().is_none_or(|end| {
                at(&end.at).is_some_and(|low| low < number || (end.included && low == number))
            });
            let below = range.high.as_ref().is_none_or(|end| {
                at(&end.at).is_some_and(|high| number < high || (end.included && high == number))
            });
            above && below
        }
        model::Test::Set => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{End, Range};

    #[test]
    fn numbers_pass_as_their_type_says() {
        let end = |at: Literal, included| Some(End { at, included });
        let range = model::Test::Range(Range {
            low: end(Literal::Decimal(10), false),
            high: end(Literal::Decimal(20), true),
        });
        let passing: Vec<i128> = (8..23).filter(|number| passes(&range, *number)).collect();
        assert_eq!(passing, (11..=20).collect::<Vec<_>>());
        let open = model::Test::Range(Range { low: None, high: end(Literal::Time(5), false) });
        assert!(passes(&open, i128::MIN) && !passes(&open, 5));
        let list = model::Test::In(vec![Literal::Integer(3), Literal::Text("4".into())]);
        assert_eq!([3, 4].map(|number| passes(&list, number)), [true, false]);
        assert!(passes(&model::Test::Set, 0) && !passes(&model::Test::In(Vec::new()), 0));
    }
}
