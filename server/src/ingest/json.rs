//! Takes JSON apart without rewriting it: each part stays the text that came.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Why a text is no array of at most so many elements.
pub(super) enum ArrayError {
    TooMany,
    NotAnArray,
    Syntax { line: usize, column: usize },
}

/// The texts of an array's elements. It stops at the first one too many.
pub(super) fn split_array(text: &str, most: usize) -> Result<Vec<&str>, ArrayError> {
    if !text.trim_ascii_start().starts_with('[') {
        return Err(match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => ArrayError::NotAnArray,
            Err(error) => syntax(&error),
        });
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let elements = Elements { most }.deserialize(&mut json).map_err(|error| syntax(&error))?;
    let Some(elements) = elements else { return Err(ArrayError::TooMany) };
    json.end().map_err(|error| syntax(&error))?;
    Ok(elements)
}

fn syntax(error: &serde_json::Error) -> ArrayError {
    ArrayError::Syntax { line: error.line(), column: error.column() }
}

/// Reads elements until there are too many; then `None`. The rest of the text is not looked at.
struct Elements {
    most: usize,
}

impl<'de> DeserializeSeed<'de> for Elements {
    type Value = Option<Vec<&'de str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements {
    type Value = Option<Vec<&'de str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element::<&'de RawValue>()? {
            if elements.len() == self.most {
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                return Ok(None);
            }
            elements.push(element.get());
        }
        Ok(Some(elements))
    }
}

/// The members of an object, each value as its text, in the order in which they stand.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a str)>);

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
pub(super) fn string(text: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Key<'_>>(text).ok().map(|key| key.0)
}
