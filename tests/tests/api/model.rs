//! `/v1/model`, `inlay apply`, and the measures that a model declares.

use std::path::Path;
use std::process::Output;

use inlay_tests::{Caller as _, Inlay, TenantClient, command};
use serde_json::{Value, json};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/model.yaml");

fn apply(inlay: &Inlay, arguments: &[&str]) -> Output {
    let mut command = command(&["apply", "--data"]);
    command.arg(inlay.folder()).current_dir(inlay.folder()).args(arguments);
    command.output().expect("the binary starts")
}

#[track_caller]
fn applied(inlay: &Inlay, arguments: &[&str]) -> String {
    let output = apply(inlay, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[track_caller]
fn refused(inlay: &Inlay, arguments: &[&str]) -> String {
    let output = apply(inlay, arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a test may write into its own folder");
    path.to_str().expect("the path is a text").to_owned()
}

/// Three visitors of whom two buy: one in each of two days, one of them twice.
fn shop() -> Vec<Value> {
    let event = |id: &str, name: &str, time: &str, user: &str, more: Value| {
        let mut event = json!({"id": id, "name": name, "time": time, "user": user});
        event.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        event
    };
    let order = |value: &str, items: u32, margin: &str, plan: &str| {
        json!({"value": value, "currency": "EUR",
            "properties": {"items": items, "margin": margin, "plan": plan}})
    };
    vec![
        event("1", "page.viewed", "2026-11-18T09:00:00Z", "ann", json!({})),
        event("2", "order.placed", "2026-11-18T10:00:00Z", "ann", order("10.00", 1, "1.10", "pro")),
        event("3", "page.viewed", "2026-11-19T09:00:00Z", "bob", json!({})),
        event("4", "order.placed", "2026-11-19T10:00:00Z", "bob", order("5.50", 2, "0.20", "free")),
        event("5", "order.placed", "2026-11-19T11:00:00Z", "ann", order("4.51", 6, "0.30", "pro")),
        event(
            "6",
            "page.viewed",
            "2026-11-19T12:00:00Z",
            "eve",
            json!({"properties": {"items": "x"}}),
        ),
    ]
}

async fn rows(tenant: &TenantClient, query: Value) -> Value {
    tenant.query(&query).await.is(200).value()["rows"].clone()
}

#[tokio::test]
async fn the_example_of_the_documentation_computes_what_it_says() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    // Half of the events come before the declaration, and lie in a file without its columns.
    tenant.feed(&shop()[..3], 3).await;
    inlay.flush("acme").await;
    let said = applied(&inlay, &[EXAMPLE]);
    assert!(said.contains("+ measure conversion") && said.contains("+ dashboard shop"), "{said}");
    tenant.feed(&shop()[3..], 6).await;
    let measures = json!([
        "orders",
        "buyers",
        "conversion",
        "margin_total",
        "items_avg",
        "largest_basket",
        "items_median",
        "order_value",
        "pro_orders",
        "orders_so_far"
    ]);
    let time = json!({"from": "2026-11-17", "to": "2026-11-20"});
    let all = json!([[3, 2, 2.0 / 3.0, "1.60", 3.0, 6, 2.0, "6.67", 2, 3]]);
    let ask = json!({"measures": measures, "time": time});
    let answer = tenant.query(&ask).await.is(200).value();
    let close = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        _ => a == b,
    };
    let row = answer["rows"][0].as_array().expect("a row").clone();
    for (at, (found, wanted)) in row.iter().zip(all[0].as_array().expect("a row")).enumerate() {
        // 20.01 by three is rounded to six places.
        assert!(close(found, wanted), "{}: {found} is not {wanted}", measures[at]);
    }
    assert_eq!(answer["columns"][3]["currency"], "EUR");
    assert_eq!(answer["columns"][2]["format"], "percent");
    assert_eq!(answer["columns"][7]["format"], "money");
    let days = json!({"from": "2026-11-17", "to": "2026-11-20", "grain": "day"});
    let course = json!({"measures": ["orders_so_far", "conversion"], "time": days});
    let cells: Vec<Value> = rows(&tenant, course)
        .await
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| json!([row[1], row[2]]))
        .collect();
    assert_eq!(json!(cells), json!([[0, null], [1, 1.0], [3, 2.0 / 3.0]]));
    let plans = json!({"measures": ["orders", "margin_total"], "dimensions": ["plan"], "time": time,
        "order": [{"by": "conversion_rank", "desc": true}]});
    tenant.query(&plans).await.refused(422, "invalid_order");
    let plans = json!({"measures": ["conversion", "orders"], "dimensions": ["plan"], "time": time,
        "order": [{"by": "orders", "desc": true}, {"by": "plan"}]});
    let by_plan = json!([["pro", 1.0, 2], ["free", 1.0, 1], [null, 0.0, 0]]);
    assert_eq!(rows(&tenant, plans).await, by_plan);
    let items = json!({"measures": ["events"], "dimensions": ["items"], "time": time,
        "filters": [{"dimension": "items", "op": "gte", "values": ["2"]}],
        "order": [{"by": "items", "desc": true}]});
    assert_eq!(rows(&tenant, items).await, json!([[6, 1], [2, 1]]));
    inlay.flush("acme").await;
    let again = tenant.query(&ask).await.is(200).value();
    assert_eq!(again["rows"], answer["rows"]);
    tenant.get("/v1/dashboards/shop").await.is(200);
    let newer = inlay.tenant("globex").await;
    newer.get("/v1/dashboards/shop").await.is(200);
}

#[tokio::test]
async fn any_property_is_a_text_to_group_and_filter_by() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    tenant.feed(&shop(), 6).await;
    let time = json!({"from": "2026-11-17", "to": "2026-11-20"});
    let ask = json!({"measures": ["events"], "dimensions": ["properties.items"], "time": time,
        "filters": [{"dimension": "properties.plan", "op": "in", "values": ["pro"]}],
        "order": [{"by": "properties.items"}]});
    for _ in 0..2 {
        assert_eq!(rows(&tenant, ask.clone()).await, json!([["1", 1], ["6", 1]]));
        inlay.flush("acme").await;
    }
}

#[tokio::test]
async fn applying_says_what_changes_and_the_same_again_nothing() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let one = "version: 1\nmeasures:\n  - {name: a, kind: count}\n  - {name: b, kind: count}\n";
    let file = write(inlay.folder(), "one.yaml", one);
    let said = applied(&inlay, &[&file, "--dry-run"]);
    assert!(said.contains("+ measure a") && said.contains("not applied"), "{said}");
    assert_eq!(tenant.get("/v1/model").await.is(200).value()["version"], "0");
    applied(&inlay, &[&file]);
    assert_eq!(tenant.get("/v1/model").await.is(200).value()["version"], "1.0");
    let said = applied(&inlay, &[&file]);
    assert!(said.contains("nothing changes"), "{said}");
    let two = "version: 1\nmeasures:\n  - {name: a, kind: count, label: Ah}\n";
    let file = write(inlay.folder(), "two.yaml", two);
    let said = applied(&inlay, &[&file]);
    assert!(said.contains("~ measure a") && said.contains("label: nothing -> \"Ah\""), "{said}");
    assert!(!said.contains("- measure b"), "{said}");
    let said = applied(&inlay, &[&file, "--prune", "--json"]);
    let said: Value = serde_json::from_str(&said).expect("it is JSON");
    assert_eq!(said["changes"][0]["change"], "removed", "{said}");
    assert_eq!(said["version"], "3.0");
    let names = tenant.get("/v1/model").await.is(200).value()["measures"].clone();
    let declared = names.as_array().expect("a list").iter().filter(|m| m["layer"] == "deployment");
    assert_eq!(declared.count(), 1);
}

#[tokio::test]
async fn every_mistake_in_the_files_is_named_with_its_place() {
    let inlay = Inlay::start().await;
    let text = "version: 1\nmeasures:\n  - name: a\n    kind: ratio\n    over: evnets\n    under: users\n  \
                - name: users\n    kind: count\n";
    let file = write(inlay.folder(), "wrong.yaml", text);
    let said = refused(&inlay, &[&file]);
    assert!(
        said.contains("wrong.yaml:5:5: there is no measure `evnets`; did you mean `events`?"),
        "{said}"
    );
    assert!(said.contains("wrong.yaml:7:5: `users` is built in"), "{said}");
    let file = write(inlay.folder(), "form.yaml", "version: 1\nmesures: []\n");
    let said = refused(&inlay, &[&file]);
    assert!(said.contains("form.yaml:2:1") && said.contains("did you mean `measures`"), "{said}");
    let said = refused(&inlay, &[&file, "--tenant", "nobody"]);
    assert!(said.contains("nothing was applied"), "{said}");
}

#[tokio::test]
async fn a_dashboard_that_would_break_is_named() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    applied(&inlay, &[EXAMPLE]);
    let text = "version: 1\nmeasures:\n  - {name: other, kind: count}\n";
    let file = write(inlay.folder(), "other.yaml", text);
    let said = refused(&inlay, &[&file, "--prune"]);
    assert!(said.contains("dashboard `shop` of tenant `acme`"), "{said}");
    tenant
        .query(&json!({"measures": ["orders"],
        "time": {"from": "2026-11-17", "to": "2026-11-20"}}))
        .await
        .is(200);
}

#[tokio::test]
async fn a_tenant_declares_for_itself_alone() {
    let inlay = Inlay::start().await;
    let (acme, globex) = (inlay.tenant("acme").await, inlay.tenant("globex").await);
    let own = json!({"version": 1, "measures": [
        {"name": "per_user", "kind": "ratio", "over": "events", "under": "users"}]});
    let first = acme.get("/v1/model").await.is(200);
    let tag = first.header("etag").expect("an ETag").to_owned();
    let stored = acme.put("/v1/model", &own).header("if-match", &tag).await.is(200);
    assert_eq!(stored.value()["own"], own);
    acme.put("/v1/model", &own).header("if-match", &tag).await.refused(412, "model_changed");
    let ask = json!({"measures": ["per_user"], "time": {"from": "2026-11-17", "to": "2026-11-20"}});
    let version = acme.query(&ask).await.is(200).value()["version"].clone();
    globex.query(&ask).await.refused(422, "unknown_measure");
    let mut wrong = own.clone();
    wrong["measures"][0]["under"] = json!("user");
    let answer = acme.put("/v1/model", &wrong).await;
    answer.refused(422, "invalid_model");
    assert_eq!(answer.pointers(), ["/measures/0/under"]);
    let mut other = own.clone();
    other["measures"][0]["filters"] =
        json!([{"dimension": "country", "op": "in", "values": ["DE"]}]);
    acme.put("/v1/model", &other).await.is(200);
    assert_ne!(acme.query(&ask).await.is(200).value()["version"], version);
    // The deployment cannot take a name that a tenant's own model has.
    let text = "version: 1\nmeasures:\n  - {name: per_user, kind: count}\n";
    let file = write(inlay.folder(), "taken.yaml", text);
    assert!(refused(&inlay, &[&file]).contains("own model of tenant `acme`"));
}
