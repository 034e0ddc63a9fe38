//! How many come back, by when they came first.

use std::collections::HashMap;
use std::sync::Arc;

use inlay_shared::{Cohort, Filter, Grain, RetentionAnswer, RetentionQuery};
use jiff::Timestamp;

use super::journey::{Journey, held};
use super::period::Period;
use super::plan::row_conditions;
use super::{Engine, QueryError};
use crate::model::{Invalid, conditions, retention_marks};
use crate::policy::TenantScope;

/// Most buckets.
const MOST_COHORTS: usize = 100;

impl Engine {
    /// Answers how many come back. `row_filters` hold besides the query's own.
    ///
    /// # Errors
    /// [`QueryError`]: what is wrong with the query, which limit it met, or what failed.
    pub async fn retention(
        &self,
        scope: &TenantScope,
        query: &RetentionQuery,
        row_filters: &[Filter],
    ) -> Result<RetentionAnswer, QueryError> {
        let invalid = |detail: String| {
            QueryError::Invalid(Invalid::new("invalid_retention", "/time/grain", detail))
        };
        let grain = match query.time.grain {
            Some(Grain::Minute | Grain::Hour) | None => {
                return Err(invalid("cohorts are of a day or more: name that grain".into()));
            }
            Some(grain) => grain,
        };
        let model = self.model(scope).await?;
        let marks = retention_marks(&model, &query.cohort, &query.returning)?;
        let mut filters = conditions(&model, &query.filters, "/filters")?;
        filters.extend(row_conditions(&model, row_filters)?);
        let period = Period::read(&query.time)?;
        let starts = period.buckets.as_ref().map(|buckets| buckets.starts().clone());
        let starts: Arc<[i64]> = starts.unwrap_or_default();
        if starts.len() > MOST_COHORTS {
            let count = starts.len();
            return Err(invalid(format!(
                "the range has {count} cohorts, at most {MOST_COHORTS}: ask for a coarser grain or a \
                 shorter range"
            )));
        }
        let journey = Journey { model, subject: query.by, period, filters, marks };
        let cohorts = Cohorts::new(starts.len());
        let followed = self
            .follow(scope, &journey, cohorts, |cohorts, event| {
                let bucket = starts.partition_point(|start| *start <= event.time).saturating_sub(1);
                cohorts.see(event.subject, bucket, event.meets(0), event.meets(1))
            })
            .await?;
        let zone = &journey.period.zone;
        let written = |start: &i64| {
            Timestamp::from_microsecond(*start).map_or_else(|_| String::new(), |at| zone.write(at))
        };
        let Cohorts { sizes, returned, .. } = followed.seen;
        let cohorts = starts.iter().zip(sizes).zip(returned);
        let cohorts = cohorts.map(|((start, size), returned)| Cohort {
            start: written(start),
            size,
            returned,
        });
        Ok(RetentionAnswer {
            cohorts: cohorts.collect(),
            grain,
            time: journey.period.wire(),
            version: followed.version,
            elapsed_ms: followed.elapsed_ms,
        })
    }
}

/// Who came first when, and where they were back.
struct Cohorts {
    sizes: Vec<u64>,
    /// By cohort, then by buckets from its own on.
    returned: Vec<Vec<u64>>,
    /// The cohort of each subject, and the last bucket that it was counted in.
    subjects: HashMap<Box<str>, (usize, Option<usize>)>,
}

impl Cohorts {
    fn new(buckets: usize) -> Self {
        let returned = (0..buckets).map(|cohort| vec![0; buckets - cohort]).collect();
        Self { sizes: vec![0; buckets], returned, subjects: HashMap::new() }
    }

    /// Takes the next event of anybody. Gives the bytes that are remembered because of it.
    fn see(&mut self, subject: &str, bucket: usize, begins: bool, returns: bool) -> usize {
        match self.subjects.get_mut(subject) {
            Some((cohort, counted)) => {
                if returns && counted.is_none_or(|last| last < bucket) {
                    *counted = Some(bucket);
                    self.returned[*cohort][bucket - *cohort] += 1;
                }
                0
            }
            None if begins => {
                self.subjects.insert(subject.into(), (bucket, None));
                self.sizes[bucket] += 1;
                held::<(usize, Option<usize>)>(subject)
            }
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_counted_once_a_bucket() {
        let mut cohorts = Cohorts::new(3);
        for (subject, bucket, begins, returns) in [
            ("eve", 0, false, true),
            ("ann", 0, true, true),
            ("ann", 0, true, true),
            ("ann", 0, false, true),
            ("bob", 1, true, false),
            ("ann", 2, true, true),
            ("bob", 2, false, true),
            ("ann", 2, false, true),
        ] {
            cohorts.see(subject, bucket, begins, returns);
        }
        assert_eq!(cohorts.sizes, [1, 1, 0]);
        assert_eq!(cohorts.returned, [vec![1, 0, 1], vec![0, 1], vec![0]]);
    }
}
