//! The document is valid OpenAPI 3.1, and keeps the habits of the house.

use std::collections::BTreeSet;

use inlay_tests::{Security, contract};
use serde_json::Value;

#[test]
fn it_is_openapi_3_1_with_a_title_and_a_version() {
    let document = contract().document();
    let version = document["openapi"].as_str().unwrap_or_default();
    assert!(version.starts_with("3.1."), "openapi: {version}");
    for field in ["title", "version", "description"] {
        assert!(document["info"][field].is_string(), "info.{field}");
    }
    assert!(document["info"]["license"]["name"].is_string());
}

#[test]
fn every_reference_leads_somewhere() {
    let mut references = Vec::new();
    collect_references(contract().document(), &mut references);
    assert!(references.len() > 100, "the walk found {}", references.len());
    for reference in references {
        let pointer =
            reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out"));
        assert!(contract().document().pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_component_is_used() {
    let mut references = Vec::new();
    collect_references(contract().document(), &mut references);
    let used: BTreeSet<_> = references.into_iter().collect();
    let components = contract().document()["components"].as_object().expect("components");
    for (kind, members) in components {
        if kind == "securitySchemes" {
            continue;
        }
        for name in members.as_object().expect("components have names").keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(reference.as_str()), "{reference} is used nowhere");
        }
    }
}

#[test]
fn every_schema_is_json_schema_2020_12() {
    let mut schemas = Vec::new();
    let components = contract().document()["components"]["schemas"].as_object().expect("schemas");
    schemas.extend(components.iter().map(|(name, schema)| (name.clone(), schema)));
    collect_schemas("", contract().document(), &mut schemas);
    for (place, schema) in schemas {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{place}: {error}");
        }
    }
}

#[test]
fn every_operation_has_its_own_id_a_summary_a_known_tag_and_says_who_may_call() {
    let document = contract().document();
    let tags: BTreeSet<_> = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| &tag["name"])
        .map(text)
        .collect();
    let mut ids = BTreeSet::new();
    for operation in contract().operations() {
        let id = &operation.id;
        assert!(!id.is_empty() && ids.insert(id.clone()), "{operation:?} needs an id of its own");
        let (_, value) = contract().resolve(&operation.pointer());
        assert!(value["summary"].is_string(), "{id} has no summary");
        for tag in value["tags"].as_array().expect("tags") {
            assert!(tags.contains(text(tag)), "{id} has the unknown tag {tag}");
        }
        for scheme in value["security"].as_array().expect("security") {
            for name in scheme.as_object().expect("a scheme").keys() {
                let known = &document["components"]["securitySchemes"][name];
                assert!(known.is_object(), "{id} names the unknown scheme {name}");
            }
        }
    }
}

#[test]
fn path_parameters_are_the_ones_in_the_path() {
    for operation in contract().operations() {
        let in_path: BTreeSet<String> = operation
            .path
            .split('/')
            .filter_map(|part| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned()))
            .collect();
        let pointer = operation.pointer();
        let item = pointer.rsplit_once('/').expect("a path and a method").0.to_owned();
        let mut declared = BTreeSet::new();
        for base in [item, pointer] {
            let list = contract().document().pointer(&format!("{base}/parameters"));
            for index in 0..list.and_then(Value::as_array).map_or(0, Vec::len) {
                let (_, parameter) = contract().resolve(&format!("{base}/parameters/{index}"));
                assert!(parameter["schema"].is_object(), "{}: {parameter}", operation.id);
                if parameter["in"] == "path" {
                    assert_eq!(parameter["required"], true, "{}: {parameter}", operation.id);
                    declared.insert(text(&parameter["name"]).to_owned());
                }
            }
        }
        assert_eq!(declared, in_path, "{}", operation.id);
    }
}

#[test]
fn every_response_is_described_and_every_refusal_is_a_problem() {
    for operation in contract().operations() {
        for status in &operation.statuses {
            let (_, response) =
                contract().resolve(&format!("{}/responses/{status}", operation.pointer()));
            assert!(response["description"].is_string(), "{} {status}", operation.id);
            if *status >= 400 {
                let content = response["content"].as_object().expect("a refusal has a body");
                let oauth = operation.id == "issueToken" && matches!(status, 400 | 401);
                let kind = if oauth { "application/json" } else { "application/problem+json" };
                assert!(content.contains_key(kind), "{} {status}", operation.id);
            }
        }
        let wants = match operation.security {
            Security::Public => continue,
            Security::Client => vec![400, 401],
            Security::Access | Security::Embed => vec![401, 403],
        };
        for status in wants {
            assert!(operation.statuses.contains(&status), "{} lacks {status}", operation.id);
        }
    }
}

#[test]
fn operations_with_a_body_refuse_what_is_too_large_or_of_another_type() {
    for operation in contract().operations().iter().filter(|o| !o.takes.is_empty()) {
        for status in [400, 413, 415] {
            assert!(operation.statuses.contains(&status), "{} lacks {status}", operation.id);
        }
    }
}

/// Operations that are no `GET` and store nothing.
const READS: [&str; 8] = [
    "issueToken",
    "queryPanel",
    "rowsOfPanel",
    "query",
    "queryFunnel",
    "queryRetention",
    "rows",
    "valuesOfDimension",
];

#[test]
fn every_write_says_what_becomes_of_it_when_the_disk_takes_nothing() {
    let document = contract().document();
    let mut writes = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in ["post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            if READS.iter().any(|id| operation["operationId"] == *id) {
                continue;
            }
            writes += 1;
            for (status, response) in [("503", "StorageUnavailable"), ("507", "StorageFull")] {
                let said = &operation["responses"][status]["$ref"];
                let expected = format!("#/components/responses/{response}");
                assert_eq!(said, expected.as_str(), "{method} {path}");
            }
        }
    }
    assert!(writes > 15, "the walk found {writes}");
}

/// Inputs that come from outside the project may grow; ours may not carry what nobody reads.
#[test]
fn json_inputs_refuse_unknown_fields() {
    for operation in contract().operations() {
        if !operation.takes.iter().any(|kind| kind == "application/json") {
            continue;
        }
        let body = format!("{}/requestBody/content/application~1json/schema", operation.pointer());
        let (at, schema) = contract().resolve(&body);
        let object = if schema["type"] == "array" {
            contract().resolve(&format!("{at}/items")).1
        } else {
            schema
        };
        assert_eq!(object["additionalProperties"], false, "{}", operation.id);
    }
}

fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

fn collect_schemas<'a>(place: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let place = format!("{place}/{name}");
                if name == "schema" {
                    found.push((place, value));
                } else {
                    collect_schemas(&place, value, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_schemas(&format!("{place}/{index}"), item, found);
            }
        }
        _ => {}
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
