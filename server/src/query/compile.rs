//! From a plan to aggregations, in DataFusion's own expressions.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::percentile_cont;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, min, sum};
use datafusion::logical_expr::{Expr, cast, ident, lit, when};

use super::cells::{Group, Label};
use super::expressions::{column, text, time, value};
use super::families::{Family, width};
use super::filters;
use super::functions::{bucket, currency_of};
use super::period::Period;
use super::terms::Terms;
use crate::lake::{VALUE_PRECISION, VALUE_SCALE};
use crate::model::{
    Aggregate, Column, Compute, Condition, Dimension, Field, NumberType, Numbers, OrderBy,
    OrderKey, Part, PropertyType,
};

/// Digits of a whole number of 64 bits.
const WHOLE_PRECISION: u8 = 20;
/// Longest list that groups are narrowed by.
const LONGEST_LIST: usize = 1_000;

/// The rows that count: in the period, and meeting every condition.
pub(super) fn rows<'a>(
    table: DataFrame,
    period: &Period,
    covered: bool,
    conditions: impl Iterator<Item = &'a Condition>,
) -> Result<DataFrame> {
    let mut rows = table;
    if !covered {
        rows = rows.filter(filters::within(period.from, period.to))?;
    }
    for condition in conditions {
        rows = rows.filter(filters::holds(condition, period))?;
    }
    Ok(rows)
}

/// Narrows rows to those that can be in one of the groups. It may let others through.
pub(super) fn narrow(
    rows: DataFrame,
    dimensions: &[Arc<Dimension>],
    groups: &[Group],
) -> Result<DataFrame> {
    let mut rows = rows;
    for (index, dimension) in dimensions.iter().enumerate() {
        let Part::Column(name, PropertyType::String) = &dimension.part else { continue };
        let mut values: Vec<&str> = Vec::new();
        let mut with_null = false;
        for group in groups {
            match &group[index] {
                Label::Text(text) => values.push(text),
                _ => with_null = true,
            }
        }
        values.sort_unstable();
        values.dedup();
        if values.len() > LONGEST_LIST {
            continue;
        }
        let within = column(name).in_list(values.into_iter().map(text).collect(), false);
        let wanted = if with_null { within.or(column(name).is_null()) } else { within };
        rows = rows.filter(wanted)?;
    }
    Ok(rows)
}

/// Groups rows and computes a family: first the bucket if there are any, then the dimensions, then
/// the columns of the aggregates.
pub(super) fn aggregate(
    rows: DataFrame,
    dimensions: &[Arc<Dimension>],
    aggregates: &[Aggregate],
    family: &Family,
    period: &Period,
    with_buckets: bool,
) -> Result<DataFrame> {
    let mut by = Vec::new();
    if let (true, Some(buckets)) = (with_buckets, &period.buckets) {
        by.push(bucket(time(), buckets.starts().clone()).alias("bucket"));
    }
    for (index, dimension) in dimensions.iter().enumerate() {
        by.push(value(dimension, period).alias(label_name(index)));
    }
    let parts = family
        .aggregates
        .iter()
        .flat_map(|index| parts(&aggregates[*index], period))
        .enumerate()
        .map(|(index, part)| part.alias(part_name(index)))
        .collect();
    let alone = by.is_empty();
    match family.aggregates.as_slice() {
        [only] if alone && matches!(aggregates[*only].compute, Compute::Distinct(_)) => {
            counted_at_all(rows, &aggregates[*only], parts, period)
        }
        _ => rows.aggregate(by, parts),
    }
}

/// Counts the values of all rows as one group. DataFusion counts one too many where no row is left and
/// a filter pins the very column to one value (it forgets the constant key of its inner grouping); it is told
/// apart by whether there is any value.
fn counted_at_all(
    rows: DataFrame,
    aggregate: &Aggregate,
    mut counted: Vec<Expr>,
    period: &Period,
) -> Result<DataFrame> {
    const ANY: &str = "any";
    let Compute::Distinct(name) = &aggregate.compute else {
        return rows.aggregate(vec![], counted);
    };
    counted.push(max(only(aggregate, period, column(name))).alias(ANY));
    let count = ident(part_name(0));
    let count = when(ident(ANY).is_null(), lit(0_i64)).otherwise(count)?.alias(part_name(0));
    rows.aggregate(vec![], counted)?.select(vec![count])
}

/// A key that DataFusion can rank by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RankBy {
    /// An aggregate of the family that is one plain column.
    Aggregate(usize),
    Dimension(usize),
}

/// Keeps the first groups by the keys, falling where one says so. Ties are broken by the dimensions.
pub(super) fn rank(
    grouped: DataFrame,
    dimensions: usize,
    aggregates: &[Aggregate],
    family: &Family,
    keys: &[(RankBy, bool)],
    limit: usize,
) -> Result<DataFrame> {
    let mut order = Vec::new();
    for (by, desc) in keys {
        let key = match by {
            RankBy::Dimension(index) => ident(label_name(*index)),
            RankBy::Aggregate(index) => {
                let before = family.aggregates.iter().take_while(|other| *other != index);
                let part = part_name(before.map(|other| width(&aggregates[*other])).sum());
                shown(&aggregates[*index].compute, ident(part))?
            }
        };
        order.push(key.sort(!desc, false));
    }
    order.extend((0..dimensions).map(|index| ident(label_name(index)).sort(true, false)));
    grouped.sort(order)?.limit(0, Some(limit))
}

/// The number of a group as it is shown: without any value a sum is zero.
fn shown(compute: &Compute, part: Expr) -> Result<Expr> {
    let Compute::Sum(numbers) = compute else { return Ok(part) };
    let zero = match numbers.kind {
        NumberType::Integer => ScalarValue::Decimal128(Some(0), WHOLE_PRECISION, 0),
        NumberType::Decimal => ScalarValue::Decimal128(Some(0), VALUE_PRECISION, VALUE_SCALE),
        NumberType::Float => ScalarValue::Float64(Some(0.0)),
    };
    when(part.clone().is_null(), lit(zero)).otherwise(part)
}

/// The keys by which [`rank`] can rank within the family, if it can. `None` as well where the family
/// has amounts: they are ranked elsewhere, so that every group's currency is seen; and by percentiles,
/// which are rounded before they are shown.
pub(super) fn rankable(
    terms: &Terms,
    family: &Family,
    keys: &[OrderKey],
) -> Option<Vec<(RankBy, bool)>> {
    let aggregates = &terms.aggregates;
    if family.aggregates.iter().any(|index| aggregates[*index].compute.is_money()) {
        return None;
    }
    let mut ranks = Vec::with_capacity(keys.len());
    for key in keys {
        let by = match key.by {
            OrderBy::Measure(index) => {
                let place = terms.plain(index)?;
                let interpolated = matches!(aggregates[place].compute, Compute::Percentile(..));
                let plain = family.aggregates.contains(&place)
                    && width(&aggregates[place]) == 1
                    && !interpolated;
                RankBy::Aggregate(plain.then_some(place)?)
            }
            OrderBy::Dimension(index) => RankBy::Dimension(index),
            OrderBy::Time => continue,
        };
        ranks.push((by, key.desc));
    }
    Some(ranks)
}

/// The value of the rows that meet the aggregate's conditions. What does not has no value here, so that
/// its group stays.
fn only(aggregate: &Aggregate, period: &Period, value: Expr) -> Expr {
    let held = aggregate.conditions.iter().map(|condition| filters::holds(condition, period));
    match held.reduce(Expr::and) {
        None => value,
        Some(held) => when(held, value).end().expect("a case of one branch has one type"),
    }
}

fn parts(aggregate: &Aggregate, period: &Period) -> Vec<Expr> {
    let only = |value: Expr| only(aggregate, period, value);
    let mut parts = match &aggregate.compute {
        Compute::Count => vec![count(only(lit(1_i64)))],
        Compute::Distinct(name) => vec![count_distinct(only(column(name)))],
        Compute::Sum(numbers) => vec![sum(only(exact(numbers)))],
        Compute::Mean(numbers) => {
            vec![sum(only(exact(numbers))), count(only(column(&numbers.column)))]
        }
        Compute::Min(numbers) => vec![min(only(column(&numbers.column)))],
        Compute::Max(numbers) => vec![max(only(column(&numbers.column)))],
        Compute::Percentile(numbers, per_mille) => {
            let number = cast(only(column(&numbers.column)), DataType::Float64);
            let place = lit(f64::from(*per_mille) / 1_000.0);
            vec![percentile_cont(number.sort(true, false), place)]
        }
    };
    if let Some(numbers) = aggregate.compute.numbers().filter(|numbers| numbers.is_money()) {
        let codes = column(&Column::Field(Field::Currency));
        let currency = || only(currency_of(column(&numbers.column), codes.clone()));
        parts.extend([min(currency()), max(currency())]);
    }
    parts
}

/// Numbers to be added up.
fn exact(numbers: &Numbers) -> Expr {
    let number = column(&numbers.column);
    match numbers.kind {
        // A sum of large integers could overflow, and one of floats depends on their order.
        NumberType::Integer => cast(number, DataType::Decimal128(WHOLE_PRECISION, 0)),
        NumberType::Decimal | NumberType::Float => number,
    }
}

fn label_name(index: usize) -> String {
    format!("label_{index}")
}

fn part_name(index: usize) -> String {
    format!("part_{index}")
}
