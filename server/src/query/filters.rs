//! Conditions as expressions of DataFusion.
//!
//! SQL knows a third answer besides yes and no, and conditions do not: under a `not`, what a row
//! without a value leaves unknown is a no first, and so a yes afterwards.

use std::sync::Arc;

use datafusion::functions::string;
use datafusion::logical_expr::{Expr, ScalarUDF, lit, not};
use jiff::Timestamp;

use super::expressions::{instant, literal, text, time, value};
use super::period::Period;
use crate::model::{Condition, Range, Test};

/// Is the time of a row in `[from, to)`?
pub(super) fn within(from: Timestamp, to: Timestamp) -> Expr {
    time().gt_eq(instant(from.as_microsecond())).and(time().lt(instant(to.as_microsecond())))
}

/// Does a row meet the condition? Where it is unknown, it does not.
pub(super) fn holds(condition: &Condition, period: &Period) -> Expr {
    match condition {
        Condition::All(parts) => joined(parts, period, true, Expr::and),
        Condition::Any(parts) => joined(parts, period, false, Expr::or),
        Condition::Not(other) => match &**other {
            Condition::Not(twice) => holds(twice, period),
            Condition::Test(_, Test::In(list)) if list.is_empty() => lit(true),
            Condition::Test(dimension, Test::Set) => value(dimension, period).is_null(),
            other => fails(holds(other, period)),
        },
        Condition::Test(dimension, test) => passes(value(dimension, period), test),
    }
}

/// What is unknown fails too. Not as `IS NOT TRUE`: DataFusion's plan takes that for certain and its
/// execution does not, and where both meet, the query ends in an error.
fn fails(held: Expr) -> Expr {
    held.clone().is_null().or(not(held))
}

fn joined(
    parts: &[Condition],
    period: &Period,
    none: bool,
    join: impl Fn(Expr, Expr) -> Expr,
) -> Expr {
    parts.iter().map(|part| holds(part, period)).reduce(join).unwrap_or_else(|| lit(none))
}

fn passes(value: Expr, test: &Test) -> Expr {
    let any = |of: &[String], function: Arc<ScalarUDF>| {
        let each = of.iter().map(|part| function.call(vec![value.clone(), text(part)]));
        each.reduce(Expr::or).unwrap_or_else(|| lit(false))
    };
    match test {
        Test::In(list) if list.is_empty() => lit(false),
        Test::In(list) => value.in_list(list.iter().map(literal).collect(), false),
        Test::Contains(parts) => any(parts, string::contains()),
        Test::StartsWith(parts) => any(parts, string::starts_with()),
        Test::Range(Range { low, high }) => {
            let low = low.as_ref().map(|end| match (literal(&end.at), end.included) {
                (at, true) => value.clone().gt_eq(at),
                (at, false) => value.clone().gt(at),
            });
            let high = high.as_ref().map(|end| match (literal(&end.at), end.included) {
                (at, true) => value.clone().lt_eq(at),
                (at, false) => value.clone().lt(at),
            });
            low.into_iter().chain(high).reduce(Expr::and).unwrap_or_else(|| lit(true))
        }
        Test::Set => value.is_not_null(),
    }
}
