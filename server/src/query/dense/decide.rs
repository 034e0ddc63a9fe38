//! Which questions are answered here. What is declined goes to DataFusion, which gives the same answer.

use inlay_shared::ColumnType;

use super::job::{Clock, Job, Key, Kind, Part as Computed, Test};
use super::result::{By, Order};
use crate::model::{
    Compute, Condition, Dimension, Field, Measure, OrderBy, OrderKey, Part, Question,
};
use crate::query::cells::Group;
use crate::query::compile::Family;
use crate::query::period::Period;

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
        let key = key(&mut job, dimension)?;
        job.keys.push(key);
    }
    for condition in conditions {
        let test = test(&mut job, condition)?;
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

fn key(job: &mut Job, dimension: &Dimension) -> Option<Key> {
    Some(match (dimension.part, dimension.part.kind()) {
        (Part::HourOfDay, _) => Key::Clock(Clock::Hour),
        (Part::DayOfWeek, _) => Key::Clock(Clock::Day),
        (Part::Column(field), ColumnType::String) => {
            Key::Text(job.column(field.column(), Kind::Text))
        }
        _ => return None,
    })
}

fn tests(job: &mut Job, parts: &[Condition]) -> Option<Vec<Test>> {
    parts.iter().map(|part| test(job, part)).collect()
}

fn test(job: &mut Job, condition: &Condition) -> Option<Test> {
    Some(match condition {
        Condition::All(parts) => Test::All(tests(job, parts)?),
        Condition::Any(parts) => Test::Any(tests(job, parts)?),
        Condition::Not(other) => Test::Not(Box::new(test(job, other)?)),
        Condition::Test(dimension, test) => {
            let test = test.clone();
            match (dimension.part, dimension.part.kind()) {
                (Part::HourOfDay, _) => Test::Clock(Clock::Hour, test),
                (Part::DayOfWeek, _) => Test::Clock(Clock::Day, test),
                (Part::Column(Field::Time), _) => Test::Time(test),
                (Part::Column(field), kind) => {
                    let name = field.column();
                    match kind {
                        ColumnType::String => Test::Text(job.column(name, Kind::Text), test),
                        ColumnType::Integer => Test::Integer(job.column(name, Kind::Integer), test),
                        ColumnType::Decimal => Test::Amount(job.column(name, Kind::Decimal), test),
                        ColumnType::Number | ColumnType::Boolean | ColumnType::Time => return None,
                    }
                }
            }
        }
    })
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
        // It needs every value of a group at once.
        Compute::Percentile(..) => return None,
    })
}
