//! The untimed part of a query, typed: which measures, by which dimensions, of which rows, in which
//! order. Queries and panels share it, so that a dashboard that was accepted can be answered.

use std::sync::Arc;

use inlay_shared::{Filter, Order};

use super::check::{self, at_most, known};
use super::{Condition, Dimension, Measure, Model, conditions};

/// What is wrong with a query, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable code, such as `unknown_measure`.
    pub code: &'static str,
    /// JSON pointer into the query.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Invalid {
    /// A complaint.
    pub fn new(code: &'static str, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), detail: detail.into() }
    }
}

/// A question whose names are all known and whose limits hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// 1 to 10, each once.
    pub measures: Vec<Arc<Measure>>,
    /// At most 4, each once.
    pub dimensions: Vec<Arc<Dimension>>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// In which order groups stand; empty for the default.
    pub order: Vec<OrderKey>,
    /// Most groups.
    pub limit: usize,
}

/// One key of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderKey {
    /// What is compared.
    pub by: OrderBy,
    /// Largest first.
    pub desc: bool,
}

/// What rows are ordered by: an index into the question's measures or dimensions, or the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// The time bucket.
    Time,
    /// A measure.
    Measure(usize),
    /// A dimension.
    Dimension(usize),
}

impl Question {
    /// Most groups that a query may ask for.
    pub const MAX_LIMIT: u64 = 10_000;
    /// Groups that it gets if it does not say.
    pub const DEFAULT_LIMIT: u64 = 1_000;

    /// Types a question, given what can be named. `timed`: there are buckets, so rows can be ordered by `time`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn new(
        model: &Model,
        measures: &[String],
        dimensions: &[String],
        filters: &[Filter],
        order: &[Order],
        limit: Option<u64>,
        timed: bool,
    ) -> Result<Self, Invalid> {
        if measures.is_empty() {
            let detail = format!("ask for at least one measure; known: {}", check::measures(model));
            return Err(Invalid::new("no_measures", "/measures", detail));
        }
        at_most(measures.len(), 10, "too_many_measures", "/measures", "measures")?;
        at_most(dimensions.len(), 4, "too_many_dimensions", "/dimensions", "dimensions")?;
        at_most(order.len(), 4, "invalid_order", "/order", "keys of the order")?;
        let measures = known(
            measures,
            "measure",
            "/measures",
            |name| model.measure(name),
            || check::measures(model),
        )?;
        let dimensions = known(
            dimensions,
            "dimension",
            "/dimensions",
            |name| model.dimension(name),
            || check::dimensions(model),
        )?;
        let conditions = conditions(model, filters, "/filters")?;
        let limit = limit.unwrap_or(Self::DEFAULT_LIMIT);
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            let detail = format!("`limit` is {limit}; it must be 1 to {}", Self::MAX_LIMIT);
            return Err(Invalid::new("invalid_limit", "/limit", detail));
        }
        let order = keys(order, &measures, &dimensions, timed)?;
        let limit = usize::try_from(limit).expect("10,000 fits");
        Ok(Self { measures, dimensions, conditions, order, limit })
    }
}

fn keys(
    order: &[Order],
    measures: &[Arc<Measure>],
    dimensions: &[Arc<Dimension>],
    timed: bool,
) -> Result<Vec<OrderKey>, Invalid> {
    let mut keys = Vec::with_capacity(order.len());
    for (at, key) in order.iter().enumerate() {
        let by = measures
            .iter()
            .position(|measure| measure.name == key.by)
            .map(OrderBy::Measure)
            .or_else(|| dimensions.iter().position(|d| d.name == key.by).map(OrderBy::Dimension))
            .or_else(|| (timed && key.by == "time").then_some(OrderBy::Time));
        let Some(by) = by else {
            let names =
                measures.iter().map(|m| &*m.name).chain(dimensions.iter().map(|d| &*d.name));
            return Err(Invalid::new(
                "invalid_order",
                format!("/order/{at}/by"),
                format!(
                    "rows can be ordered by what the query asks for: {}",
                    names.collect::<Vec<_>>().join(", "),
                ),
            ));
        };
        keys.push(OrderKey { by, desc: key.desc });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn ask(measures: &[&str], dimensions: &[&str]) -> Result<Question, Invalid> {
        Question::new(
            &Model::built_in(),
            &texts(measures),
            &texts(dimensions),
            &[],
            &[],
            None,
            false,
        )
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let no = ask(&["events", "evnets"], &[]).unwrap_err();
        assert_eq!((no.code, no.pointer.as_str()), ("unknown_measure", "/measures/1"));
        assert!(no.detail.contains("evnets") && no.detail.contains("duration_p95"), "{no}");
        let no = ask(&["events"], &["tenant"]).unwrap_err();
        assert_eq!((no.code, no.pointer.as_str()), ("unknown_dimension", "/dimensions/0"));
        assert!(no.detail.contains("day_of_week"), "{no}");
    }

    #[test]
    fn limits_hold() {
        let eleven = ["events"; 11];
        assert_eq!(ask(&[], &[]).unwrap_err().code, "no_measures");
        assert_eq!(ask(&eleven, &[]).unwrap_err().code, "too_many_measures");
        assert_eq!(ask(&["events", "events"], &[]).unwrap_err().code, "repeated_measure");
        let five = ["page", "country", "device", "user", "name"];
        assert_eq!(ask(&["events"], &five).unwrap_err().code, "too_many_dimensions");
        let measures = texts(&["events"]);
        for (limit, fits) in [(0, false), (1, true), (10_000, true), (1_000_000_000, false)] {
            let asked =
                Question::new(&Model::built_in(), &measures, &[], &[], &[], Some(limit), false);
            assert_eq!(asked.is_ok(), fits, "{limit}");
        }
    }

    #[test]
    fn rows_are_ordered_by_what_is_asked_for() {
        let order = |by: &str, timed| {
            let order = [Order { by: by.into(), desc: true }];
            let (measures, dimensions) = (texts(&["events"]), texts(&["page"]));
            Question::new(&Model::built_in(), &measures, &dimensions, &[], &order, None, timed)
                .map(|q| q.order)
        };
        let measure = OrderKey { by: OrderBy::Measure(0), desc: true };
        assert_eq!(order("events", false), Ok(vec![measure]));
        assert_eq!(order("page", false).unwrap()[0].by, OrderBy::Dimension(0));
        assert_eq!(order("time", true).unwrap()[0].by, OrderBy::Time);
        assert_eq!(order("time", false).unwrap_err().code, "invalid_order");
        assert_eq!(order("users", false).unwrap_err().code, "invalid_order");
    }
}
