//! Which questions are answered here. What is declined goes to DataFusion, which gives the same answer.

use super::job::{Clock, Job, Key, Kind, Part as Computed, Test, What};
use super::result::{By, Order};
use super::rollup::Wanted;
use crate::model::{
    Aggregate, Column, Compute, Condition, Dimension, Field, NumberType, OrderBy, OrderKey, Part,
    PropertyType,
};
use crate::query::cells::Group;
use crate::query::compile::RankBy;
use crate::query::families::Family;
use crate::query::period::Period;
use crate::query::plan::Plan;
use crate::query::terms::Terms;

/// Most keys of a group.
const MOST_KEYS: usize = 4;

/// The job that computes a family over a period, unless it is declined.
pub(in crate::query) fn decide(
    plan: &Plan,
    family: &Family,
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
    if plan.question.dimensions.len() > MOST_KEYS {
        return None;
    }
    for dimension in &plan.question.dimensions {
        let key = key(&mut job, dimension)?;
        job.keys.push(key);
    }
    for condition in plan.conditions() {
        let test = test(&mut job, condition)?;
        job.tests.push(test);
    }
    for index in &family.aggregates {
        let part = part(&mut job, &plan.terms.aggregates[*index])?;
        job.parts.push(part);
    }
    if !wanted.is_empty() && !job.keys.is_empty() {
        job.wanted = Some(wanted.to_vec());
    }
    if plan.approximate {
        job = job.estimating();
    }
    job.rollup = Wanted::by(&job);
    Some(job)
}

/// The keys of a ranking, if each is a dimension or one number of the family.
pub(in crate::query) fn rankable(
    terms: &Terms,
    family: &Family,
    keys: &[OrderKey],
) -> Option<Vec<(RankBy, bool)>> {
    let keys = keys.iter().filter(|key| key.by != OrderBy::Time).map(|key| {
        let by = match key.by {
            OrderBy::Measure(index) => {
                let place = terms.plain(index)?;
                RankBy::Aggregate(family.aggregates.contains(&place).then_some(place)?)
            }
            OrderBy::Dimension(index) => RankBy::Dimension(index),
            OrderBy::Time => return None,
        };
        Some((by, key.desc))
    });
    keys.collect()
}

/// The order that such keys make of the family's job.
pub(in crate::query) fn order(family: &Family, keys: &[(RankBy, bool)], limit: usize) -> Order {
    let keys = keys.iter().map(|(by, desc)| {
        let by = match by {
            RankBy::Aggregate(index) => {
                By::Part(family.aggregates.iter().take_while(|other| *other != index).count())
            }
            RankBy::Dimension(index) => By::Key(*index),
        };
        (by, *desc)
    });
    Order { keys: keys.collect(), limit }
}

fn key(job: &mut Job, dimension: &Dimension) -> Option<Key> {
    Some(match &dimension.part {
        Part::HourOfDay => Key::Clock(Clock::Hour),
        Part::DayOfWeek => Key::Clock(Clock::Day),
        Part::Column(Column::Field(field), PropertyType::String) => {
            Key::Text(job.column(field.column(), Kind::Text))
        }
        Part::Column(..) => return None,
    })
}

fn tests(job: &mut Job, parts: &[Condition]) -> Option<Vec<Test>> {
    parts.iter().map(|part| test(job, part)).collect()
}

fn test(job: &mut Job, condition: &Condition) -> Option<Test> {
    let (dimension, test) = match condition {
        Condition::All(parts) => return Some(Test::All(tests(job, parts)?)),
        Condition::Any(parts) => return Some(Test::Any(tests(job, parts)?)),
        Condition::Not(other) => return Some(Test::Not(Box::new(test(job, other)?))),
        Condition::Test(dimension, test) => (dimension, test.clone()),
    };
    Some(match &dimension.part {
        Part::HourOfDay => Test::Clock(Clock::Hour, test),
        Part::DayOfWeek => Test::Clock(Clock::Day, test),
        Part::Column(Column::Field(Field::Time), _) => Test::Time(test),
        Part::Column(Column::Field(field), kind) => {
            let name = field.column();
            match kind {
                PropertyType::String => Test::Text(job.column(name, Kind::Text), test),
                PropertyType::Integer => Test::Integer(job.column(name, Kind::Integer), test),
                PropertyType::Decimal => Test::Amount(job.column(name, Kind::Decimal), test),
                PropertyType::Number | PropertyType::Boolean | PropertyType::Time => return None,
            }
        }
        Part::Column(Column::Property(_) | Column::Undeclared(_), _) => return None,
    })
}

fn part(job: &mut Job, aggregate: &Aggregate) -> Option<Computed> {
    let what = match &aggregate.compute {
        Compute::Count => What::Count,
        Compute::Distinct(Column::Field(field)) if is_text(*field) => {
            What::Distinct(job.column(field.column(), Kind::Text))
        }
        Compute::Sum(numbers) if numbers.is_money() => What::Money {
            value: job.column(Field::Value.column(), Kind::Decimal),
            currency: job.column(Field::Currency.column(), Kind::Text),
        },
        Compute::Sum(numbers) | Compute::Mean(numbers) => match (&numbers.column, numbers.kind) {
            (Column::Field(field), NumberType::Integer) => {
                let column = job.column(field.column(), Kind::Integer);
                let sum = matches!(aggregate.compute, Compute::Sum(_));
                if sum { What::Sum(column) } else { What::Mean(column) }
            }
            _ => return None,
        },
        // A percentile needs every value of a group at once; extremes and floats are rare.
        Compute::Distinct(_) | Compute::Min(_) | Compute::Max(_) | Compute::Percentile(..) => {
            return None;
        }
    };
    Some(Computed { what, tests: tests(job, &aggregate.conditions)? })
}

const fn is_text(field: Field) -> bool {
    !matches!(
        field,
        Field::Time
            | Field::ReceivedAt
            | Field::Seq
            | Field::Value
            | Field::Duration
            | Field::Properties
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Model;
    use crate::query::families::families;

    /// For each family of a question whether it is answered here.
    fn decided(mut ask: Value) -> Vec<bool> {
        ask["time"] = json!({"from": "2026-03-20", "to": "2026-04-09", "grain": "day"});
        let query = serde_json::from_value(ask).unwrap();
        let plan = Plan::new(&Model::built_in(), &query, &[]).unwrap();
        let families = families(&plan.terms.aggregates);
        let answered = |family: &Family| decide(&plan, family, &plan.period, &[], true).is_some();
        families.iter().map(answered).collect()
    }

    #[test]
    fn counts_sums_means_and_sets_are_answered_here() {
        let all = json!(["events", "value", "duration_avg", "users", "sessions", "accounts"]);
        assert_eq!(decided(json!({"measures": all})), [true; 4]);
        let keys = json!(["page", "country", "hour_of_day", "currency"]);
        assert_eq!(decided(json!({"measures": all, "dimensions": keys})), [true; 4]);
        let filters = json!([
            {"or": [
                {"dimension": "page", "op": "contains", "values": ["a"]},
                {"not": {"dimension": "value", "op": "gt", "values": ["1.5"]}},
            ]},
            {"dimension": "day_of_week", "op": "in", "values": ["1"]},
            {"dimension": "duration_ms", "op": "between", "values": ["1", "9"]},
            {"dimension": "time", "op": "lt", "values": ["2026-04-01T00:00:00Z"]},
        ]);
        assert_eq!(decided(json!({"measures": ["events"], "filters": filters})), [true]);
    }

    #[test]
    fn the_rest_is_left_to_datafusion() {
        let percentile = json!(["events", "duration_p95", "users"]);
        assert_eq!(decided(json!({"measures": percentile})), [false, true]);
        let received = json!([{
            "dimension": "received_at", "op": "gt", "values": ["2026-04-01T00:00:00Z"]
        }]);
        assert_eq!(decided(json!({"measures": ["events"], "filters": received})), [false]);
    }

    #[test]
    fn a_job_reads_each_column_once() {
        let query = json!({
            "measures": ["value", "users"], "dimensions": ["country", "currency"],
            "time": {"from": "2026-03-20", "to": "2026-04-09"},
            "filters": [{"dimension": "country", "op": "is_set"}],
        });
        let query = serde_json::from_value(query).unwrap();
        let plan = Plan::new(&Model::built_in(), &query, &[]).unwrap();
        let both = Family { aggregates: vec![0, 1] };
        let job = decide(&plan, &both, &plan.period, &[], false).unwrap();
        let names: Vec<&str> = job.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["country", "currency", "value", "user"]);
        assert!(!job.reads_clock() && job.buckets.is_empty());
    }
}
