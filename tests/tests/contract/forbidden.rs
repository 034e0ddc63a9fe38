//! What the contract forbids is refused, operation by operation, and every refusal that it documents
//! is seen.

use std::collections::BTreeSet;

use http::Method;
use inlay_shared::Scope;
use inlay_tests::{Answer, Call, Caller as _, Inlay, Need, Sample, contract, samples};
use serde_json::{Value, json};

/// Refusals that every operation of a kind has. The others (a conflict, an overload) have tests of
/// their own in the suite `api`.
const GENERIC: [u16; 8] = [400, 401, 403, 404, 413, 415, 421, 422];

/// Statuses that were seen, by operation.
#[derive(Default)]
struct Seen(BTreeSet<(String, u16)>);

impl Seen {
    #[track_caller]
    fn note(&mut self, sample: &Sample, answer: &Answer, status: u16) {
        assert_eq!(answer.status, status, "{}: {answer}", sample.id);
        self.0.insert((sample.id.to_owned(), status));
    }
}

#[tokio::test]
async fn every_documented_refusal_happens() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let viewer = tenant.viewer(json!({"capabilities": ["filter", "rows", "export:csv"]})).await;
    let mut seen = Seen::default();
    for sample in samples(&tenant, "other").await {
        let right = || sample.by_right(&tenant, &viewer);
        let documented = &sample.operation().statuses;
        for kind in &sample.operation().takes {
            seen.note(&sample, &right().body("application/octet-stream", "x").await, 415);
            seen.note(
                &sample,
                &right().body("application/json", "").without("content-type").await,
                415,
            );
            let large = vec![b' '; 5_000_001];
            seen.note(&sample, &right().body(kind, large).await, 413);
            seen.note(&sample, &right().body(kind, "{").await, broken(&sample, kind));
            seen.note(&sample, &right().body(kind, &b"\xff\xfe"[..]).await, unreadable(&sample));
            seen.note(&sample, &right().body(kind, "").await, 400);
        }
        // The body of `sendEvents` is judged event by event, its parameters below.
        if sample.body.is_some() && documented.contains(&422) && sample.id != "sendEvents" {
            seen.note(&sample, &right().json(&json!({"surprise": true})).await, 422);
        }
        if sample.need == Need::Page {
            seen.note(&sample, &sample.call(inlay.door()).await, 403);
        }
        if matches!(sample.need, Need::Nothing | Need::Secret | Need::Page) {
            continue;
        }
        seen.note(&sample, &sample.call(inlay.door()).await, 401);
        let refused = match sample.need {
            Need::Embed => {
                viewer.on_page("https://elsewhere.example").dress(sample.call(inlay.door()))
            }
            Need::Deployment(scope) => {
                tenant.operator().without(scope).await.dress(sample.call(inlay.door()))
            }
            Need::Tenant(scope) => tenant.without(scope).await.dress(sample.call(inlay.door())),
            _ => {
                let weak = tenant.without(Scope::SessionsWrite).await;
                weak.dress(sample.call(inlay.door()))
            }
        };
        seen.note(&sample, &refused.await, 403);
    }
    for sample in samples(&tenant, "other").await {
        for (target, status) in wrong_targets(&sample) {
            let wrong = Sample { target, ..sample.clone() };
            seen.note(&sample, &wrong.by_right(&tenant, &viewer).await, status);
        }
        for (body, status) in wrong_bodies(&sample) {
            let wrong = Sample { body: Some(body), ..sample.clone() };
            seen.note(&sample, &wrong.by_right(&tenant, &viewer).await, status);
        }
        if sample.id == "issueToken" {
            let call = || Call::new(inlay.door(), Method::POST, "/v1/oauth/token");
            seen.note(&sample, &call().form(&[("grant_type", "client_credentials")]).await, 401);
            seen.note(&sample, &call().form(&[("grant_type", "password")]).await, 400);
        }
    }
    let mut unseen = Vec::new();
    for operation in contract().operations() {
        // Events are judged one by one; that of a reused key is in the suite `api`.
        let generic = |status: &&u16| {
            GENERIC.contains(status) && (operation.id.as_str(), **status) != ("sendEvents", 422)
        };
        for status in operation.statuses.iter().filter(generic) {
            if !seen.0.contains(&(operation.id.clone(), *status)) {
                unseen.push((operation.id.clone(), *status));
            }
        }
    }
    assert!(unseen.is_empty(), "documented, and never seen here: {unseen:?}");
}

/// NDJSON judges line by line: a broken line is one refused event of a request that is taken.
fn broken(sample: &Sample, kind: &str) -> u16 {
    if kind == "application/x-ndjson" { 202 } else { unreadable(sample) }
}

/// A file is read after it was taken, and its import says what is wrong with it.
fn unreadable(sample: &Sample) -> u16 {
    if sample.id == "startImport" { 202 } else { 400 }
}

fn wrong_targets(sample: &Sample) -> Vec<(String, u16)> {
    let with = |more: &str| format!("{}{more}", sample.target);
    match sample.id {
        "revokeSession" => vec![("/v1/embed/sessions/nonsense".into(), 404)],
        "viewDashboard" => vec![
            ("/v1/embed/view?dashboard=unknown".into(), 404),
            ("/v1/embed/view".into(), 422),
            (with("&surprise=1"), 422),
            (with("&filters=%5B"), 400),
        ],
        "exportPanel" => vec![
            ("/v1/embed/export?dashboard=unknown&panel=events".into(), 404),
            ("/v1/embed/export?dashboard=overview&panel=unknown".into(), 404),
            ("/v1/embed/export?dashboard=overview".into(), 422),
            (with("&surprise=1"), 422),
            (with("&filters=%5B"), 400),
        ],
        "listenLive" => vec![
            ("/v1/embed/live?dashboard=unknown".into(), 404),
            ("/v1/embed/live".into(), 422),
            (with("&token=x"), 422),
        ],
        "getAsset" => vec![("/assets/unknown.js".into(), 404)],
        "getFramePage" => vec![
            ("/embed/overview?tenant=unknown".into(), 404),
            ("/embed/OVERVIEW?tenant=acme".into(), 404),
            ("/embed/overview".into(), 422),
            (with("&token=x"), 422),
        ],
        "getOwnPage" => vec![("/".into(), 421), ("/?dashboard=NO".into(), 422)],
        "startImport" => vec![
            ("/v1/imports?map=a".into(), 422),
            ("/v1/imports?map=a=nope".into(), 422),
            ("/v1/imports?surprise=1".into(), 422),
        ],
        "getImport" | "cancelImport" => vec![
            ("/v1/imports/nonsense".into(), 404),
            ("/v1/imports/import_01h455vb4pex5vsknk084sn02q".into(), 404),
        ],
        "sendEvents" => vec![(with("?source=NO"), 422), (with("?surprise=1"), 422)],
        "getMapping" | "putMapping" => vec![("/v1/mappings/NO".into(), 404)],
        "getDeadLetter" | "replayDeadLetter" => {
            vec![(sample.target.clone(), 404), (sample.target.replace("dead_", "ses_"), 404)]
        }
        "deleteTenant" | "getTenantErasure" => {
            vec![(sample.target.replace("other", "unknown"), 404)]
        }
        "getErasure" => vec![
            ("/v1/privacy/erasures/nonsense".into(), 404),
            ("/v1/privacy/erasures/erase_01h455vb4pex5vsknk084sn02q".into(), 404),
        ],
        "listMappings" | "listDeadLetters" | "listDashboards" | "listErasures" | "listImports"
        | "listTenants" => {
            ["limit=0", "limit=201", "limit=x", "limit=-1", "cursor=!", "surprise=1"]
                .map(|query| (with(&format!("?{query}")), 422))
                .into()
        }
        "listPublicKeys" => vec![
            (with("?limit=0"), 422),
            (with("?surprise=1"), 422),
            (sample.target.replace("acme", "unknown"), 404),
        ],
        "getDashboard" => {
            vec![("/v1/dashboards/unknown".into(), 404), ("/v1/dashboards/NO".into(), 404)]
        }
        "putDashboard" => vec![("/v1/dashboards/NO".into(), 404)],
        _ if sample.target.starts_with("/v1/tenants/acme") => {
            vec![(sample.target.replace("acme", "unknown"), 404)]
        }
        _ => Vec::new(),
    }
}

fn wrong_bodies(sample: &Sample) -> Vec<(Value, u16)> {
    let with = |name: &str, value: &str| {
        let mut body = sample.body.clone().expect("the sample has a body");
        body[name] = json!(value);
        body
    };
    match sample.id {
        "mintSession" => vec![(with("tenant", "unknown"), 404)],
        "collect" => vec![(with("key", "pk_01h455vb4pex5vsknk084sn02q"), 404)],
        "valuesOfDimension" => vec![(with("dimension", "account"), 404)],
        "queryPanel" | "rowsOfPanel" => {
            vec![(with("dashboard", "unknown"), 404), (with("panel", "unknown"), 404)]
        }
        _ => Vec::new(),
    }
}

/// Operations that judge events one by one: what a schema forbids is a refused event of a request that
/// is taken, and the suite `api` shows it.
fn one_by_one(id: &str) -> bool {
    ["sendEvents", "collect"].contains(&id)
}

#[tokio::test]
async fn what_a_schema_forbids_is_refused() {
    let inlay = Inlay::start().await;
    let tenant = inlay.tenant("acme").await;
    let viewer = tenant.viewer(json!({"capabilities": ["filter", "rows"]})).await;
    let mut taken = Vec::new();
    let mut tried = 0;
    for sample in samples(&tenant, "other").await {
        let Some(body) = sample.body.clone().filter(|_| !one_by_one(sample.id)) else {
            continue;
        };
        let schema = format!(
            "{}/requestBody/content/application~1json/schema",
            sample.operation().pointer()
        );
        for Wrong { why, value } in mutate(&schema, &body) {
            assert!(!contract().errors(&schema, &value).is_empty(), "{} {why} is right", sample.id);
            let call = sample.by_right(&tenant, &viewer).json(&value);
            tried += 1;
            // The call itself fails on an answer that is not documented, a 500 above all.
            let status = tokio::spawn(async move { call.await.status }).await.unwrap_or(0);
            if !(400..500).contains(&status) {
                taken.push(format!("{}: {why} → {status}", sample.id));
            }
        }
    }
    assert!(tried > 200, "only {tried} were tried");
    assert!(taken.is_empty(), "taken against the contract:\n{}", taken.join("\n"));
}

/// A body with one thing wrong.
struct Wrong {
    why: String,
    value: Value,
}

/// Every way of breaking `value` once that the schema at `pointer` tells.
fn mutate(pointer: &str, value: &Value) -> Vec<Wrong> {
    let (pointer, schema) = contract().resolve(pointer);
    if let Some(ways) = schema["oneOf"].as_array() {
        let fitting = (0..ways.len())
            .map(|way| format!("{pointer}/oneOf/{way}"))
            .find(|way| contract().errors(way, value).is_empty())
            .expect("a sample is one of the ways");
        // What breaks one way may be another one.
        return mutate(&fitting, value)
            .into_iter()
            .filter(|wrong| !contract().errors(&pointer, &wrong.value).is_empty())
            .collect();
    }
    let mut wrong = of_another_type(schema);
    let number = |name: &str| schema[name].as_u64().and_then(|n| usize::try_from(n).ok());
    match value {
        Value::Object(members) => {
            for required in schema["required"].as_array().into_iter().flatten() {
                let name = required.as_str().expect("names are strings");
                let mut less = members.clone();
                less.remove(name);
                wrong.push(Wrong { why: format!(" without {name}"), value: less.into() });
            }
            if schema["additionalProperties"] == false {
                let mut more = members.clone();
                more.insert("surprise".into(), json!(true));
                wrong.push(Wrong { why: " with a surprise".into(), value: more.into() });
            }
            for (name, member) in members {
                let known = &schema["properties"][name];
                let place = if known.is_null() {
                    format!("{pointer}/additionalProperties")
                } else {
                    format!("{pointer}/properties/{name}")
                };
                for Wrong { why, value } in mutate(&place, member) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), value);
                    wrong.push(Wrong { why: format!("/{name}{why}"), value: changed.into() });
                }
            }
        }
        Value::Array(items) => {
            if number("minItems") == Some(1) {
                wrong.push(Wrong { why: " empty".into(), value: json!([]) });
            }
            if let Some(most) = number("maxItems") {
                let many = vec![items[0].clone(); most + 1];
                wrong.push(Wrong { why: format!(" of {} items", most + 1), value: many.into() });
            }
            for Wrong { why, value } in mutate(&format!("{pointer}/items"), &items[0]) {
                wrong.push(Wrong { why: format!("/0{why}"), value: json!([value]) });
            }
        }
        Value::String(_) => {
            let mut texts = Vec::new();
            if number("minLength") == Some(1) {
                texts.push(String::new());
            }
            texts.extend(number("maxLength").map(|most| "a".repeat(most + 1)));
            if schema["pattern"].is_string() || schema["enum"].is_array() {
                texts.extend(["".into(), "NO no!".into(), "a".repeat(70)]);
            }
            let short = |text: &str| text.chars().take(20).collect::<String>();
            wrong.extend(texts.into_iter().map(|text| Wrong {
                why: format!(" = {:?} ({})", short(&text), text.len()),
                value: text.into(),
            }));
        }
        Value::Number(_) => {
            // Any number is right where the schema asks for no whole one.
            let whole = schema["type"] != "number";
            let numbers = [
                schema["minimum"].as_i64().map(|least| json!(least - 1)),
                schema["maximum"].as_i64().map(|most| json!(most + 1)),
                whole.then(|| json!(1.5)),
                whole.then(|| json!(1e30)),
            ];
            let why = |value: &Value| format!(" = {value}");
            wrong.extend(numbers.into_iter().flatten().map(|v| Wrong { why: why(&v), value: v }));
        }
        Value::Bool(_) | Value::Null => {}
    }
    wrong
}

fn of_another_type(schema: &Value) -> Vec<Wrong> {
    let others = [("null", json!(null)), ("boolean", json!(true)), ("number", json!(7.5))]
        .into_iter()
        .chain([("string", json!("x")), ("array", json!([])), ("object", json!({}))]);
    let kind = match schema["type"].as_str() {
        Some("integer") => "number",
        Some(kind) => kind,
        None if schema["enum"].is_array() => "string",
        None => panic!("a schema without a type: {schema}"),
    };
    others
        .filter(|(other, _)| *other != kind)
        .map(|(other, value)| Wrong { why: format!(" as {other}"), value })
        .collect()
}
