//! The value that an event has under a name, as plainly as can be.

use std::cmp::Ordering;

use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::random_model::{ALIASES, PROPERTIES};

/// A value of any type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Worth {
    Nothing,
    Text(String),
    Whole(i128),
    /// Exact, with six places.
    Millionths(i128),
    Float(f64),
    Truth(bool),
    /// Microseconds since 1970.
    Instant(i128),
}

/// What an event has under the name of a dimension or a column.
pub(super) fn worth(event: &Value, time: &Zoned, name: &str) -> Worth {
    let text = |field: &str| match event[field].as_str() {
        None | Some("") => Worth::Nothing,
        Some(text) => Worth::Text(text.to_owned()),
    };
    if let Some((_, of)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return worth(event, time, of);
    }
    let property = name.strip_prefix("properties.").unwrap_or(name);
    let declared = PROPERTIES.iter().find(|(declared, _)| *declared == property);
    match (name, declared) {
        ("hour_of_day", _) => Worth::Whole(time.hour().into()),
        ("day_of_week", _) => Worth::Whole(time.weekday().to_monday_one_offset().into()),
        ("duration_ms", _) => {
            event[name].as_i64().map_or(Worth::Nothing, |ms| Worth::Whole(ms.into()))
        }
        ("value", _) => event[name]
            .as_str()
            .map_or(Worth::Nothing, |amount| Worth::Millionths(millionths(amount))),
        ("time", _) => Worth::Instant(time.timestamp().as_microsecond().into()),
        (_, Some((_, kind))) => read(&written(event, property), kind),
        _ if name != property => read(&written(event, property), "string"),
        _ => text(name),
    }
}

/// The text of a property, empty where it has none, in whatever spelling its name came.
fn written(event: &Value, name: &str) -> String {
    let Some(properties) = event["properties"].as_object() else { return String::new() };
    let plain = |name: &str| name.replace(['-', '_', ' ', '$'], "").to_lowercase();
    let found = properties.iter().find(|(other, _)| plain(other) == plain(name));
    match found {
        None => String::new(),
        Some((_, Value::String(text))) => text.clone(),
        Some((_, Value::Number(number))) if number.is_f64() => number.as_f64().unwrap().to_string(),
        Some((_, other)) => other.to_string(),
    }
}

/// A text read as a value of a type; nothing where it is none of that type.
pub(super) fn read(text: &str, kind: &str) -> Worth {
    let found = match kind {
        _ if text.is_empty() => None,
        "string" => Some(Worth::Text(text.to_owned())),
        "integer" => text.parse::<i64>().ok().map(|whole| Worth::Whole(whole.into())),
        "decimal" => {
            let fits = text.parse::<f64>().is_ok() && !text.contains(['e', 'E', '+']);
            let places = text.split_once('.').map_or(0, |(_, places)| places.len());
            (fits && places <= 6).then(|| Worth::Millionths(millionths(text)))
        }
        // There is one zero.
        "number" => text.parse::<f64>().ok().map(|number| Worth::Float(number + 0.0)),
        "boolean" => text.parse::<bool>().ok().map(Worth::Truth),
        _ => {
            let time = text.parse::<Timestamp>().ok();
            time.map(|time| Worth::Instant(time.as_microsecond().into()))
        }
    };
    found.unwrap_or(Worth::Nothing)
}

pub(super) fn millionths(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}

impl Worth {
    /// The same type as this one's, read from the text of a filter.
    pub(super) fn alike(&self, text: &str) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Text(_) => Self::Text(text.to_owned()),
            Self::Whole(_) => Self::Whole(text.parse().unwrap()),
            Self::Millionths(_) => Self::Millionths(millionths(text)),
            Self::Float(_) => Self::Float(text.parse::<f64>().unwrap() + 0.0),
            Self::Truth(_) => Self::Truth(text.parse().unwrap()),
            Self::Instant(_) => read(text, "time"),
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// Rising, or falling if `desc`; nothing comes last both ways.
    pub(super) fn compare(&self, other: &Self, desc: bool) -> Ordering {
        let rising = match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => {
                return self.is_nothing().cmp(&other.is_nothing());
            }
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Whole(a), Self::Whole(b))
            | (Self::Millionths(a), Self::Millionths(b))
            | (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap(),
            (Self::Truth(a), Self::Truth(b)) => a.cmp(b),
            _ => panic!("{self:?} and {other:?} are of two types"),
        };
        if desc { rising.reverse() } else { rising }
    }

    /// As it stands in an answer.
    pub(super) fn json(&self, zone: &jiff::tz::TimeZone) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Whole(whole) => match i64::try_from(*whole) {
                Ok(whole) => json!(whole),
                Err(_) => json!(whole.to_string()),
            },
            Self::Millionths(amount) => json!(money(*amount)),
            Self::Float(number) => json!(number),
            Self::Truth(truth) => json!(truth),
            Self::Instant(micros) => {
                let at = Timestamp::from_microsecond(i64::try_from(*micros).unwrap()).unwrap();
                json!(write(&at.to_zoned(zone.clone())))
            }
        }
    }
}

/// At least two places, more only where they say something.
fn money(amount: i128) -> String {
    let (sign, size) = (if amount < 0 { "-" } else { "" }, amount.abs());
    let mut text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
    while text.ends_with('0') && !text[..text.len() - 2].ends_with('.') {
        text.pop();
    }
    text
}

fn write(time: &Zoned) -> String {
    let text = time.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    text.strip_suffix("+00:00").map(|utc| format!("{utc}Z")).unwrap_or(text)
}
