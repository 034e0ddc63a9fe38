//! Which currencies an answer adds up: amounts of different ones have no sum.

use super::QueryError;
use super::functions::currency_code;
use super::plan::Plan;
use crate::model::{Field, Part};

/// The currencies of the amounts that an answer adds up.
#[derive(Debug, Default)]
pub(super) struct Currencies(Vec<i32>);

impl Currencies {
    pub(super) fn see(&mut self, codes: &[i32]) {
        self.0.extend(codes);
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// The one that they all have, if it is one. Different ones are fine only if each row says which
    /// one it has.
    pub(super) fn only(self, plan: &Plan) -> Result<Option<String>, QueryError> {
        let by = Part::text(Field::Currency);
        match self.0.as_slice() {
            [] => Ok(None),
            [one] => Ok(currency_code(*one)),
            _ if plan.question.dimensions.iter().any(|d| d.part == by) => Ok(None),
            several => {
                let name = |code: &i32| currency_code(*code).unwrap_or("no currency".to_owned());
                let names: Vec<String> = several.iter().map(name).collect();
                Err(QueryError::MixedCurrencies(names.join(", ")))
            }
        }
    }
}
