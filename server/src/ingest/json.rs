//! Takes an array apart without rewriting it: each element stays the text that came.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
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
