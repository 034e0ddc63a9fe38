//! Which numbers are computed in one aggregation, and how many columns they take there.
//!
//! Numbers that can be computed side by side share one aggregation. Each count of different values has
//! one of its own: alone it runs as two plain groupings, together they would keep a set for every
//! group.

use crate::model::{Aggregate, Compute};

/// One aggregation: some of the plan's aggregates, by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) aggregates: Vec<usize>,
}

/// The aggregations that a plan needs.
pub(super) fn families(aggregates: &[Aggregate]) -> Vec<Family> {
    let mut together = Vec::new();
    let mut families = Vec::new();
    for (index, aggregate) in aggregates.iter().enumerate() {
        match aggregate.compute {
            Compute::Distinct(_) => families.push(Family { aggregates: vec![index] }),
            Compute::Count
            | Compute::Sum(_)
            | Compute::Mean(_)
            | Compute::Min(_)
            | Compute::Max(_)
            | Compute::Percentile(..) => together.push(index),
        }
    }
    if !together.is_empty() {
        families.insert(0, Family { aggregates: together });
    }
    families
}

/// How many columns an aggregate takes in the rows of its aggregation, behind the groups: its own,
/// and for amounts the least and the greatest code of their currencies.
pub(super) fn width(aggregate: &Aggregate) -> usize {
    let currencies = if aggregate.compute.is_money() { 2 } else { 0 };
    own_width(&aggregate.compute) + currencies
}

/// How many columns the number itself takes.
pub(super) const fn own_width(compute: &Compute) -> usize {
    match compute {
        Compute::Count
        | Compute::Distinct(_)
        | Compute::Sum(_)
        | Compute::Min(_)
        | Compute::Max(_)
        | Compute::Percentile(..) => 1,
        Compute::Mean(_) => 2,
    }
}
