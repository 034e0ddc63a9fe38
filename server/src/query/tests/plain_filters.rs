//! Does an event meet a filter? As plainly as can be.

use inlay_shared::{Condition, Filter, FilterOp};
use jiff::Zoned;
use serde_json::Value;

use super::plain_values::{Worth, worth};

/// Does an event meet a filter?
pub(super) fn holds(filter: &Filter, event: &Value, time: &Zoned) -> bool {
    let Condition { dimension: name, op, values } = match filter {
        Filter::And(all) => return all.iter().all(|filter| holds(filter, event, time)),
        Filter::Or(any) => return any.iter().any(|filter| holds(filter, event, time)),
        Filter::Not(other) => return !holds(other, event, time),
        Filter::Condition(condition) => condition,
    };
    let value = worth(event, time, name);
    let there = !value.is_nothing();
    let one_of = || there && values.iter().any(|other| value == value.alike(other));
    let some = |test: fn(&str, &str) -> bool| match &value {
        Worth::Text(text) => values.iter().any(|other| test(text, other)),
        _ => false,
    };
    let against = |at: usize| value.compare(&value.alike(&values[at]), false);
    match op {
        FilterOp::In => one_of(),
        FilterOp::NotIn => !one_of(),
        FilterOp::Contains => some(|text, part| text.contains(part)),
        FilterOp::NotContains => !some(|text, part| text.contains(part)),
        FilterOp::StartsWith => some(|text, part| text.starts_with(part)),
        FilterOp::Gt => there && against(0).is_gt(),
        FilterOp::Gte => there && against(0).is_ge(),
        FilterOp::Lt => there && against(0).is_lt(),
        FilterOp::Lte => there && against(0).is_le(),
        FilterOp::Between => there && against(0).is_ge() && against(1).is_le(),
        FilterOp::IsSet => there,
        FilterOp::NotSet => !there,
    }
}
