//! From a plan to aggregations, in DataFusion's own expressions.
//!
//! Measures that add up share one aggregation. Each count of different values has one of its own:
//! alone it runs as two plain groupings, together they would keep a set for every group.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::percentile_cont;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, min, sum};
use datafusion::logical_expr::{Expr, cast, ident, lit};

use super::cells::{Group, Label};
use super::expressions::{column, text, time, value};
use super::filters;
use super::functions::{bucket, currency_of};
use super::period::Period;
use crate::model::{Compute, Condition, Dimension, Field, Measure, OrderBy, OrderKey, Part};

/// Longest list that groups are narrowed by.
const LONGEST_LIST: usize = 1_000;

/// One aggregation: some of the question's measures, by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) measures: Vec<usize>,
}

/// The aggregations that a question needs.
pub(super) fn families(measures: &[&Measure]) -> Vec<Family> {
    let mut additive = Vec::new();
    let mut families = Vec::new();
    for (index, measure) in measures.iter().enumerate() {
        match measure.compute {
            Compute::Distinct(_) => families.push(Family { measures: vec![index] }),
            Compute::Count | Compute::Money(_) | Compute::Mean(_) | Compute::Percentile(..) => {
                additive.push(index);
            }
        }
    }
    if !additive.is_empty() {
        families.insert(0, Family { measures: additive });
    }
    families
}

/// Where the parts of a measure stand in the rows of its aggregation, behind the groups.
pub(super) const fn width(measure: &Measure) -> usize {
    match measure.compute {
        Compute::Count | Compute::Distinct(_) | Compute::Percentile(..) => 1,
        Compute::Mean(_) => 2,
        Compute::Money(_) => 3,
    }
}

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
    dimensions: &[&'static Dimension],
    groups: &[Group],
) -> Result<DataFrame> {
    let mut rows = rows;
    for (index, dimension) in dimensions.iter().enumerate() {
        let Part::Column(field) = dimension.part else { continue };
        let mut values: Vec<&str> = Vec::new();
        let mut with_null = false;
        for group in groups {
            match &group[index] {
                Label::Text(text) => values.push(text),
                Label::Null | Label::Number(_) => with_null = true,
            }
        }
        values.sort_unstable();
        values.dedup();
        if values.len() > LONGEST_LIST {
            continue;
        }
        let within = column(field).in_list(values.into_iter().map(text).collect(), false);
        let wanted = if with_null { within.or(column(field).is_null()) } else { within };
        rows = rows.filter(wanted)?;
    }
    Ok(rows)
}

/// Groups rows and computes a family: first the bucket if there are any, then the dimensions, then
/// the parts of the measures.
pub(super) fn aggregate(
    rows: DataFrame,
    dimensions: &[&'static Dimension],
    measures: &[&'static Measure],
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
        .measures
        .iter()
        .flat_map(|index| parts(measures[*index]))
        .enumerate()
        .map(|(index, part)| part.alias(part_name(index)))
        .collect();
    rows.aggregate(by, parts)
}

/// Keeps the first groups, if DataFusion can rank them: every key is a dimension or a measure of this
/// family that is one plain column. Ties are broken by the dimensions.
pub(super) fn rank(
    grouped: DataFrame,
    dimensions: &[&'static Dimension],
    measures: &[&'static Measure],
    family: &Family,
    keys: &[OrderKey],
    limit: usize,
) -> Result<DataFrame> {
    let mut order = Vec::new();
    for key in keys {
        let name = match key.by {
            OrderBy::Dimension(index) => label_name(index),
            OrderBy::Measure(index) => {
                let before = family.measures.iter().take_while(|other| **other != index);
                part_name(before.map(|other| width(measures[*other])).sum())
            }
            OrderBy::Time => continue,
        };
        order.push(ident(name).sort(!key.desc, false));
    }
    order.extend((0..dimensions.len()).map(|index| ident(label_name(index)).sort(true, false)));
    grouped.sort(order)?.limit(0, Some(limit))
}

/// Can [`rank`] rank by these keys within the family?
pub(super) fn can_rank(measures: &[&'static Measure], family: &Family, keys: &[OrderKey]) -> bool {
    // Amounts are ranked elsewhere, so that every group's currency is seen.
    let money =
        family.measures.iter().any(|index| matches!(measures[*index].compute, Compute::Money(_)));
    !money
        && keys.iter().all(|key| match key.by {
            OrderBy::Measure(index) => {
                family.measures.contains(&index) && width(measures[index]) == 1
            }
            OrderBy::Dimension(_) | OrderBy::Time => true,
        })
}

fn parts(measure: &Measure) -> Vec<Expr> {
    match measure.compute {
        Compute::Count => vec![count(lit(1_i64))],
        Compute::Distinct(field) => vec![count_distinct(column(field))],
        Compute::Money(field) => {
            let currency = || currency_of(column(field), column(Field::Currency));
            vec![sum(column(field)), min(currency()), max(currency())]
        }
        Compute::Mean(field) => {
            // A sum of large integers could overflow, and one of floats depends on their order.
            let exact = cast(column(field), DataType::Decimal128(20, 0));
            vec![sum(exact), count(column(field))]
        }
        Compute::Percentile(field, percent) => {
            let number = cast(column(field), DataType::Float64);
            vec![percentile_cont(number.sort(true, false), lit(f64::from(percent) / 100.0))]
        }
    }
}

fn label_name(index: usize) -> String {
    format!("label_{index}")
}

fn part_name(index: usize) -> String {
    format!("part_{index}")
}
