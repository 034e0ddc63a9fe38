//! Takes an object apart without rewriting it: each value stays the text that came.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object, each value as its text, in the order in which they stand.
#[derive(Debug)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    members.push((key.0, value.get()));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A string that is borrowed where it can be.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The string that a JSON text is, if it is one.
pub fn string(text: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Key<'_>>(text).ok().map(|key| key.0)
}

/// Where, in bytes, a valid JSON text escapes half of a surrogate pair, if it does. JSON's grammar lets it
/// pass, but it stands for no character (RFC 8259 section 8.2), and strict readers refuse the whole text.
pub fn lone_surrogate(text: &str) -> Option<usize> {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut at = 0;
    // Outside of strings there is no backslash.
    while let Some(next) = text[at..].find('\\') {
        at += next;
        at += match unit(at) {
            None => 2,
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => return Some(at),
            Some(_) => 6,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_found() {
        for (json, at) in [
            (r#""""#, None),
            (r#""\\ud800""#, None),
            (r#""\ud83d\ude00 \u00e9\n""#, None),
            (r#""é\ud800""#, Some(3)),
            (r#""\ude00""#, Some(1)),
            (r#""\uD83D\u0041""#, Some(1)),
            (r#""\ud83d\ude00\ud83d""#, Some(13)),
            (r#""\\\ud83d""#, Some(3)),
        ] {
            assert_eq!(lone_surrogate(json), at, "{json}");
            assert_eq!(serde_json::from_str::<String>(json).is_err(), at.is_some(), "{json}");
        }
    }
}
