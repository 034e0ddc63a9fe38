//! What a change of the model comes to, declaration by declaration.

use inlay_shared::{Dashboard, ModelDefinition};
use serde::Serialize;
use serde_json::{Map, Value};

/// One declaration that is not as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Change {
    /// `measure`, `dashboard` and so on.
    pub(super) what: &'static str,
    pub(super) name: String,
    pub(super) change: Kind,
    /// As it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<Value>,
    /// As it will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Added,
    Changed,
    Removed,
}

/// The declarations of a layer by sort and name.
fn declarations(definition: &ModelDefinition) -> Vec<(&'static str, String, Value)> {
    fn each<T: Serialize>(what: &'static str, all: &[T]) -> Vec<(&'static str, String, Value)> {
        let named = |item: &T| {
            let value = serde_json::to_value(item).expect("declarations have string keys only");
            (what, value["name"].as_str().unwrap_or_default().to_owned(), value)
        };
        all.iter().map(named).collect()
    }
    let ModelDefinition { version: _, properties, dimensions, hierarchies, measures } = definition;
    [
        each("property", properties),
        each("dimension", dimensions),
        each("hierarchy", hierarchies),
        each("measure", measures),
    ]
    .concat()
}

/// What changes from one layer to another, in the order of the new one; what goes comes last.
pub(super) fn changes(old: &ModelDefinition, new: &ModelDefinition) -> Vec<Change> {
    let (old, new) = (declarations(old), declarations(new));
    let find = |all: &[(&str, String, Value)], what: &str, name: &str| {
        let found = all.iter().find(|(other, named, _)| *other == what && named == name);
        found.map(|(_, _, value)| value.clone())
    };
    let mut changes = Vec::new();
    for (what, name, value) in &new {
        let before = find(&old, what, name);
        let change = match &before {
            None => Kind::Added,
            Some(before) if before != value => Kind::Changed,
            Some(_) => continue,
        };
        changes.push(Change {
            what,
            name: name.clone(),
            change,
            old: before,
            new: Some(value.clone()),
        });
    }
    for (what, name, value) in old {
        if find(&new, what, &name).is_none() {
            let (change, old) = (Kind::Removed, Some(value));
            changes.push(Change { what, name, change, old, new: None });
        }
    }
    changes
}

/// The same for one dashboard; nothing, if it stays as it is.
pub(super) fn dashboard(old: Option<&Dashboard>, new: &Dashboard) -> Option<Change> {
    let write = |dashboard: &Dashboard| {
        serde_json::to_value(dashboard).expect("dashboards have string keys only")
    };
    let (old, name) = (old.map(write), new.name.clone());
    let new = write(new);
    let change = match &old {
        None => Kind::Added,
        Some(old) if *old != new => Kind::Changed,
        Some(_) => return None,
    };
    Some(Change { what: "dashboard", name, change, old, new: Some(new) })
}

/// For people: a line for each declaration, and under a changed one a line for each field.
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = match self.change {
            Kind::Added => '+',
            Kind::Changed => '~',
            Kind::Removed => '-',
        };
        write!(f, "{sign} {} {}", self.what, self.name)?;
        let (Some(Value::Object(old)), Some(Value::Object(new))) = (&self.old, &self.new) else {
            return Ok(());
        };
        fields(f, "", old, new)
    }
}

fn fields(
    f: &mut std::fmt::Formatter<'_>,
    within: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> std::fmt::Result {
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    for name in new.keys().chain(gone) {
        let (before, after) = (old.get(name), new.get(name));
        if before == after {
            continue;
        }
        let path = format!("{within}{name}");
        if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) {
            fields(f, &format!("{path}."), before, after)?;
            continue;
        }
        let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
        write!(f, "\n    {path}: {} -> {}", shown(before), shown(after))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn layer(measures: Value) -> ModelDefinition {
        serde_json::from_value(json!({"version": 1, "measures": measures})).unwrap()
    }

    #[test]
    fn each_declaration_is_added_changed_or_removed() {
        let old = layer(json!([
            {"name": "a", "kind": "count", "label": "A"},
            {"name": "b", "kind": "count"},
            {"name": "c", "kind": "distinct", "of": "user"},
        ]));
        let new = layer(json!([
            {"name": "d", "kind": "count"},
            {"name": "c", "kind": "distinct", "of": "user"},
            {"name": "a", "kind": "count", "label": "Ah", "unit": "things"},
        ]));
        let shown: Vec<String> = changes(&old, &new).iter().map(ToString::to_string).collect();
        let changed = "~ measure a\n    label: \"A\" -> \"Ah\"\n    unit: nothing -> \"things\"";
        assert_eq!(shown, ["+ measure d", changed, "- measure b"]);
        assert!(changes(&old, &old).is_empty());
    }
}
