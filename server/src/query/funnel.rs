//! How many get from each step of a funnel to the next.

use std::collections::HashMap;

use inlay_shared::{Filter, FunnelAnswer, FunnelCount, FunnelQuery};

use super::journey::{Journey, held};
use super::period::Period;
use super::plan::row_conditions;
use super::{Engine, QueryError};
use crate::model::{Invalid, conditions, funnel_steps};
use crate::policy::TenantScope;

impl Engine {
    /// Answers a funnel. `row_filters` hold besides the query's own.
    ///
    /// # Errors
    /// [`QueryError`]: what is wrong with the query, which limit it met, or what failed.
    pub async fn funnel(
        &self,
        scope: &TenantScope,
        query: &FunnelQuery,
        row_filters: &[Filter],
    ) -> Result<FunnelAnswer, QueryError> {
        if query.time.grain.is_some() {
            let detail = "a funnel has no buckets: leave `grain` out";
            return Err(Invalid::new("invalid_funnel", "/time/grain", detail).into());
        }
        let model = self.model(scope).await?;
        let marks = funnel_steps(&model, &query.steps, query.window_seconds)?;
        let mut filters = conditions(&model, &query.filters, "/filters")?;
        filters.extend(row_conditions(&model, row_filters)?);
        let period = Period::read(&query.time)?;
        let journey = Journey { model, subject: query.by, period, filters, marks };
        let steps = query.steps.len();
        let window = query.window_seconds;
        let window = window.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX) * 1_000_000);
        let followed = self
            .follow(scope, &journey, Funnel::new(steps, window), |funnel, event| {
                let meets = |step| event.meets(step);
                funnel.see(event.subject, event.time, meets)
            })
            .await?;
        let counts = followed.seen.reached();
        let share = |count: u64, of: u64| (of > 0).then(|| ratio(count, of));
        let labelled = query.steps.iter().enumerate().map(|(at, step)| FunnelCount {
            label: step.label.clone(),
            count: counts[at],
            of_first: share(counts[at], counts[0]),
            of_previous: share(counts[at], counts[at.saturating_sub(1)]),
        });
        Ok(FunnelAnswer {
            steps: labelled.collect(),
            time: journey.period.wire(),
            version: followed.version,
            elapsed_ms: followed.elapsed_ms,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share is a rounded number")]
fn ratio(count: u64, of: u64) -> f64 {
    count as f64 / of as f64
}

/// How far everybody has come.
struct Funnel {
    steps: usize,
    /// In microseconds.
    window: Option<i64>,
    /// When each subject entered, and the steps behind it.
    subjects: HashMap<Box<str>, (i64, usize)>,
}

impl Funnel {
    fn new(steps: usize, window: Option<i64>) -> Self {
        Self { steps, window, subjects: HashMap::new() }
    }

    /// Takes the next event of anybody. Gives the bytes that are remembered because of it.
    fn see(&mut self, subject: &str, time: i64, meets: impl Fn(usize) -> bool) -> usize {
        match self.subjects.get_mut(subject) {
            Some((entered, done)) => {
                let in_time = self.window.is_none_or(|window| time - *entered <= window);
                if *done < self.steps && in_time && meets(*done) {
                    *done += 1;
                }
                0
            }
            None if meets(0) => {
                self.subjects.insert(subject.into(), (time, 1));
                held::<(i64, usize)>(subject)
            }
            None => 0,
        }
    }

    /// How many reached each step.
    fn reached(&self) -> Vec<u64> {
        let mut counts = vec![0; self.steps];
        for (_, done) in self.subjects.values() {
            for count in &mut counts[..*done] {
                *count += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of one subject by time and the steps that they meet.
    fn reached(window: Option<i64>, events: &[(i64, &[usize])]) -> Vec<u64> {
        let mut funnel = Funnel::new(3, window);
        for (time, met) in events {
            funnel.see("ann", *time, |step| met.contains(&step));
        }
        funnel.reached()
    }

    #[test]
    fn steps_are_taken_in_order_each_by_its_own_event() {
        assert_eq!(reached(None, &[(1, &[0]), (2, &[1]), (3, &[2])]), [1, 1, 1]);
        assert_eq!(reached(None, &[(1, &[1]), (2, &[0]), (3, &[2])]), [1, 0, 0]);
        assert_eq!(reached(None, &[(1, &[0, 1, 2])]), [1, 0, 0]);
        assert_eq!(reached(None, &[(1, &[0, 1, 2]), (1, &[0, 1, 2]), (1, &[2])]), [1, 1, 1]);
        assert_eq!(reached(None, &[]), [0, 0, 0]);
    }

    #[test]
    fn the_window_begins_with_the_first_entry() {
        assert_eq!(reached(Some(10), &[(1, &[0]), (11, &[1]), (12, &[2])]), [1, 1, 0]);
        assert_eq!(reached(Some(10), &[(1, &[0]), (20, &[0]), (21, &[1])]), [1, 0, 0]);
    }
}
