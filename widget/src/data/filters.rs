//! Filters, read and written by hand as the other wire types are.

use inlay_shared::{Condition, Filter, FilterOp};
use serde_json::Value;

use super::{
    json_text::{self, Writer},
    wire::{Fields, list},
};

/// Filters, as the host page gives them. Unlike an answer they may hold no unknown field.
pub fn filters(value: Value) -> Option<Vec<Filter>> {
    list(value, filter)
}

fn filter(value: Value) -> Option<Filter> {
    let mut fields = Fields::of(value)?;
    let count = fields.0.len();
    let (filter, known) = if let Some(all) = fields.take("and") {
        (Filter::And(filters(all)?), 1)
    } else if let Some(any) = fields.take("or") {
        (Filter::Or(filters(any)?), 1)
    } else if let Some(other) = fields.take("not") {
        (Filter::Not(Box::new(filter(other)?)), 1)
    } else {
        let name = fields.string("op")?;
        let op = FilterOp::ALL.into_iter().find(|(_, known)| *known == name)?.0;
        let dimension = fields.string("dimension")?;
        let bare = op.is_bare();
        let values = if bare { Vec::new() } else { fields.strings("values")? };
        let condition = Condition { dimension, op, values };
        (Filter::Condition(condition), if bare { 2 } else { 3 })
    };
    (count == known).then_some(filter)
}

/// Filters as JSON.
pub fn filters_text(filters: &[Filter]) -> String {
    json_text::list(filters.iter().map(filter_text))
}

fn filter_text(filter: &Filter) -> String {
    let object = Writer::object();
    match filter {
        Filter::And(all) => object.raw("and", &filters_text(all)),
        Filter::Or(any) => object.raw("or", &filters_text(any)),
        Filter::Not(other) => object.raw("not", &filter_text(other)),
        Filter::Condition(Condition { dimension, op, values }) => {
            let condition = object.text("dimension", dimension).text("op", op.name());
            if op.is_bare() {
                condition
            } else {
                let values = values.iter().map(|value| json_text::text(value));
                condition.raw("values", &json_text::list(values))
            }
        }
    }
    .end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::wire::tests::same;
    use serde_json::json;

    #[test]
    fn filters_are_read_and_anything_odd_in_them_is_refused() {
        let good = json!([
            {"dimension": "country", "op": "in", "values": ["DE"]},
            {"dimension": "page", "op": "not_in", "values": []},
            {"dimension": "value", "op": "between", "values": ["1", "2.50"]},
            {"dimension": "user", "op": "is_set"},
            {"not": {"or": [
                {"dimension": "page", "op": "starts_with", "values": ["/a\""]},
                {"and": [{"dimension": "device", "op": "not_set"}]},
            ]}},
        ]);
        same(good.clone(), filters);
        let read = filters(good.clone()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&filters_text(&read)).unwrap(), good);
        for odd in [
            json!({}),
            json!([{"dimension": "country", "op": "like", "values": []}]),
            json!([{"dimension": "country", "op": "in", "values": [1]}]),
            json!([{"dimension": "country", "op": "in"}]),
            json!([{"dimension": "country", "op": "is_set", "values": []}]),
            json!([{"or": [], "and": []}]),
            json!([{"or": {}}]),
            json!([{"or": [], "op": "in"}]),
            json!([{"not": []}]),
            json!([{"dimension": "country", "op": "in", "values": [], "more": 1}]),
        ] {
            assert_eq!(filters(odd.clone()), None, "{odd}");
        }
    }
}
