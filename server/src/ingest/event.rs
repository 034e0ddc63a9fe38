//! Parses and validates one event.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::fields::{amount, code_of, duration, instant, ip, properties, text};
use super::{Geo, Refusal};
use crate::event::{Mapping, Own, Parts, Unreadable, lone_surrogate, without_addresses};
use crate::store::{NewEvent, SourceMapping};

/// Most bytes of an event.
const MAX_EVENT_BYTES: usize = 32 * 1024;

/// What an event is judged with, besides its text.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The present time.
    pub now: Timestamp,
    /// The rules of its source, if it has some.
    pub mapping: Option<&'a Mapping>,
    /// Tells countries.
    pub geo: &'a Geo,
}

/// An event that may stand in the raw log. [`ValidEvent::parse`] is its only maker. There is no
/// network address in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidEvent {
    id: String,
    body: String,
}

impl ValidEvent {
    /// Checks the JSON text of one event against the contract. A network address is used for the country
    /// and taken out of the text; all else of it stays as it came.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(body: &str, terms: Terms<'_>) -> Result<Self, Refusal> {
        if body.len() > MAX_EVENT_BYTES {
            let detail = format!(
                "the event has {} bytes; at most {MAX_EVENT_BYTES}: leave properties out",
                body.len()
            );
            return Err(Refusal::new("event_too_large", detail));
        }
        let parts = Parts::read(body, terms.mapping).map_err(unreadable)?;
        if let Some(at) = lone_surrogate(body) {
            let detail = format!(
                "the event escapes half a character at byte {at}: write both halves of a surrogate pair"
            );
            return Err(Refusal::new("invalid_json", detail));
        }
        if let Some(name) = &parts.repeated {
            let detail = format!("`{name}` stands twice, in whatever spelling");
            return Err(Refusal::new("duplicate_field", detail));
        }
        if let Some(unknown) = parts.unknown.first() {
            let name: String = unknown.chars().take(64).collect();
            let detail = format!("there is no field `{name}`: put your own ones into `properties`");
            return Err(Refusal::new("unknown_field", detail));
        }
        let mut address = None;
        for own in Own::all() {
            let Some(value) = parts.field(own) else { continue };
            if own == Own::Ip {
                address = Some(ip(value)?);
            } else {
                check(own, value, terms.now)?;
            }
        }
        properties(&parts)?;
        for required in [Own::Id, Own::Name, Own::Time] {
            if parts.field(required).is_none() {
                let detail = format!("the field `{}` is missing", required.name());
                return Err(Refusal::new("missing_field", detail));
            }
        }
        let id = parts.field(Own::Id).map(|id| text("id", id, 1, 128).map(Cow::into_owned));
        let id = id.expect("its presence was checked")?;
        let country = country(&parts, address, terms.geo);
        let body = without_addresses(body, terms.mapping, country.as_deref()).into_owned();
        Ok(Self { id, body })
    }

    /// Its JSON text, as it is stored.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The event as the raw log takes it, with its source and the rules that it was judged by.
    pub(super) fn into_row(self, sent: Option<Arc<SourceMapping>>) -> NewEvent {
        NewEvent { id: self.id, body: self.body, sent }
    }
}

/// The country of an address, where the sender names none.
fn country(parts: &Parts<'_>, address: Option<IpAddr>, geo: &Geo) -> Option<String> {
    if parts.field(Own::Country).is_some() {
        return None;
    }
    geo.country(address?)
}

fn unreadable(why: Unreadable) -> Refusal {
    let code = match why {
        Unreadable::NotAnObject => "not_an_object",
        Unreadable::NotJson { .. } => "invalid_json",
    };
    Refusal::new(code, why.to_string())
}

fn check(own: Own, value: &str, now: Timestamp) -> Result<(), Refusal> {
    let (least, most) = match own {
        Own::Time => return instant(value, now),
        Own::Country => return code_of("country", value, 2, "`DE` (ISO 3166-1 alpha-2)"),
        Own::Currency => return code_of("currency", value, 3, "`EUR` (ISO 4217)"),
        Own::Value => return amount(value),
        Own::DurationMs => return duration(value),
        Own::Id | Own::Name => (1, 128),
        Own::User | Own::Account | Own::Session => (0, 256),
        Own::Page | Own::Url | Own::Referrer => (0, 2_048),
        Own::UserAgent => (0, 1_024),
        Own::Device | Own::Browser | Own::Os | Own::Channel => (0, 64),
        Own::UtmSource | Own::UtmMedium | Own::UtmCampaign | Own::UtmTerm | Own::UtmContent => {
            (0, 256)
        }
        Own::Ip | Own::Properties => return Ok(()),
    };
    text(own.name(), value, least, most).map(drop)
}
