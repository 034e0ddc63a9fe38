//! Which rows meet the conditions of a job. A condition on a text is decided once for each text of
//! the dictionary.

use std::collections::HashSet;

use datafusion::common::Result;

use super::columns::Columns;
use super::job::{Job, Test};
use super::times::Steps;

/// For each row whether it counts; none if all do.
pub(super) fn kept(job: &Job, columns: &Columns) -> Result<Option<Vec<bool>>> {
    let mut kept: Option<Vec<bool>> = None;
    for test in &job.tests {
        let holds = holds(test, job, columns)?;
        kept = Some(match kept {
            None => holds,
            Some(mut kept) => {
                for (kept, holds) in kept.iter_mut().zip(holds) {
                    *kept &= holds;
                }
                kept
            }
        });
    }
    Ok(kept)
}

fn holds(test: &Test, job: &Job, columns: &Columns) -> Result<Vec<bool>> {
    match test {
        Test::Text { column, within, values } => {
            let listed: HashSet<&str> = values.iter().map(String::as_str).collect();
            let text = columns.text(*column)?;
            let table = text.table(!within, |text| listed.contains(text) == *within);
            Ok((0..columns.rows()).map(|row| table[text.place(row)]).collect())
        }
        Test::Clock { clock, within, values } => {
            let times = columns.times()?.unwrap_or_default();
            let mut steps = Steps::offsets(&job.offsets);
            let listed = |time: &i64| values.contains(&i32::from(steps.clock(*clock, *time)));
            Ok(times.iter().map(listed).map(|listed| listed == *within).collect())
        }
    }
}
