//! From a row to the text of an event.

use serde_json::{Map, Value as Json};

use super::columns::{Field, Role};
use super::value::Value;

/// An event in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    tenant: Option<String>,
    fields: Map<String, Json>,
    properties: Map<String, Json>,
    /// Properties that came as something else than an object: handed on, to be refused.
    odd: Option<Json>,
}

/// A row that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// What the tenant's column says.
    pub(super) tenant: Option<String>,
    /// The event's JSON text.
    pub(super) event: String,
}

impl Draft {
    /// Puts a value where its column belongs.
    pub(super) fn put(&mut self, role: &Role, value: &Value<'_>) {
        let (name, json) = match role {
            Role::Skipped => return,
            Role::Tenant => {
                self.tenant = value.text().and_then(|text| text.as_str().map(str::to_owned));
                return;
            }
            Role::Property(name) => {
                if let Some(json) = value.property() {
                    self.properties.insert(name.clone(), json);
                }
                return;
            }
            Role::Field(Field::Properties) => {
                match value.object() {
                    Some(Json::Object(object)) => self.properties.extend(object),
                    other => self.odd = other,
                }
                return;
            }
            Role::Field(Field::Text(name)) => (*name, value.text()),
            Role::Field(Field::Time) => ("time", value.time()),
            Role::Field(Field::Amount) => ("value", value.amount()),
            Role::Field(Field::Duration) => ("duration_ms", value.whole()),
        };
        if let Some(json) = json {
            self.fields.insert(name.to_owned(), json);
        }
    }

    /// The row of this number, from 1. Without an id it is given one by its number and content: the
    /// number first, so that the index of ids grows at its end.
    pub(super) fn finish(mut self, number: u64) -> Row {
        if let Some(odd) = self.odd {
            self.fields.insert("properties".to_owned(), odd);
        } else if !self.properties.is_empty() {
            self.fields.insert("properties".to_owned(), Json::Object(self.properties));
        }
        if !self.fields.contains_key("id") {
            let content = Json::Object(self.fields.clone()).to_string();
            let hash = blake3::hash(content.as_bytes()).to_hex();
            let id = format!("row-{number:010}-{}", &hash[..16]);
            self.fields.insert("id".to_owned(), Json::String(id));
        }
        Row { tenant: self.tenant, event: Json::Object(self.fields).to_string() }
    }
}
