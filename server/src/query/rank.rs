//! Ranks groups in memory.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::cells::{Grid, Group};
use super::families::Family;
use super::read::Found;
use super::run::put;
use super::terms::Terms;
use crate::model::{OrderBy, OrderKey};

/// Ranks groups in memory, where the keys are in more than one family or are no plain columns.
pub(super) fn order(
    terms: &Terms,
    families: &[Family],
    known: &HashMap<usize, Vec<Found>>,
    keys: &[OrderKey],
    limit: usize,
) -> Vec<Group> {
    let first = known.values().next().expect("at least one family ranks");
    let groups: Vec<Group> = first.iter().map(|row| row.group.clone()).collect();
    let mut grid = Grid::new(groups, 1, &terms.aggregates);
    for (index, found) in known {
        put(&mut grid, &families[*index], found);
    }
    let grid = terms.derive(&grid);
    let mut places: Vec<usize> = (0..grid.groups.len()).collect();
    places.sort_by(|a, b| {
        let by_keys = keys.iter().map(|key| match key.by {
            OrderBy::Measure(index) => {
                let cell = |place: &usize| &grid.row(*place, 0).expect("one bucket")[index];
                cell(a).compare(cell(b), key.desc)
            }
            OrderBy::Dimension(index) => {
                let label = |place: &usize| &grid.groups[*place][index];
                label(a).compare(label(b), key.desc)
            }
            OrderBy::Time => Ordering::Equal,
        });
        let (left, right) = (&grid.groups[*a], &grid.groups[*b]);
        let by_labels = left.iter().zip(right).map(|(a, b)| a.compare(b, false));
        by_keys.chain(by_labels).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    places.into_iter().take(limit).map(|place| grid.groups[place].clone()).collect()
}

/// Does a key rank by a number that the family has a part of?
pub(super) fn uses(terms: &Terms, key: &OrderKey, family: &Family) -> bool {
    let OrderBy::Measure(index) = key.by else { return false };
    terms.places(index).any(|place| family.aggregates.contains(&place))
}
