//! What is to be said about the numbers of an answer.

use std::collections::BTreeSet;

use inlay_shared::{Approximate, Source};

use super::currencies::Currencies;
use super::families::Family;
use super::plan::Plan;
use super::read::Findings;
use crate::lake::rollup::SKETCH_ERROR;

/// Gathers it while aggregations come in.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) currencies: Currencies,
    rolled_up: bool,
    /// Places of aggregates.
    estimated: BTreeSet<usize>,
}

impl Remarks {
    pub(super) fn see(&mut self, family: &Family, found: &Findings) {
        self.currencies.see(&found.currencies);
        self.rolled_up |= found.rolled_up;
        self.estimated.extend(found.estimated.iter().map(|place| family.aggregates[*place]));
    }

    /// Where the rows came from.
    pub(super) const fn source(&self) -> Source {
        if self.rolled_up { Source::Rollup } else { Source::Lake }
    }

    /// For each measure how good its estimates are, if it has some. The errors of two numbers of one
    /// measure add up as if they were independent.
    pub(super) fn approximate(&self, plan: &Plan) -> Vec<Option<Approximate>> {
        let of = |measure| {
            let places: BTreeSet<usize> = plan.terms.places(measure).collect();
            let count = places.intersection(&self.estimated).count();
            let count = u8::try_from(count).expect("a measure is made of few numbers");
            let relative_error = SKETCH_ERROR * f64::from(count).sqrt();
            (count > 0).then_some(Approximate { relative_error })
        };
        (0..plan.question.measures.len()).map(of).collect()
    }
}
