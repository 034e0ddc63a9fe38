//! From a grid to the rows of an answer.

use std::cmp::Ordering;

use inlay_shared::{Answer, Column, ColumnType, Comparison, Role};
use jiff::Timestamp;
use serde_json::Value;

use super::cells::{Cell, Grid};
use super::period::Period;
use super::plan::Plan;
use super::run::Outcome;
use crate::model::OrderBy;

/// The answer, but for the time that it took.
pub(super) fn answer(plan: &Plan, outcome: &Outcome, version: String) -> Answer {
    let places = places(plan, &outcome.grid);
    let rows = |grid: &Grid, period: &Period| {
        let last = grid.groups.len().saturating_sub(1);
        let row = |(group, bucket): &(usize, usize)| {
            let mut row = row(plan, grid, period, *group, *bucket);
            if plan.other {
                row.push(Value::Bool(outcome.other && *group == last));
            }
            row
        };
        places.iter().map(row).collect()
    };
    let compare = plan
        .compared
        .as_ref()
        .zip(outcome.compared.as_ref())
        .map(|(period, grid)| Comparison { time: period.wire(), rows: rows(grid, period) });
    Answer {
        columns: columns(plan, outcome),
        rows: rows(&outcome.grid, &plan.period),
        time: plan.period.wire(),
        compare,
        version,
        source: outcome.source,
        elapsed_ms: 0.0,
    }
}

fn columns(plan: &Plan, outcome: &Outcome) -> Vec<Column> {
    let currency = outcome.currency.as_deref();
    let time = plan.period.grain.map(|_| Column {
        name: "time".into(),
        label: "Time".into(),
        role: Role::Time,
        kind: ColumnType::Time,
        format: None,
        currency: None,
        approximate: None,
    });
    let dimensions = plan.question.dimensions.iter().map(|dimension| Column {
        name: dimension.name.clone(),
        label: dimension.label.clone(),
        role: Role::Dimension,
        kind: dimension.part.kind(),
        format: None,
        currency: None,
        approximate: None,
    });
    let measures = plan.question.measures.iter().zip(&outcome.approximate);
    let measures = measures.map(|(measure, approximate)| Column {
        name: measure.name.clone(),
        label: measure.label.clone(),
        role: Role::Measure,
        kind: measure.kind(),
        format: Some(measure.format),
        currency: currency
            .filter(|_| measure.formula.is_money())
            .map(str::to_owned)
            .or_else(|| measure.currency.clone()),
        approximate: *approximate,
    });
    let other = plan.other.then(|| Column {
        name: "is_other".into(),
        label: "Other".into(),
        role: Role::Other,
        kind: ColumnType::Boolean,
        format: None,
        currency: None,
        approximate: None,
    });
    time.into_iter().chain(dimensions).chain(measures).chain(other).collect()
}

/// The group and bucket of each row. With dimensions, groups stand in their rank, and within each
/// bucket if there are any; buckets rise unless the order says `time` falling. One group alone is
/// ordered by its buckets, by whatever key.
fn places(plan: &Plan, grid: &Grid) -> Vec<(usize, usize)> {
    let groups = grid.groups.len();
    let Some(buckets) = &plan.period.buckets else {
        return (0..groups).map(|group| (group, 0)).collect();
    };
    let keys = &plan.question.order;
    let mut order: Vec<usize> = (0..buckets.len()).collect();
    let alone = plan.question.dimensions.is_empty();
    order.sort_by(|a, b| {
        let compared = keys.iter().map(|key| match key.by {
            OrderBy::Time if key.desc => b.cmp(a),
            OrderBy::Time => a.cmp(b),
            OrderBy::Measure(index) if alone => {
                let cell = |bucket| grid.row(0, bucket).and_then(|cells| cells.get(index));
                match (cell(*a), cell(*b)) {
                    (Some(a), Some(b)) => a.compare(b, key.desc),
                    _ => Ordering::Equal,
                }
            }
            OrderBy::Measure(_) | OrderBy::Dimension(_) => Ordering::Equal,
        });
        compared.chain([a.cmp(b)]).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    order.into_iter().flat_map(|bucket| (0..groups).map(move |group| (group, bucket))).collect()
}

/// A row; nulls for the time and the measures where the grid has no such bucket.
fn row(plan: &Plan, grid: &Grid, period: &Period, group: usize, bucket: usize) -> Vec<Value> {
    let mut row = Vec::with_capacity(1 + grid.groups[group].len() + plan.question.measures.len());
    if let Some(buckets) = &period.buckets {
        let start = buckets.starts().get(bucket);
        let start = start.and_then(|start| Timestamp::from_microsecond(*start).ok());
        row.push(start.map_or(Value::Null, |start| Value::String(period.zone.write(start))));
    }
    row.extend(grid.groups[group].iter().map(|label| label.json(&period.zone)));
    match grid.row(group, bucket) {
        Some(cells) => row.extend(cells.iter().map(Cell::json)),
        None => row.extend(plan.question.measures.iter().map(|_| Value::Null)),
    }
    row
}
