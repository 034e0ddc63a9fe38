//! Faults that random questions about declared measures found.

use super::promises::{event, range};
use super::*;

/// The sum, the least and the greatest currency share the condition, and DataFusion computes it once.
#[tokio::test]
async fn a_measure_may_be_about_what_meets_no_filter() {
    let house = House::new().await;
    let model = json!({"version": 1, "measures": [{"name": "elsewhere", "kind": "filtered",
        "of": "value", "filters": [{"dimension": "page", "op": "not_in", "values": ["/a"]}]}]});
    house.declare(&serde_json::from_value(model).unwrap()).await;
    let worth = |page: &str| json!({"page": page, "value": "1.50", "currency": "EUR"});
    let mut without = worth("");
    without.as_object_mut().unwrap().remove("page");
    let events = [event("1", worth("/a")), event("2", worth("/b")), event("3", without)];
    house.send(&events).await;
    let ask = query(json!({"measures": ["elsewhere"], "time": range()}));
    for engine in [house.engine.clone(), house.engine.clone().without_dense()] {
        let answer = engine.answer(&house.scope, &ask, &[]).await.unwrap();
        assert_eq!(answer.rows, [[json!("3.00")]]);
    }
}

#[tokio::test]
async fn a_group_without_values_ranks_by_the_zero_that_it_shows() {
    let house = House::new().await;
    let model = json!({"version": 1,
        "properties": [{"name": "seats", "type": "integer"}, {"name": "price", "type": "decimal"},
            {"name": "score", "type": "number"}],
        "measures": [{"name": "all_seats", "kind": "sum", "of": "seats"},
            {"name": "all_prices", "kind": "sum", "of": "price"},
            {"name": "all_scores", "kind": "sum", "of": "score"}]});
    house.declare(&serde_json::from_value(model).unwrap()).await;
    let worth = |page: &str, number: i32| {
        let properties = json!({"seats": number, "price": number, "score": number});
        json!({"page": page, "properties": properties})
    };
    let none = event("3", json!({"page": "/none"}));
    house.send(&[event("1", worth("/more", 2)), event("2", worth("/less", -2)), none]).await;
    for measure in ["all_seats", "all_prices", "all_scores"] {
        let ask = query(json!({"measures": [measure], "dimensions": ["page"], "time": range()}));
        let rows = house.ask(&ask).await.unwrap().rows;
        let pages: Vec<&Value> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(pages, ["/more", "/none", "/less"], "{measure}");
    }
}

#[tokio::test]
async fn groups_rank_by_the_percentile_that_they_show() {
    let house = House::new().await;
    let model = json!({"version": 1, "properties": [{"name": "seats", "type": "integer"}],
        "measures": [{"name": "low", "kind": "percentile", "of": "seats", "percent": 4}]});
    house.declare(&serde_json::from_value(model).unwrap()).await;
    let on = |page: &str, seats: i32| json!({"page": page, "properties": {"seats": seats}});
    let [one, two, three] = [("/b", 5), ("/b", 6), ("/a", 5)].map(|(page, seats)| on(page, seats));
    house.send(&[event("1", one), event("2", two), event("3", three)]).await;
    let ask = query(json!({"measures": ["low"], "dimensions": ["page"], "time": range()}));
    // That of `/b` is 5.04.
    let expected = [[json!("/a"), json!(5.0)], [json!("/b"), json!(5.0)]];
    assert_eq!(house.ask(&ask).await.unwrap().rows, expected);
}
