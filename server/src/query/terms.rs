//! What a question's measures are made of: each number that rows are asked for, once, and how the
//! measures follow from them. Engines compute the former and need not know the latter.

use std::sync::Arc;

use super::cells::{Cell, Grid};
use crate::model::{Aggregate, Formula, Measure};

/// The numbers behind some measures.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    /// What is computed from rows, each once.
    pub(super) aggregates: Vec<Aggregate>,
    measures: Vec<Term>,
}

/// A measure by the places of its numbers among the aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    Plain(usize),
    Ratio(usize, usize),
    Cumulative(usize),
}

impl Terms {
    pub(super) fn of(measures: &[Arc<Measure>]) -> Self {
        let mut aggregates = Vec::new();
        let mut place = |aggregate: &Aggregate| {
            aggregates.iter().position(|known| known == aggregate).unwrap_or_else(|| {
                aggregates.push(aggregate.clone());
                aggregates.len() - 1
            })
        };
        let measures = measures
            .iter()
            .map(|measure| match &measure.formula {
                Formula::Plain(one) => Term::Plain(place(one)),
                Formula::Ratio { over, under } => Term::Ratio(place(over), place(under)),
                Formula::Cumulative(one) => Term::Cumulative(place(one)),
            })
            .collect();
        Self { aggregates, measures }
    }

    /// The places of the numbers that a measure is made from.
    pub(super) fn places(&self, measure: usize) -> impl Iterator<Item = usize> {
        let (first, second) = match self.measures[measure] {
            Term::Plain(one) | Term::Cumulative(one) => (one, None),
            Term::Ratio(over, under) => (over, Some(under)),
        };
        std::iter::once(first).chain(second)
    }

    /// The place of the number that ranks groups as the measure does over the whole range.
    pub(super) fn plain(&self, measure: usize) -> Option<usize> {
        match self.measures[measure] {
            Term::Plain(one) | Term::Cumulative(one) => Some(one),
            Term::Ratio(..) => None,
        }
    }

    /// From the cells of the aggregates to those of the measures.
    pub(super) fn derive(&self, found: &Grid) -> Grid {
        let mut derived = found.like(self.measures.len());
        for (index, term) in self.measures.iter().enumerate() {
            for group in 0..found.groups.len() {
                let mut so_far = Cell::Null;
                for bucket in 0..found.buckets() {
                    let Some(row) = found.row(group, bucket) else { continue };
                    let cell = match *term {
                        Term::Plain(one) => row[one].clone(),
                        Term::Ratio(over, under) => row[over].divided_by(&row[under]),
                        Term::Cumulative(one) => {
                            so_far = so_far.plus(&row[one]);
                            so_far.clone()
                        }
                    };
                    derived.put(group, bucket, index, cell);
                }
            }
        }
        derived
    }
}

#[cfg(test)]
mod tests {
    use inlay_shared::{Format, Layer};

    use super::*;
    use crate::model::{Compute, Model};

    fn measure(formula: Formula) -> Arc<Measure> {
        let (name, label) = (String::new(), String::new());
        let (unit, currency, layer) = (None, None, Layer::Tenant);
        Arc::new(Measure { name, label, format: Format::Number, unit, currency, layer, formula })
    }

    #[test]
    fn each_number_is_asked_for_once() {
        let model = Model::built_in();
        let count: Aggregate = Compute::Count.into();
        let users = model.measure("users").unwrap();
        let Formula::Plain(distinct) = &users.formula else { panic!("users are counted") };
        let ratio = measure(Formula::Ratio { over: count.clone(), under: distinct.clone() });
        let running = measure(Formula::Cumulative(count.clone()));
        let terms = Terms::of(&[ratio, users.clone(), running]);
        assert_eq!(terms.aggregates, [count, distinct.clone()]);
        assert_eq!(terms.places(0).collect::<Vec<_>>(), [0, 1]);
        assert_eq!((terms.plain(0), terms.plain(1), terms.plain(2)), (None, Some(1), Some(0)));
    }

    #[test]
    fn measures_follow_from_their_numbers() {
        let model = Model::built_in();
        let users = model.measure("users").unwrap();
        let Formula::Plain(distinct) = &users.formula else { panic!("users are counted") };
        let count: Aggregate = Compute::Count.into();
        let ratio = Formula::Ratio { over: count.clone(), under: distinct.clone() };
        let terms = Terms::of(&[measure(ratio), measure(Formula::Cumulative(count))]);
        let mut grid = Grid::new(vec![Vec::new()], 3, &terms.aggregates);
        for (bucket, events, users) in [(0, 6, 4), (2, 3, 0)] {
            grid.put(0, bucket, 0, Cell::Integer(events));
            grid.put(0, bucket, 1, Cell::Integer(users));
        }
        let derived = terms.derive(&grid);
        let row = |bucket| derived.row(0, bucket).unwrap().to_vec();
        assert_eq!(row(0), [Cell::Number(1.5), Cell::Integer(6)]);
        assert_eq!(row(1), [Cell::Null, Cell::Integer(6)]);
        assert_eq!(row(2), [Cell::Null, Cell::Integer(9)]);
    }
}
