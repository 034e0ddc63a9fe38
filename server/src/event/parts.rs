//! An event taken apart: which text stands for which of its fields.

use std::borrow::Cow;

use super::mapping::{Mapping, Part};
use super::{Members, Own, snake_case};

/// The parts of an event, each value as JSON text. Nothing is judged yet.
#[derive(Debug)]
pub struct Parts<'a> {
    fields: [Option<Cow<'a, str>>; Own::COUNT],
    /// By name in the one spelling.
    pub properties: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The `properties`, if they came as something else than an object.
    pub odd_properties: Option<Cow<'a, str>>,
    /// Members that are no field.
    pub unknown: Vec<Cow<'a, str>>,
    /// The first name that stands twice, in whatever spelling.
    pub repeated: Option<String>,
}

/// A text that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// JSON, but no object.
    #[error("an event is a JSON object")]
    NotAnObject,
    /// No JSON.
    #[error("the event is no JSON at column {column}")]
    NotJson {
        /// From 1.
        column: usize,
    },
}

impl<'a> Parts<'a> {
    /// Takes an event's text apart, with its source's mapping if it has one.
    ///
    /// # Errors
    /// [`Unreadable`]
    pub fn read(body: &'a str, mapping: Option<&'a Mapping>) -> Result<Self, Unreadable> {
        let mut members = object(body)?;
        let mut properties = Vec::new();
        let mut odd_properties = None;
        if let Some(at) = members.iter().position(|(name, _)| is_properties(name)) {
            let (_, json) = members.remove(at);
            match json {
                Cow::Borrowed(text) => match serde_json::from_str::<Members<'a>>(text) {
                    Ok(found) => properties = parts(found),
                    Err(_) => odd_properties = Some(json),
                },
                // Nothing has been rewritten yet.
                Cow::Owned(_) => odd_properties = Some(json),
            }
        }
        if let Some(mapping) = mapping {
            mapping.apply(&mut members, &mut properties);
        }
        let mut read = Self {
            fields: [const { None }; Own::COUNT],
            properties: Vec::with_capacity(properties.len()),
            odd_properties,
            unknown: Vec::new(),
            repeated: None,
        };
        for (name, value) in members {
            read.member(name, value);
        }
        for (name, value) in properties {
            read.property(name, value);
        }
        Ok(read)
    }

    /// The JSON text of a field.
    pub fn field(&self, own: Own) -> Option<&str> {
        self.fields[own as usize].as_deref()
    }

    /// Takes the JSON text of a field.
    pub fn take(&mut self, own: Own) -> Option<Cow<'a, str>> {
        self.fields[own as usize].take()
    }

    fn member(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) {
        let Some(own) = Own::find(&name).filter(|own| *own != Own::Properties) else {
            if is_properties(&name) {
                self.repeat("properties");
            } else if self.unknown.contains(&name) {
                self.repeat(&name);
            } else {
                self.unknown.push(name);
            }
            return;
        };
        let place = &mut self.fields[own as usize];
        if place.is_some() {
            self.repeat(own.name());
        } else {
            *place = Some(value);
        }
    }

    /// Of two spellings of one name, the one that needs no change counts, else the first.
    fn property(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) {
        let inside = match snake_case(&name) {
            Cow::Borrowed(_) => None,
            Cow::Owned(inside) => Some(inside),
        };
        let plain = inside.is_none();
        let inside = inside.map_or(name, Cow::Owned);
        match self.properties.iter().position(|(known, _)| *known == inside) {
            None => self.properties.push((inside, value)),
            Some(at) => {
                self.repeat(&inside);
                if plain {
                    self.properties[at].1 = value;
                }
            }
        }
    }

    fn repeat(&mut self, name: &str) {
        if self.repeated.is_none() {
            self.repeated = Some(name.chars().take(64).collect());
        }
    }
}

fn is_properties(name: &str) -> bool {
    name == "properties" || Own::find(name) == Some(Own::Properties)
}

fn object(body: &str) -> Result<Vec<Part<'_>>, Unreadable> {
    let not_json = |error: serde_json::Error| Unreadable::NotJson { column: error.column() };
    if !body.trim_ascii_start().starts_with('{') {
        return Err(match serde_json::from_str::<&serde_json::value::RawValue>(body) {
            Ok(_) => Unreadable::NotAnObject,
            Err(error) => not_json(error),
        });
    }
    serde_json::from_str(body).map(parts).map_err(not_json)
}

fn parts(members: Members<'_>) -> Vec<Part<'_>> {
    members.0.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect()
}

#[cfg(test)]
mod tests {
    use inlay_shared::{MappingAction, MappingRule};

    use super::*;

    fn rule(action: MappingAction, from: &str, to: &str, value: &str) -> MappingRule {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        MappingRule { action, from: given(from), to: given(to), value: given(value) }
    }

    fn moves(rules: &[(&str, &str)]) -> Mapping {
        let rules = rules.iter().map(|(from, to)| rule(MappingAction::Move, from, to, ""));
        Mapping::new(&rules.collect::<Vec<_>>()).unwrap()
    }

    fn shown(body: &str, mapping: Option<&Mapping>) -> String {
        let parts = Parts::read(body, mapping).unwrap();
        let fields =
            Own::all().filter_map(|own| Some(format!("{}={}", own.name(), parts.field(own)?)));
        let properties = parts.properties.iter().map(|(name, value)| format!(".{name}={value}"));
        let unknown = parts.unknown.iter().map(|name| format!("?{name}"));
        let repeated = parts.repeated.iter().map(|name| format!("!{name}"));
        let all: Vec<_> = fields.chain(properties).chain(unknown).chain(repeated).collect();
        all.join(" ")
    }

    #[test]
    fn spellings_and_other_names_come_to_one_field() {
        let body = r#"{"messageId":"1","event":"n","timestamp":"t","userId":"u",
            "Properties":{"pageType":"a","size":1},"odd":1}"#;
        let expected = r#"id="1" name="n" time="t" user="u" .page_type="a" .size=1 ?odd"#;
        assert_eq!(shown(body, None), expected);
    }

    #[test]
    fn what_stands_twice_is_noted_and_the_plain_spelling_counts() {
        assert_eq!(shown(r#"{"user":"a","userId":"b"}"#, None), r#"user="a" !user"#);
        let two = r#"{"properties":{"pageType":"a","page_type":"b"}}"#;
        assert_eq!(shown(two, None), r#".page_type="b" !page_type"#);
        assert_eq!(shown(r#"{"properties":{},"properties":{}}"#, None), "!properties");
        assert_eq!(shown(r#"{"x":1,"x":2}"#, None), "?x !x");
    }

    #[test]
    fn vendors_names_become_ours() {
        let mapping = moves(&[("prop1", "page_type"), ("page_category", "page_type")]);
        let becomes = |body: &str| shown(body, Some(&mapping));
        assert_eq!(becomes(r#"{"prop1":"a"}"#), r#".page_type="a""#);
        assert_eq!(becomes(r#"{"properties":{"prop1":"a"}}"#), r#".page_type="a""#);
        assert_eq!(becomes(r#"{"properties":{"pageCategory":"b"}}"#), r#".page_type="b""#);
        let both = r#"{"properties":{"page_category":"b","prop1":"a"}}"#;
        assert_eq!(becomes(both), r#".page_type="a""#, "the first rule counts");
        let own = r#"{"properties":{"pageType":"own","prop1":"a"}}"#;
        assert_eq!(becomes(own), r#".page_type="own""#, "what the event says itself counts first");
    }

    #[test]
    fn rules_reach_into_what_is_nested_and_drop_the_rest() {
        let rules = [
            rule(MappingAction::Move, "context.page.url", "url", ""),
            rule(MappingAction::Move, "context.ip", "ip", ""),
            rule(MappingAction::Drop, "context", "", ""),
            rule(MappingAction::Move, "uid", "user", ""),
            rule(MappingAction::Move, "nothing", "account", ""),
            rule(MappingAction::Set, "", "account", "acme"),
            rule(MappingAction::Set, "", "plan", "pro"),
        ];
        let mapping = Mapping::new(&rules).unwrap();
        let body = r#"{"context":{"page":{"url":"https://a/b"},"ip":"1.2.3.4"},"uid":7,
            "nothing":null,"properties":{"Plan":"free"}}"#;
        let expected = r#"user="7" account="acme" url="https://a/b" ip="1.2.3.4" .plan="free""#;
        let parts = shown(body, Some(&mapping));
        for part in expected.split(' ') {
            assert!(parts.contains(part), "{part} in {parts}");
        }
        assert!(!parts.contains('?') && !parts.contains('!'), "{parts}");
        assert_eq!(mapping.addresses(), ["ip"]);
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused_with_its_place() {
        use MappingAction::{Drop, Move, Set};
        for (rule, pointer) in [
            (rule(Move, "", "user", ""), "/rules/0/from"),
            (rule(Move, "a", "", ""), "/rules/0/to"),
            (rule(Move, "a", "b", "c"), "/rules/0/value"),
            (rule(Move, "a", "properties", ""), "/rules/0/to"),
            (rule(Move, &"x".repeat(201), "b", ""), "/rules/0/from"),
            (rule(Move, "context.clientIp", "id", ""), "/rules/0/to"),
            (rule(Drop, "a", "b", ""), "/rules/0/to"),
            (rule(Drop, "", "", ""), "/rules/0/from"),
            (rule(Set, "", "id", "1"), "/rules/0/to"),
            (rule(Set, "a", "b", "c"), "/rules/0/from"),
            (rule(Set, "", "b", ""), "/rules/0/value"),
        ] {
            let wrong = Mapping::new(std::slice::from_ref(&rule)).unwrap_err();
            assert_eq!(wrong[0].pointer, pointer, "{rule:?}");
        }
        let many = vec![rule(Drop, "a", "", ""); 201];
        assert_eq!(Mapping::new(&many).unwrap_err()[0].pointer, "/rules");
    }

    #[test]
    fn what_is_no_object_is_no_event() {
        let read = |body| Parts::read(body, None).unwrap_err();
        assert_eq!(read("[1]"), Unreadable::NotAnObject);
        assert!(matches!(read("{x"), Unreadable::NotJson { .. }));
        assert!(matches!(read("nonsense"), Unreadable::NotJson { .. }));
    }
}
