//! The contract, as the suites hold every answer against it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use http::HeaderMap;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const SOURCE: &str = include_str!("../../shared/openapi.yaml");
const BASE: &str = "inlay:///contract";
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];
/// Documented headers that not every answer of its kind has.
const SOMETIMES: [&str; 2] = ["link", "www-authenticate"];

/// What a caller must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Security {
    /// Nothing.
    Public,
    /// A client's id and secret.
    Client,
    /// An access token.
    Access,
    /// An embed token.
    Embed,
}

/// A method and a path of the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContractOperation {
    /// In capitals.
    pub method: String,
    /// With its `{parameters}`.
    pub path: String,
    /// `operationId`.
    pub id: String,
    /// What a caller must show.
    pub security: Security,
    /// Statuses that it documents.
    pub statuses: BTreeSet<u16>,
    /// Media types of the body that it takes.
    pub takes: Vec<String>,
}

/// The contract, parsed, and its schemas as validators.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    operations: Vec<ContractOperation>,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The contract of this repository.
pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(Contract::read)
}

impl Contract {
    fn read() -> Self {
        let document: Value = serde_saphyr::from_str(SOURCE).expect("openapi.yaml is YAML");
        let operations = operations(&document);
        let registry = Registry::new()
            .add(BASE, document.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .expect("the contract's own references resolve");
        Self { document, operations, registry, validators: Mutex::default() }
    }

    /// The document as JSON.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every operation.
    pub fn operations(&self) -> &[ContractOperation] {
        &self.operations
    }

    /// The operation of this method whose path fits; a path without parameters goes first.
    pub fn find(&self, method: &str, path: &str) -> Option<&ContractOperation> {
        let fits = |operation: &&ContractOperation| {
            operation.method == method && matches_template(&operation.path, path)
        };
        self.operations
            .iter()
            .filter(fits)
            .min_by_key(|operation| operation.path.matches('{').count())
    }

    /// Follows `$ref` until there is none, and tells where it ended.
    pub fn resolve<'a>(&'a self, pointer: &str) -> (String, &'a Value) {
        let mut pointer = pointer.to_owned();
        loop {
            let value = self.document.pointer(&pointer);
            let value = value.unwrap_or_else(|| panic!("the contract has nothing at {pointer}"));
            match value.get("$ref").and_then(Value::as_str) {
                Some(target) => {
                    let target = target.strip_prefix('#').expect("references stay inside");
                    pointer = target.to_owned();
                }
                None => return (pointer, value),
            }
        }
    }

    /// What is wrong with `value` by the schema at `pointer`.
    pub fn errors(&self, pointer: &str, value: &Value) -> Vec<String> {
        let validator = self.validator(pointer);
        let describe = |error: jsonschema::ValidationError<'_>| {
            format!("at `{}`: {}", error.instance_path(), shorten(&error.to_string()))
        };
        validator.iter_errors(value).map(describe).collect()
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let lock = || self.validators.lock().expect("nothing panics under this lock");
        if let Some(made) = lock().get(pointer) {
            return made.clone();
        }
        // Braces of path templates are not allowed in a URI as they are.
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({"$ref": format!("{BASE}#{fragment}")});
        let validator = jsonschema::draft202012::options()
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{pointer}: {error}"));
        let validator = Arc::new(validator);
        lock().insert(pointer.to_owned(), validator.clone());
        validator
    }

    /// Holds an answer against the contract.
    ///
    /// # Errors
    /// What the contract does not say of it.
    pub fn check_answer(
        &self,
        operation: &ContractOperation,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), String> {
        let at = format!("{}/responses/{status}", operation.pointer());
        if !operation.statuses.contains(&status) {
            return Err(format!("{} does not document {status}", operation.id));
        }
        let (at, response) = self.resolve(&at);
        self.check_headers(&at, status, headers)?;
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return if body.is_empty() {
                Ok(())
            } else {
                Err(format!("{status} documents no body"))
            };
        };
        let kind = media_type(headers);
        let kind = kind.filter(|kind| content.contains_key(kind)).ok_or_else(|| {
            format!("{status} is {:?}, which is not documented", headers.get("content-type"))
        })?;
        let schema = format!("{at}/content/{}/schema", escape(&kind));
        let bodies = match kind.as_str() {
            "application/x-ndjson" => body.split_inclusive(|byte| *byte == b'\n').collect(),
            kind if kind.ends_with("json") => vec![body],
            _ => return Ok(()),
        };
        for body in bodies {
            let value =
                serde_json::from_slice(body).map_err(|error| format!("no JSON: {error}"))?;
            let errors = self.errors(&schema, &value);
            if !errors.is_empty() {
                return Err(format!("{kind} of {status}: {}", errors.join("; ")));
            }
        }
        Ok(())
    }

    /// What was taken in must be what the contract lets a caller send. Events are judged one by one
    /// by the server, so a request of them is not held against the schema as a whole.
    ///
    /// # Errors
    /// What the contract forbids and the server took.
    pub fn check_taken(
        &self,
        operation: &ContractOperation,
        kind: &str,
        body: &[u8],
    ) -> Result<(), String> {
        if kind != "application/json" || ["sendEvents", "collect"].contains(&operation.id.as_str())
        {
            return Ok(());
        }
        let schema =
            format!("{}/requestBody/content/application~1json/schema", operation.pointer());
        let value =
            serde_json::from_slice(body).map_err(|error| format!("took no JSON: {error}"))?;
        let errors = self.errors(&schema, &value);
        if errors.is_empty() {
            return Ok(());
        }
        Err(format!("the server took what the contract forbids: {}", errors.join("; ")))
    }

    fn check_headers(&self, at: &str, status: u16, headers: &HeaderMap) -> Result<(), String> {
        let documented = self.document.pointer(&format!("{at}/headers")).and_then(Value::as_object);
        for name in documented.into_iter().flat_map(|headers| headers.keys()) {
            let lower = name.to_ascii_lowercase();
            let Some(value) = headers.get(&lower) else {
                let challenged = lower != "www-authenticate" || status == 401;
                if SOMETIMES.contains(&lower.as_str()) && !(challenged && lower != "link") {
                    continue;
                }
                return Err(format!("{status} documents the header {name}, and it is missing"));
            };
            let (header, _) = self.resolve(&format!("{at}/headers/{name}"));
            let value = Value::from(value.to_str().map_err(|error| error.to_string())?);
            let errors = self.errors(&format!("{header}/schema"), &value);
            if !errors.is_empty() {
                return Err(format!("header {name}: {}", errors.join("; ")));
            }
        }
        Ok(())
    }
}

impl ContractOperation {
    /// Where it stands in the document.
    pub fn pointer(&self) -> String {
        format!("/paths/{}/{}", escape(&self.path), self.method.to_ascii_lowercase())
    }
}

fn operations(document: &Value) -> Vec<ContractOperation> {
    let paths = document["paths"].as_object().expect("the contract has paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let responses = operation["responses"].as_object().expect("operations have responses");
            let takes: BTreeMap<_, _> =
                operation["requestBody"]["content"].as_object().into_iter().flatten().collect();
            operations.push(ContractOperation {
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                security: security(operation),
                statuses: responses.keys().filter_map(|status| status.parse().ok()).collect(),
                takes: takes.into_keys().cloned().collect(),
                id,
            });
        }
    }
    operations
}

fn security(operation: &Value) -> Security {
    let schemes = operation["security"].as_array().expect("every operation says who may call it");
    let named = |name: &str| schemes.iter().any(|scheme| scheme.get(name).is_some());
    match () {
        () if named("embed") => Security::Embed,
        () if named("bearer") => Security::Access,
        () if named("clientBasic") => Security::Client,
        () => Security::Public,
    }
}

fn matches_template(template: &str, path: &str) -> bool {
    let (mut left, mut right) = (template.split('/'), path.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(part), Some(text)) if part == text => {}
            (Some(part), Some(text)) if part.starts_with('{') && !text.is_empty() => {}
            _ => return false,
        }
    }
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("content-type")?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_owned())
}

fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
