//! From the text of an event to the values of the unified schema. Times become UTC, amounts decimals,
//! names one spelling, and an empty text is no text. What `ingest` accepted fits; should it not, the
//! event is handed back with the reason and is not lost.

use std::borrow::Cow;

use crate::event::{Mapping, Own, Parts, rfc3339, scalar, string};
use crate::model::{Field, values};

/// The text columns of an event and the fields that they come from.
const TEXTS: [(Field, Own); 18] = [
    (Field::Id, Own::Id),
    (Field::Name, Own::Name),
    (Field::User, Own::User),
    (Field::Account, Own::Account),
    (Field::Session, Own::Session),
    (Field::Page, Own::Page),
    (Field::Referrer, Own::Referrer),
    (Field::Country, Own::Country),
    (Field::Device, Own::Device),
    (Field::Currency, Own::Currency),
    (Field::Browser, Own::Browser),
    (Field::Os, Own::Os),
    (Field::Channel, Own::Channel),
    (Field::UtmSource, Own::UtmSource),
    (Field::UtmMedium, Own::UtmMedium),
    (Field::UtmCampaign, Own::UtmCampaign),
    (Field::UtmTerm, Own::UtmTerm),
    (Field::UtmContent, Own::UtmContent),
];

/// How many text columns there are.
pub(super) const TEXT_COLUMNS: usize = TEXTS.len();

/// The place of a text column among them.
pub(super) fn place_of(field: Field) -> Option<usize> {
    TEXTS.iter().position(|(known, _)| *known == field)
}

/// The values of one event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Normal<'a> {
    /// Microseconds since 1970.
    pub(super) time: i64,
    /// The text columns, by [`place_of`].
    pub(super) texts: [Option<Cow<'a, str>>; TEXT_COLUMNS],
    /// Millionths.
    pub(super) value: Option<i128>,
    /// Milliseconds.
    pub(super) duration: Option<i64>,
    /// By name in the one spelling, each as text, none empty.
    pub(super) properties: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The whole address of the page; no column of its own.
    pub(super) url: Option<Cow<'a, str>>,
    /// The user's program; no column of its own.
    pub(super) user_agent: Option<Cow<'a, str>>,
}

impl<'a> Normal<'a> {
    /// A text column's value.
    pub(super) fn text(&self, field: Field) -> Option<&str> {
        self.texts[place_of(field)?].as_deref()
    }

    /// Sets a text column.
    pub(super) fn set(&mut self, field: Field, text: Cow<'a, str>) {
        if let Some(place) = place_of(field) {
            self.texts[place] = Some(text).filter(|text| !text.is_empty());
        }
    }

    /// Sets a text column that has no value yet.
    pub(super) fn fill(&mut self, field: Field, text: Option<impl Into<Cow<'a, str>>>) {
        if let (None, Some(text)) = (self.text(field), text) {
            self.set(field, text.into());
        }
    }
}

/// Reads the text of an event; or says why it cannot be a row. Members that this build does not know
/// are left out: a newer one may have accepted them.
pub(super) fn normalise<'a>(
    body: &'a str,
    mapping: Option<&'a Mapping>,
) -> Result<Normal<'a>, String> {
    let mut parts = Parts::read(body, mapping).map_err(|error| error.to_string())?;
    let mut text = |own: Own| match parts.take(own) {
        None => Ok(None),
        Some(json) => match text_of(json) {
            Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            None => Err(format!("its `{}` is no text", own.name())),
        },
    };
    let time = text(Own::Time)?.and_then(|time| rfc3339(&time)).ok_or("its time does not parse")?;
    let mut texts = [const { None }; TEXT_COLUMNS];
    for (place, (field, own)) in texts.iter_mut().zip(TEXTS) {
        *place = text(own)?;
        if matches!(field, Field::Id | Field::Name) && place.is_none() {
            return Err(format!("its `{}` is missing", own.name()));
        }
    }
    let (url, user_agent) = (text(Own::Url)?, text(Own::UserAgent)?);
    let value = match text(Own::Value)? {
        None => None,
        Some(value) => Some(values::decimal(&value).ok_or("its amount does not parse")?),
    };
    let duration = match parts.field(Own::DurationMs) {
        None => None,
        Some(json) => {
            let number: f64 = json.parse().map_err(|_| "its duration does not parse")?;
            #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds below 2^53")]
            Some(number as i64)
        }
    };
    if parts.odd_properties.is_some() {
        return Err("its properties are no object".to_owned());
    }
    let properties = parts.properties.into_iter().filter_map(|(name, json)| {
        let text = match json {
            Cow::Borrowed(json) => scalar(json),
            Cow::Owned(json) => scalar(&json).map(|text| Cow::Owned(text.into_owned())),
        };
        text.filter(|text| !text.is_empty()).map(|text| (name, text))
    });
    let properties = properties.collect();
    let time = time.as_microsecond();
    Ok(Normal { time, texts, value, duration, properties, url, user_agent })
}

fn text_of(json: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match json {
        Cow::Borrowed(json) => string(json),
        Cow::Owned(json) => string(&json).map(|text| Cow::Owned(text.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<Normal<'static>, String> {
        let body = format!(r#"{{"id":"e","name":"n","time":"2026-11-20T11:00:00.5+01:00"{more}}}"#);
        normalise(Box::leak(body.into_boxed_str()), None)
    }

    #[test]
    fn values_have_their_types() {
        let event = read(
            r#","userId":"","page":"/\u00e4","value":"1.5","currency":"EUR","durationMs":1.2e1,
                "properties":{"planName":"pro","size":3.0,"none":"","yes":true},"later":true"#,
        );
        let event = event.unwrap();
        assert_eq!(event.time, 1_795_168_800_500_000);
        assert_eq!((event.value, event.duration), (Some(1_500_000), Some(12)));
        assert_eq!(event.text(Field::User), None, "an empty text is no text");
        assert_eq!(event.text(Field::Page), Some("/ä"));
        let properties = event.properties.iter().map(|(name, text)| (name.as_ref(), text.as_ref()));
        let expected = [("plan_name", "pro"), ("size", "3"), ("yes", "true")];
        assert_eq!(properties.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_cannot_be_a_row_says_why() {
        for (body, why) in [
            ("{", "JSON"),
            ("[]", "object"),
            (r#"{"id":"e","name":"n","time":"yesterday"}"#, "time"),
            (r#"{"name":"n","time":"2026-11-20T11:00:00Z"}"#, "`id`"),
            (r#"{"id":1,"name":"n","time":"2026-11-20T11:00:00Z"}"#, "`id`"),
        ] {
            let told = normalise(body, None).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
        assert!(read(r#","value":"much""#).unwrap_err().contains("amount"));
        assert!(read(r#","properties":[]"#).unwrap_err().contains("properties"));
    }
}
