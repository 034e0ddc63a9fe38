//! Declarations that fit, and everything that is said about those that do not.

use inlay_shared::{ColumnType, Format, Layer, ModelDefinition};
use serde_json::{Value, json};

use crate::model::{Compute, Formula, Model};

fn declare(value: Value) -> Result<Model, Vec<(String, String)>> {
    let definition: ModelDefinition = serde_json::from_value(value).unwrap();
    let built = Model::built_in().with(Layer::Deployment, &definition, "1".into());
    built.map_err(|wrong| wrong.into_iter().map(|error| (error.pointer, error.detail)).collect())
}

fn wrong(value: Value) -> Vec<String> {
    declare(value).unwrap_err().into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn measures_are_made_of_columns_properties_and_each_other() {
    let model = declare(json!({
        "version": 1,
        "properties": [{"name": "seats", "type": "integer"}, {"name": "price", "type": "decimal"}],
        "measures": [
            {"name": "conversion", "kind": "ratio", "over": "orders", "under": "events"},
            {"name": "orders", "kind": "count",
             "filters": [{"dimension": "name", "op": "in", "values": ["order"]}]},
            {"name": "price_avg", "kind": "average", "of": "price", "currency": "EUR"},
            {"name": "seats_p99", "kind": "percentile", "of": "seats", "percent": 99.9},
            {"name": "orders_so_far", "kind": "cumulative", "of": "orders"},
            {"name": "german_conversion", "kind": "filtered", "of": "conversion",
             "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}]},
            {"name": "revenue_per_user", "kind": "ratio", "over": "value", "under": "users"},
        ],
    }));
    let model = model.unwrap();
    let measure = |name: &str| model.measure(name).unwrap();
    let conversion = measure("conversion");
    assert_eq!((conversion.kind(), conversion.format), (ColumnType::Number, Format::Percent));
    let price = measure("price_avg");
    assert_eq!((price.kind(), price.format), (ColumnType::Decimal, Format::Money));
    let Formula::Plain(p99) = &measure("seats_p99").formula else { panic!("one number") };
    assert!(matches!(p99.compute, Compute::Percentile(_, 999)));
    let Formula::Ratio { over, under } = &measure("german_conversion").formula else {
        panic!("a filtered ratio is a ratio")
    };
    assert_eq!((over.conditions.len(), under.conditions.len()), (2, 1));
    let per_user = measure("revenue_per_user");
    assert!(per_user.formula.is_money() && per_user.kind() == ColumnType::Decimal);
    assert_eq!(measure("orders").label, "Orders");
    assert_eq!(model.dimension("seats").unwrap().part.kind(), ColumnType::Integer);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let pointers = wrong(json!({
        "version": 2,
        "properties": [{"name": "Seats", "type": "integer"}, {"name": "users", "type": "string"}],
        "dimensions": [{"name": "where", "of": "contry"}],
        "hierarchies": [{"name": "place", "levels": ["country", "country"]}],
        "measures": [
            {"name": "a", "kind": "ratio", "over": "evnets"},
            {"name": "b", "kind": "sum", "of": "page"},
            {"name": "c", "kind": "percentile", "of": "value", "percent": 100.0},
            {"name": "d", "kind": "cumulative", "of": "users"},
            {"name": "e", "kind": "filtered", "of": "events"},
            {"name": "f", "kind": "count", "of": "user"},
            {"name": "g", "kind": "sum", "of": "value", "currency": "EUR"},
            {"name": "b", "kind": "count"},
        ],
    }));
    for pointer in [
        "/version",
        "/properties/0/name",
        "/properties/1/name",
        "/dimensions/0/of",
        "/hierarchies/0/levels/1",
        "/measures/0/over",
        "/measures/0/under",
        "/measures/1/of",
        "/measures/2/percent",
        "/measures/3/of",
        "/measures/4/filters",
        "/measures/5/of",
        "/measures/6/currency",
    ] {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer}: {pointers:?}");
    }
}

#[test]
fn measures_that_need_each_other_are_refused() {
    let pointers = wrong(json!({
        "version": 1,
        "measures": [
            {"name": "a", "kind": "ratio", "over": "b", "under": "events"},
            {"name": "b", "kind": "ratio", "over": "a", "under": "events"},
        ],
    }));
    assert!(pointers.contains(&"/measures/0/over".to_owned()), "{pointers:?}");
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    let errors = declare(json!({
        "version": 1, "measures": [{"name": "a", "kind": "filtered", "of": "evnets",
            "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}]}],
    }));
    let (pointer, detail) = errors.unwrap_err().remove(0);
    assert_eq!(pointer, "/measures/0/of");
    assert!(detail.contains("did you mean `events`"), "{detail}");
}

#[test]
fn a_tenant_adds_to_the_deployment_and_changes_nothing_of_it() {
    let below = declare(json!({"version": 1, "measures": [{"name": "clicks", "kind": "count"}]}));
    let below = below.unwrap();
    let layer = |value: Value| {
        let definition: ModelDefinition = serde_json::from_value(value).unwrap();
        below.with(Layer::Tenant, &definition, "1.1".into())
    };
    let own = json!({"version": 1, "measures": [
        {"name": "rate", "kind": "ratio", "over": "clicks", "under": "users"}]});
    let model = layer(own).unwrap();
    assert_eq!(model.measure("rate").unwrap().layer, Layer::Tenant);
    assert_eq!(model.measure("clicks").unwrap().layer, Layer::Deployment);
    let again = json!({"version": 1, "measures": [{"name": "clicks", "kind": "count"}]});
    assert_eq!(layer(again).unwrap_err()[0].pointer, "/measures/0/name");
}

#[test]
fn any_property_is_a_dimension() {
    let model = Model::built_in();
    let plan = model.dimension("properties.planName").unwrap();
    assert_eq!(plan.part.kind(), ColumnType::String);
    assert!(model.dimension("plan_name").is_none());
}
