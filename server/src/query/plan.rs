//! From the question as it came to one that is typed and within its limits.

use inlay_shared::{Filter, Query};

use super::QueryError;
use super::period::Period;
use super::terms::Terms;
use crate::model::{
    Condition, Field, Invalid, Model, OrderBy, OrderKey, Part, Properties, Question, condition,
};

/// A question that can be compiled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) question: Question,
    /// What the measures are made of: this is what rows are asked for.
    pub(super) terms: Terms,
    /// The properties that have a column of their own: those that the model declares.
    pub(super) properties: Properties,
    /// The row filters of the token: they hold besides the question's own conditions.
    pub(super) row_conditions: Vec<Condition>,
    pub(super) period: Period,
    pub(super) compared: Option<Period>,
    /// All groups past the limit make a row of their own.
    pub(super) other: bool,
    /// Different values may be estimated.
    pub(super) approximate: bool,
}

impl Plan {
    pub(super) fn new(
        model: &Model,
        query: &Query,
        row_filters: &[Filter],
    ) -> Result<Self, QueryError> {
        let question = Question::new(
            model,
            &query.measures,
            &query.dimensions,
            &query.filters,
            &query.order,
            query.limit,
            query.time.grain.is_some(),
        )?;
        let row_conditions = row_conditions(model, row_filters)?;
        let period = Period::read(&query.time)?;
        let compared = query.compare.as_ref().map(|how| period.compared(how)).transpose()?;
        let terms = Terms::of(&question.measures);
        if query.other {
            check_other(&question)?;
        }
        let properties = model.properties().clone();
        Ok(Self {
            question,
            terms,
            properties,
            row_conditions,
            period,
            compared,
            other: query.other,
            approximate: query.approximate,
        })
    }

    /// How many groups are ranked: one past the limit tells whether there are others.
    pub(super) fn ranked(&self) -> usize {
        self.question.limit + usize::from(self.other)
    }

    /// Everything that a row must meet.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.question.conditions.iter().chain(&self.row_conditions)
    }

    /// By what groups are ranked: the keys of the order, or the first measure, the largest first.
    pub(super) fn ranking(&self) -> Vec<OrderKey> {
        let keys: Vec<OrderKey> =
            self.question.order.iter().filter(|key| key.by != OrderBy::Time).copied().collect();
        if keys.is_empty() { vec![OrderKey { by: OrderBy::Measure(0), desc: true }] } else { keys }
    }
}

/// The filters that hold besides a question's own. One that cannot be applied fails the question.
pub(super) fn row_conditions(
    model: &Model,
    filters: &[Filter],
) -> Result<Vec<Condition>, QueryError> {
    let typed = |filter| condition(model, filter, "").map_err(QueryError::RowFilter);
    filters.iter().map(typed).collect()
}

/// Can all groups past the limit make one row?
fn check_other(question: &Question) -> Result<(), Invalid> {
    if question.dimensions.is_empty() {
        let detail = "without dimensions there are no other groups: leave `other` out";
        return Err(Invalid::new("invalid_other", "/other", detail));
    }
    let currency = Part::text(Field::Currency);
    let by_currency = question.dimensions.iter().any(|dimension| dimension.part == currency);
    if by_currency && question.measures.iter().any(|measure| measure.formula.is_money()) {
        let detail = "amounts of the other currencies have no sum: leave `other` out, or filter by \
                      `currency` instead of grouping by it";
        return Err(Invalid::new("invalid_other", "/other", detail));
    }
    Ok(())
}
