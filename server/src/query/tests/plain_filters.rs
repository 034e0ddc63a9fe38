//! Does an event meet a filter? As plainly as can be.

use inlay_shared::{Condition, Filter, FilterOp};
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::plain::dimension;

/// Does an event meet a filter?
pub(super) fn holds(filter: &Filter, event: &Value, time: &Zoned) -> bool {
    let Condition { dimension: name, op, values } = match filter {
        Filter::And(all) => return all.iter().all(|filter| holds(filter, event, time)),
        Filter::Or(any) => return any.iter().any(|filter| holds(filter, event, time)),
        Filter::Not(other) => return !holds(other, event, time),
        Filter::Condition(condition) => condition,
    };
    let value = dimension(event, time, name);
    let text = value.as_str().map(str::to_owned).or(value.as_i64().map(|n| n.to_string()));
    let some = |test: &dyn Fn(&str, &str) -> bool| {
        text.as_ref().is_some_and(|text| values.iter().any(|value| test(text, value)))
    };
    // Amounts, numbers and times are all whole numbers of something here.
    let number = |text: &str| -> i128 {
        match name.as_str() {
            "value" => millionths(text),
            "time" => text.parse::<Timestamp>().unwrap().as_microsecond().into(),
            _ => text.parse().unwrap(),
        }
    };
    let by_number = matches!(name.as_str(), "value" | "time");
    let against = |at: usize| text.as_ref().map(|text| number(text).cmp(&number(&values[at])));
    match op {
        FilterOp::In if by_number => some(&|text, value| number(text) == number(value)),
        FilterOp::NotIn if by_number => !some(&|text, value| number(text) == number(value)),
        FilterOp::In => some(&|text, value| text == value),
        FilterOp::NotIn => !some(&|text, value| text == value),
        FilterOp::Contains => some(&|text, value| text.contains(value)),
        FilterOp::NotContains => !some(&|text, value| text.contains(value)),
        FilterOp::StartsWith => some(&|text, value| text.starts_with(value)),
        FilterOp::Gt => against(0).is_some_and(|order| order.is_gt()),
        FilterOp::Gte => against(0).is_some_and(|order| order.is_ge()),
        FilterOp::Lt => against(0).is_some_and(|order| order.is_lt()),
        FilterOp::Lte => against(0).is_some_and(|order| order.is_le()),
        FilterOp::Between => {
            against(0).is_some_and(|order| order.is_ge())
                && against(1).is_some_and(|order| order.is_le())
        }
        FilterOp::IsSet => text.is_some(),
        FilterOp::NotSet => text.is_none(),
    }
}

pub(super) fn millionths(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}
