//! From the text of an event to the values of the unified schema. Times become UTC, amounts decimals,
//! names of properties one spelling, and an empty text is no text. What `ingest` accepted fits; should
//! it not, the event is handed back with the reason and is not lost.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::property_column;
use crate::event::rfc3339;
use crate::model::{Field, values};

/// The text columns of an event, in the order of [`Normal::texts`].
pub(super) const TEXTS: [Field; 18] = [
    Field::Id,
    Field::Name,
    Field::User,
    Field::Account,
    Field::Session,
    Field::Page,
    Field::Referrer,
    Field::Country,
    Field::Device,
    Field::Currency,
    Field::Browser,
    Field::Os,
    Field::Channel,
    Field::UtmSource,
    Field::UtmMedium,
    Field::UtmCampaign,
    Field::UtmTerm,
    Field::UtmContent,
];

/// An event as the raw log has it. Unknown fields are left out: a newer build may have written them.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    user: Option<Cow<'a, str>>,
    account: Option<Cow<'a, str>>,
    session: Option<Cow<'a, str>>,
    page: Option<Cow<'a, str>>,
    referrer: Option<Cow<'a, str>>,
    country: Option<Cow<'a, str>>,
    device: Option<Cow<'a, str>>,
    value: Option<Cow<'a, str>>,
    currency: Option<Cow<'a, str>>,
    duration_ms: Option<f64>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

/// The values of one event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Normal<'a> {
    /// Microseconds since 1970.
    pub(super) time: i64,
    /// By their place in [`TEXTS`].
    pub(super) texts: [Option<Cow<'a, str>>; TEXTS.len()],
    /// Millionths.
    pub(super) value: Option<i128>,
    /// Milliseconds.
    pub(super) duration: Option<i64>,
    /// By name in the one spelling, each as text.
    pub(super) properties: Vec<(String, String)>,
}

/// Reads the text of an event; or says why it cannot be a row.
pub(super) fn normalise(body: &str) -> Result<Normal<'_>, String> {
    let event: Event<'_> = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let time = rfc3339(&event.time).ok_or("its time does not parse")?.as_microsecond();
    let value = event.value.as_deref().map(|value| values::decimal(value).ok_or(value));
    let value = value.transpose().map_err(|value| format!("`{value}` is no amount"))?;
    let mut texts = [const { None }; TEXTS.len()];
    let given = [
        Some(event.id),
        Some(event.name),
        event.user,
        event.account,
        event.session,
        event.page,
        event.referrer,
        event.country,
        event.device,
        event.currency,
    ];
    for (place, text) in texts.iter_mut().zip(given) {
        *place = text.filter(|text| !text.is_empty());
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds below 2^53")]
    let duration = event.duration_ms.map(|duration| duration as i64);
    let properties = match event.properties {
        None => Vec::new(),
        Some(object) => {
            property_column::texts(object.get()).ok_or("its properties do not parse")?
        }
    };
    Ok(Normal { time, texts, value, duration, properties })
}
