//! Which questions are answered here. What is declined goes to DataFusion, which gives the same answer.

use super::job::{Clock, Job, Key, Kind, Part as Computed, Test};
use super::result::{By, Order};
use crate::model::{
    Compute, Condition, Dimension, Field, Measure, OrderBy, OrderKey, Part, Question,
};
use crate::query::cells::Group;
use crate::query::compile::Family;
use crate::query::period::Period;

/// Is this measure computed here?
pub(in crate::query) const fn computes(measure: &Measure) -> bool {
    match measure.compute {
        Compute::Count | Compute::Distinct(_) | Compute::Money(_) | Compute::Mean(_) => true,
        // It needs every value of a group at once.
        Compute::Percentile(..) => false,
    }
}

/// The job that computes a family over a period, unless it is declined.
pub(in crate::query) fn decide<'a>(
    question: &Question,
    family: &Family,
    conditions: impl Iterator<Item = &'a Condition>,
    period: &Period,
    wanted: &[Group],
    with_buckets: bool,
) -> Option<Job> {
    let (from, to) = (period.from, period.to);
    let mut job = Job {
        from: from.as_microsecond(),
        to: to.as_microsecond(),
        offsets: period.zone.offsets(from, to).into(),
        ..Job::default()
    };
    if let (true, Some(buckets)) = (with_buckets, &period.buckets) {
        job.buckets = buckets.starts().clone();
    }
    if question.dimensions.len() > 4 {
        return None;
    }
    for dimension in &question.dimensions {
        let key = key(&mut job, dimension);
        job.keys.push(key);
    }
    for condition in conditions {
        let test = test(&mut job, condition);
        job.tests.push(test);
    }
    for index in &family.measures {
        let part = part(&mut job, question.measures[*index])?;
        job.parts.push(part);
    }
    if !wanted.is_empty() && !job.keys.is_empty() {
        job.wanted = Some(wanted.to_vec());
    }
    Some(job)
}

/// The order of a ranking, if every key of it is a dimension or computed in the family.
pub(in crate::query) fn order(family: &Family, keys: &[OrderKey], limit: usize) -> Option<Order> {
    let keys = keys.iter().filter_map(|key| match key.by {
        OrderBy::Measure(index) => {
            let place = family.measures.iter().position(|measure| *measure == index);
            Some(place.map(|place| (By::Part(place), key.desc)))
        }
        OrderBy::Dimension(index) => Some(Some((By::Key(index), key.desc))),
        OrderBy::Time => None,
    });
    Some(Order { keys: keys.collect::<Option<_>>()?, limit })
}

fn key(job: &mut Job, dimension: &Dimension) -> Key {
    match dimension.part {
        Part::Column(field) => Key::Text(job.column(field.column(), Kind::Text)),
        Part::HourOfDay => Key::Clock(Clock::Hour),
        Part::DayOfWeek => Key::Clock(Clock::Day),
    }
}

fn test(job: &mut Job, condition: &Condition) -> Test {
    match condition {
        Condition::Text { dimension, within, values } => match key(job, dimension) {
            Key::Text(column) => Test::Text { column, within: *within, values: values.clone() },
            Key::Clock(clock) => Test::Clock { clock, within: *within, values: Vec::new() },
        },
        Condition::Number { dimension, within, values } => match key(job, dimension) {
            Key::Clock(clock) => Test::Clock { clock, within: *within, values: values.clone() },
            Key::Text(column) => Test::Text { column, within: *within, values: Vec::new() },
        },
    }
}

fn part(job: &mut Job, measure: &Measure) -> Option<Computed> {
    Some(match measure.compute {
        Compute::Count => Computed::Count,
        Compute::Distinct(field) => Computed::Distinct(job.column(field.column(), Kind::Text)),
        Compute::Money(field) => Computed::Money {
            value: job.column(field.column(), Kind::Decimal),
            currency: job.column(Field::Currency.column(), Kind::Text),
        },
        Compute::Mean(field) => Computed::Mean(job.column(field.column(), Kind::Integer)),
        Compute::Percentile(..) => return None,
    })
}
