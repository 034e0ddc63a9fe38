//! A value of a file's row, and how it is written where an event has it.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Number, Value as Json};

/// A value, of whatever file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Nothing,
    /// Text that means text.
    Text(Cow<'a, str>),
    /// Text of a file that has no types: it may mean a number.
    Untyped(&'a str),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Time(Timestamp),
    /// An object or an array.
    Nested(Json),
}

impl Value<'_> {
    /// For a field of text. Ids are numbers in many databases, and texts here.
    pub(super) fn text(&self) -> Option<Json> {
        let text = match self {
            Self::Nothing => return None,
            Self::Text(text) if text.is_empty() => return None,
            Self::Untyped("") => return None,
            Self::Text(text) => text.to_string(),
            Self::Untyped(text) => (*text).to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Bool(truth) => truth.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Nested(json) => return Some(json.clone()),
        };
        Some(Json::String(text))
    }

    /// For the time: RFC 3339, or the same without an offset, which is taken as UTC, or a number of
    /// seconds, milliseconds or microseconds since 1970, told apart by its size. What is none of
    /// these is handed on, so that it is refused with its reason.
    pub(super) fn time(&self) -> Option<Json> {
        let time = match self {
            Self::Time(time) => Some(*time),
            Self::Integer(number) => since_1970(*number),
            Self::Text(text) => read_time(text),
            Self::Untyped(text) => {
                read_time(text).or_else(|| text.parse().ok().and_then(since_1970))
            }
            _ => None,
        };
        match time {
            Some(time) => Some(Json::String(time.to_string())),
            None => self.text(),
        }
    }

    /// For an amount: a decimal text, at most six places.
    pub(super) fn amount(&self) -> Option<Json> {
        match self {
            Self::Float(number) => {
                let mut text = number.to_string();
                if text.split_once('.').is_some_and(|(_, places)| places.len() > 6) {
                    text = format!("{number:.6}");
                }
                Some(Json::String(text))
            }
            _ => self.text(),
        }
    }

    /// For a duration: a whole number.
    pub(super) fn whole(&self) -> Option<Json> {
        match self {
            Self::Integer(number) => Some(Json::from(*number)),
            Self::Float(number) => Some(rounded(*number)),
            Self::Untyped(text) if !text.is_empty() => {
                Some(text.parse().map_or_else(|_| Json::from(*text), rounded))
            }
            _ => self.text(),
        }
    }

    /// For a property: as it is. Untyped text is a number or a boolean where it could be nothing
    /// else; `007` is a text.
    pub(super) fn property(&self) -> Option<Json> {
        match self {
            Self::Integer(number) => Some(Json::from(*number)),
            Self::Float(number) => Number::from_f64(*number).map(Json::Number),
            Self::Bool(truth) => Some(Json::Bool(*truth)),
            Self::Untyped("true") => Some(Json::Bool(true)),
            Self::Untyped("false") => Some(Json::Bool(false)),
            Self::Untyped(text) => match number(text) {
                Some(number) => Some(Json::Number(number)),
                None => self.text(),
            },
            _ => self.text(),
        }
    }

    /// For the properties as a whole: an object, or the text of one.
    pub(super) fn object(&self) -> Option<Json> {
        let parsed = match self {
            Self::Text(text) => serde_json::from_str(text).ok(),
            Self::Untyped(text) => serde_json::from_str(text).ok(),
            _ => None,
        };
        parsed.filter(Json::is_object).or_else(|| self.text())
    }
}

fn rounded(number: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit is refused later")]
    let whole = number.round() as i64;
    Json::from(whole)
}

/// A number that is written the way JSON writes it, and no longer than a float keeps.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain || digits.len() > 15 {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn read_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let local = match text.len() {
        10 => text.parse::<Date>().ok()?.at(0, 0, 0, 0),
        16.. => text.parse::<DateTime>().ok()?,
        _ => return None,
    };
    TimeZone::UTC.to_timestamp(local).ok()
}

fn since_1970(number: i64) -> Option<Timestamp> {
    match number.unsigned_abs() {
        ..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        _ => Timestamp::from_microsecond(number).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_without_an_offset_are_utc() {
        for (value, time) in [
            (Value::Untyped("2026-11-20 10:00:00.25"), "2026-11-20T10:00:00.25Z"),
            (Value::Untyped("2026-11-20T10:00:00+01:00"), "2026-11-20T09:00:00Z"),
            (Value::Text("2026-11-20".into()), "2026-11-20T00:00:00Z"),
            (Value::Untyped("1795168800"), "2026-11-20T10:00:00Z"),
            (Value::Integer(1_795_168_800_250), "2026-11-20T10:00:00.25Z"),
            (Value::Integer(1_795_168_800_000_001), "2026-11-20T10:00:00.000001Z"),
            (Value::Untyped("yesterday"), "yesterday"),
        ] {
            assert_eq!(value.time(), Some(json!(time)), "{value:?}");
        }
        assert_eq!(Value::Untyped("").time(), None);
    }

    #[test]
    fn amounts_become_decimal_texts() {
        for (value, amount) in [
            (Value::Float(12.5), "12.5"),
            (Value::Float(0.1 + 0.2), "0.300000"),
            (Value::Float(0.0), "0"),
            (Value::Integer(-3), "-3"),
            (Value::Untyped("12.50"), "12.50"),
        ] {
            assert_eq!(value.amount(), Some(json!(amount)), "{value:?}");
        }
    }

    #[test]
    fn untyped_text_is_a_number_where_it_could_be_nothing_else() {
        for (text, property) in [
            ("12", json!(12)),
            ("-1.5", json!(-1.5)),
            ("true", json!(true)),
            ("007", json!("007")),
            ("1.", json!("1.")),
            ("1e5", json!("1e5")),
            ("12345678901234567890", json!("12345678901234567890")),
            ("high", json!("high")),
        ] {
            assert_eq!(Value::Untyped(text).property(), Some(property));
        }
        assert_eq!(Value::Untyped("").property(), None);
        assert_eq!(Value::Text("12".into()).property(), Some(json!("12")));
    }
}
