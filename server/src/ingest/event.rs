//! Parses and validates one event.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Refusal;
use super::fields::{Texts, amount, code_of, duration, instant, properties, text};
use crate::event::Members;
use crate::store::NewEvent;

/// Most bytes of an event.
const MAX_EVENT_BYTES: usize = 32 * 1024;

/// An event that may stand in the raw log. [`ValidEvent::parse`] is its only maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidEvent {
    id: String,
    body: String,
}

impl ValidEvent {
    /// Checks the JSON text of one event against the contract.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(body: &str, now: Timestamp) -> Result<Self, Refusal> {
        if body.len() > MAX_EVENT_BYTES {
            let detail = format!(
                "the event has {} bytes; at most {MAX_EVENT_BYTES}: leave properties out",
                body.len()
            );
            return Err(Refusal::new("event_too_large", detail));
        }
        let members = members(body)?;
        let mut id = None;
        let mut seen = Texts::default();
        for (name, value) in &members.0 {
            if !seen.insert(name) {
                let detail = format!("the field `{name}` stands twice");
                return Err(Refusal::new("duplicate_field", detail));
            }
            match name.as_ref() {
                "id" => id = Some(text("id", value, 1, 128)?),
                field => check(field, value, now)?,
            }
        }
        for required in ["id", "name", "time"] {
            if !seen.contains(required) {
                let detail = format!("the field `{required}` is missing");
                return Err(Refusal::new("missing_field", detail));
            }
        }
        let id = id.expect("its presence was checked").into_owned();
        Ok(Self { id, body: body.to_owned() })
    }

    /// Its JSON text, as it is stored.
    pub fn body(&self) -> &str {
        &self.body
    }

    pub(super) fn into_row(self) -> NewEvent {
        NewEvent { id: self.id, body: self.body }
    }
}

fn members(body: &str) -> Result<Members<'_>, Refusal> {
    if !body.trim_ascii_start().starts_with('{') {
        return Err(match serde_json::from_str::<&serde_json::value::RawValue>(body) {
            Ok(_) => Refusal::new("not_an_object", "an event is a JSON object"),
            Err(error) => not_json(&error),
        });
    }
    serde_json::from_str(body).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> Refusal {
    Refusal::new("invalid_json", format!("the event is no JSON at column {}", error.column()))
}

fn check(field: &str, value: &str, now: Timestamp) -> Result<(), Refusal> {
    let checked = |_: Cow<'_, str>| ();
    match field {
        "name" => text("name", value, 1, 128).map(checked),
        "time" => instant(value, now),
        "user" | "account" | "session" => text(field, value, 0, 256).map(checked),
        "page" | "referrer" => text(field, value, 0, 2_048).map(checked),
        "device" => text(field, value, 0, 64).map(checked),
        "country" => code_of("country", value, 2, "`DE` (ISO 3166-1 alpha-2)"),
        "currency" => code_of("currency", value, 3, "`EUR` (ISO 4217)"),
        "value" => amount(value),
        "duration_ms" => duration(value),
        "properties" => properties(value),
        unknown => {
            let name: String = unknown.chars().take(64).collect();
            Err(Refusal::new(
                "unknown_field",
                format!("there is no field `{name}`: put your own ones into `properties`"),
            ))
        }
    }
}
