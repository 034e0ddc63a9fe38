//! Writes JSON: the little that the widget sends and tells. See [`super::json`] for why by hand.

/// Writes an object of strings, field by field.
#[derive(Debug)]
pub struct Writer(String);

impl Writer {
    /// Begins.
    pub fn object() -> Self {
        Self("{".into())
    }

    /// A field whose value is JSON already.
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_text(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// A field with words.
    pub fn text(self, name: &str, words: &str) -> Self {
        let words = text(words);
        self.raw(name, &words)
    }

    /// A field with words, if there are some.
    pub fn maybe(self, name: &str, words: Option<&str>) -> Self {
        match words {
            Some(words) => self.text(name, words),
            None => self,
        }
    }

    /// Ends.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Words as JSON.
pub fn text(words: &str) -> String {
    let mut out = String::new();
    push_text(&mut out, words);
    out
}

/// A list of what is JSON already.
pub fn list(items: impl Iterator<Item = String>) -> String {
    let mut out = String::from("[");
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
}

fn push_text(out: &mut String, words: &str) {
    out.push('"');
    for letter in words.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push(if letter < '\u{10}' { '0' } else { '1' });
                out.push(char::from(b"0123456789abcdef"[letter as usize % 16]));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn what_is_written_reads_back() {
        let words = "a \"b\" \\ \n\t\u{1} é 😀";
        let written = Writer::object()
            .text("words", words)
            .maybe("none", None)
            .raw("list", &list([text("x"), text("y")].into_iter()))
            .end();
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read, serde_json::json!({"words": words, "list": ["x", "y"]}));
        assert_eq!(Writer::object().end(), "{}");
        assert_eq!(list(std::iter::empty()), "[]");
    }
}
