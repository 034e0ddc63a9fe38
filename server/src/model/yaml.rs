//! Model files: YAML, read so that everything that is wrong is known with its line and column.
//!
//! The text is read into a tree that remembers where each value stands. What is in the tree is then
//! typed part by part with the same types that the API takes, so that one wrong measure does not hide
//! the next.

use std::collections::HashMap;
use std::fmt;

use inlay_shared::{Dashboard, ModelDefinition};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::nearest;

/// What a file may have.
const SECTIONS: [&str; 6] =
    ["version", "properties", "dimensions", "hierarchies", "measures", "dashboards"];

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What is wrong and what to do.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.detail)
    }
}

/// A file that has the right form. Its names are not resolved yet.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// What it declares.
    pub definition: ModelDefinition,
    /// Its dashboards.
    pub dashboards: Vec<Dashboard>,
    places: Places,
}

impl ModelFile {
    /// Line and column of the value at a JSON pointer, or of the nearest one around it.
    pub fn place(&self, pointer: &str) -> (u64, u64) {
        self.places.of(pointer)
    }
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with its form, in the order of the lines.
pub fn read_model_file(text: &str) -> Result<ModelFile, Vec<Fault>> {
    let tree: Spanned<Node> = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or((1, 1), |at| (at.line(), at.column()));
        let message = error.without_snippet().to_string();
        vec![Fault {
            line: place.0,
            column: place.1,
            detail: format!("this is no YAML: {message}"),
        }]
    })?;
    let mut reading = Reading::default();
    let root = reading.places.take(String::new(), tree);
    let Value::Object(root) = root else {
        return Err(vec![reading.places.fault("", "a model file begins with `version: 1`")]);
    };
    for name in root.keys().filter(|name| !SECTIONS.contains(&name.as_str())) {
        let near = nearest(name, SECTIONS.into_iter());
        let hint = near.map_or_else(
            || format!("a model file has {}", SECTIONS.map(|name| format!("`{name}`")).join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let detail = format!("there is no section `{name}`; {hint}");
        reading.wrong(&format!("/{}", escaped(name)), &detail);
    }
    if !root.contains_key("version") {
        reading.wrong("", "`version` is missing: write `version: 1` at the top");
    }
    let definition = ModelDefinition {
        version: reading.one(&root, "version").unwrap_or(1),
        properties: reading.list(&root, "properties"),
        dimensions: reading.list(&root, "dimensions"),
        hierarchies: reading.list(&root, "hierarchies"),
        measures: reading.list(&root, "measures"),
    };
    let dashboards = reading.list(&root, "dashboards");
    if reading.wrong.is_empty() {
        return Ok(ModelFile { definition, dashboards, places: reading.places });
    }
    reading.wrong.sort();
    Err(reading.wrong)
}

#[derive(Default)]
struct Reading {
    places: Places,
    wrong: Vec<Fault>,
}

impl Reading {
    fn wrong(&mut self, pointer: &str, detail: &str) {
        let fault = self.places.fault(pointer, detail);
        self.wrong.push(fault);
    }

    fn one<T: DeserializeOwned>(&mut self, root: &Map<String, Value>, name: &str) -> Option<T> {
        let value = root.get(name)?;
        self.typed(value, format!("/{name}"))
    }

    fn list<T: DeserializeOwned>(&mut self, root: &Map<String, Value>, name: &str) -> Vec<T> {
        let pointer = format!("/{name}");
        match root.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                let items = items.iter().enumerate();
                items.filter_map(|(at, item)| self.typed(item, format!("{pointer}/{at}"))).collect()
            }
            Some(_) => {
                self.wrong(&pointer, &format!("`{name}` is a list: begin each entry with `- `"));
                Vec::new()
            }
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, value: &Value, pointer: String) -> Option<T> {
        let error = match serde_path_to_error::deserialize(value) {
            Ok(typed) => return Some(typed),
            Err(error) => error,
        };
        let mut pointer = pointer;
        for segment in error.path() {
            use serde_path_to_error::Segment;
            let part = match segment {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => escaped(key),
                Segment::Enum { variant } => variant.clone(),
                Segment::Unknown => continue,
            };
            pointer.push('/');
            pointer.push_str(&part);
        }
        let message = error.into_inner().to_string();
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let mut detail = message.clone();
        if let [unknown, known @ ..] = quoted.as_slice()
            && message.starts_with("unknown ")
        {
            if message.starts_with("unknown field") && !pointer.ends_with(&format!("/{unknown}")) {
                pointer.push('/');
                pointer.push_str(&escaped(unknown));
            }
            if let Some(near) = nearest(unknown, known.iter().copied()) {
                detail.push_str(&format!("; did you mean `{near}`?"));
            }
        } else if message.contains("expected a string") {
            detail.push_str(": put it into quotes");
        }
        self.wrong(&pointer, &detail);
        None
    }
}

/// Where each value stands, by JSON pointer. A value in a mapping stands where its key does.
#[derive(Debug, Clone, Default)]
struct Places(HashMap<String, (u64, u64)>);

impl Places {
    fn of(&self, pointer: &str) -> (u64, u64) {
        let mut rest = pointer;
        loop {
            if let Some(place) = self.0.get(rest) {
                return *place;
            }
            match rest.rfind('/') {
                Some(at) => rest = &rest[..at],
                None => return (1, 1),
            }
        }
    }

    fn fault(&self, pointer: &str, detail: &str) -> Fault {
        let (line, column) = self.of(pointer);
        Fault { line, column, detail: detail.to_owned() }
    }

    /// Notes the places of a tree, and makes a plain value of it.
    fn take(&mut self, pointer: String, node: Spanned<Node>) -> Value {
        let place = (node.referenced.line(), node.referenced.column());
        self.0.entry(pointer.clone()).or_insert(place);
        match node.value {
            Node::Scalar(value) => value,
            Node::List(items) => {
                let items = items.into_iter().enumerate();
                Value::Array(
                    items.map(|(at, item)| self.take(format!("{pointer}/{at}"), item)).collect(),
                )
            }
            Node::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    let pointer = format!("{pointer}/{}", escaped(&key.value));
                    let place = (key.referenced.line(), key.referenced.column());
                    self.0.insert(pointer.clone(), place);
                    map.insert(key.value, self.take(pointer, value));
                }
                Value::Object(map)
            }
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_with_the_place_of_each_value() {
        let file = read_model_file(
            "# comment\nversion: 1\nmeasures:\n  - name: orders\n    kind: count\n    filters:\n      \
             - {dimension: name, op: in, values: [order]}\n",
        )
        .unwrap();
        assert_eq!(file.definition.measures[0].name, "orders");
        assert_eq!(file.place("/measures/0/kind"), (5, 5));
        assert_eq!(file.place("/measures/0/unit"), (4, 5));
        assert_eq!(file.place("/nothing"), (2, 1));
    }

    #[test]
    fn every_fault_is_said_with_its_place() {
        let faults = read_model_file(
            "version: 1\nmesures: []\nmeasures:\n  - name: a\n    kid: count\n    kind: count\n  - \
             name: b\n    kind: cuont\n  - name: c\n    kind: count\n    filters:\n      - \
             {dimension: hour_of_day, op: in, values: [1]}\n",
        )
        .unwrap_err();
        let places: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column)).collect();
        assert_eq!(places.len(), 4, "{faults:?}");
        assert_eq!((places[0], places[1], places[2].0, places[3].0), ((2, 1), (5, 5), 8, 12));
        assert!(faults[0].detail.contains("did you mean `measures`"), "{faults:?}");
        assert!(faults[1].detail.contains("did you mean `kind`"), "{faults:?}");
        assert!(faults[2].detail.contains("did you mean `count`"), "{faults:?}");
    }

    #[test]
    fn what_is_no_yaml_says_where() {
        let faults = read_model_file("version: 1\nmeasures: [\n").unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].line >= 2, "{faults:?}");
        assert!(read_model_file("").is_err());
        let twice = read_model_file("version: 1\nversion: 1\n").unwrap_err();
        assert_eq!(twice[0].line, 2, "{twice:?}");
    }
}
