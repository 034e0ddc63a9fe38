//! From what a page tells to an event as every sender writes it.

use std::net::IpAddr;

use inlay_shared::PageEvent;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::visitor::{Session, Visitor};
use crate::ingest::Refusal;

/// What stands before an id that was made in a browser: a page cannot take the id of an event that a
/// backend will send, and so keep it out.
const PREFIX: &str = "web:";
const MAX_ID: usize = 64;
/// As much of a user agent as an event may have; what is behind it tells nothing.
const MAX_USER_AGENT: usize = 1_024;
/// A page that slept for longer tells nothing that anybody waits for: a week.
const MAX_AGE_MS: u64 = 7 * 86_400_000;

/// Who looks, and when the request came.
pub(super) struct Looking {
    pub(super) visitor: Visitor,
    pub(super) session: Session,
    pub(super) now: Timestamp,
    /// Tells the country, and goes no further.
    pub(super) address: IpAddr,
    /// Tells device, browser and system.
    pub(super) user_agent: String,
}

/// What a page tells, by its form.
pub(super) fn read(value: Value) -> Result<PageEvent, Refusal> {
    serde_json::from_value(value).map_err(|error| {
        let detail = error.to_string();
        let code =
            if detail.starts_with("unknown field") { "unknown_field" } else { "invalid_event" };
        Refusal::new(code, detail)
    })
}

impl Looking {
    /// The event's JSON text, which is validated like any other's.
    pub(super) fn at(&self, event: PageEvent) -> Result<String, Refusal> {
        if event.id.is_empty() || event.id.chars().count() > MAX_ID {
            let detail = format!("`id` has 1 to {MAX_ID} characters; a UUID will do");
            return Err(Refusal::new("invalid_event", detail));
        }
        if event.age_ms > MAX_AGE_MS {
            return Err(Refusal::new("too_old", "`age_ms` is more than a week"));
        }
        let age = SignedDuration::from_millis(i64::try_from(event.age_ms).unwrap_or(0));
        let time = self.now.saturating_sub(age).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut fields = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        put("id", Some(format!("{PREFIX}{}", event.id).into()));
        put("name", Some(event.name.into()));
        put("time", Some(time.to_string().into()));
        put("user", Some(self.visitor.text().into()));
        put("session", Some(self.session.text().into()));
        put("ip", Some(self.address.to_string().into()));
        let user_agent: String = self.user_agent.chars().take(MAX_USER_AGENT).collect();
        put("user_agent", Some(user_agent).filter(|text| !text.is_empty()).map(Value::from));
        put("page", event.page.map(Value::from));
        put("referrer", event.referrer.map(Value::from));
        put("duration_ms", event.duration_ms.map(Value::from));
        put("value", event.value.map(Value::from));
        put("currency", event.currency.map(Value::from));
        put("utm_source", event.utm_source.map(Value::from));
        put("utm_medium", event.utm_medium.map(Value::from));
        put("utm_campaign", event.utm_campaign.map(Value::from));
        put("utm_term", event.utm_term.map(Value::from));
        put("utm_content", event.utm_content.map(Value::from));
        put("properties", event.properties.map(Value::from));
        Ok(Value::Object(fields).to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::collect::visitor::Salt;
    use crate::ingest::{Geo, Terms, ValidEvent};

    const NOW: &str = "2026-11-20T12:00:00Z";

    fn told(value: Value) -> Result<Value, &'static str> {
        let salt = Salt::new(1, [1; 32]);
        let tenant = "acme".parse().unwrap();
        let visitor = salt.visitor(&tenant, "192.0.2.1".parse().unwrap(), "A browser");
        let now = NOW.parse().unwrap();
        let session = salt.session(visitor, 0);
        let address = "192.0.2.1".parse().unwrap();
        let looking = Looking { visitor, session, now, address, user_agent: "A browser".into() };
        let text = read(value).and_then(|event| looking.at(event)).map_err(|no| no.code)?;
        let terms = Terms { now, mapping: None, geo: &Geo::default() };
        let event = ValidEvent::parse(&text, terms).map_err(|no| no.code)?;
        Ok(serde_json::from_str(event.body()).unwrap())
    }

    #[test]
    fn the_server_says_who_and_when() {
        let event = told(json!({
            "id": "a", "name": "page.viewed", "age_ms": 1500, "page": "/x", "referrer": "b.example",
            "duration_ms": 20, "properties": {"plan": "pro"}
        }))
        .unwrap();
        assert_eq!(event["id"], "web:a");
        assert_eq!(event["time"], "2026-11-20T11:59:58.5Z");
        assert_eq!(event["page"], "/x");
        assert_eq!(event["properties"]["plan"], "pro");
        assert!(event["user"].as_str().unwrap().starts_with("v_"));
        assert!(event["session"].as_str().unwrap().starts_with("s_"));
        assert!(!event.to_string().contains("192.0.2.1"));
    }

    #[test]
    fn a_page_cannot_say_what_is_not_its_own() {
        for (name, value) in [
            ("user", json!("somebody")),
            ("session", json!("s")),
            ("time", json!(NOW)),
            ("country", json!("DE")),
            ("ip", json!("192.0.2.1")),
            ("account", json!("a")),
        ] {
            let event = json!({"id": "a", "name": "n", name: value});
            assert_eq!(told(event), Err("unknown_field"), "{name}");
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for (event, code) in [
            (json!(1), "invalid_event"),
            (json!({"name": "n"}), "invalid_event"),
            (json!({"id": "a"}), "invalid_event"),
            (json!({"id": "", "name": "n"}), "invalid_event"),
            (json!({"id": "a".repeat(65), "name": "n"}), "invalid_event"),
            (json!({"id": "a", "name": ""}), "empty_field"),
            (json!({"id": "a", "name": "n", "age_ms": -1}), "invalid_event"),
            (json!({"id": "a", "name": "n", "age_ms": 604_800_001}), "too_old"),
            (json!({"id": "a", "name": "n", "page": null}), "invalid_event"),
            (json!({"id": "a", "name": "n", "properties": {"a": {}}}), "nested_property"),
            (json!({"id": "a", "name": "n", "value": "x"}), "invalid_value"),
        ] {
            assert_eq!(told(event.clone()), Err(code), "{event}");
        }
    }
}
