//! Reads JSON.
//!
//! `serde_json` does it better, and is what the tests below hold this against. In the browser it
//! brings along its error texts, and with them the standard writer of floats: a sixth of the module
//! that every viewer downloads, for messages that nobody would read.

use serde_json::{Map, Number, Value};

/// Deeper nesting is refused; answers have five levels.
const DEEPEST: u8 = 32;

/// Reads a whole text as one value.
pub fn parse(text: &[u8]) -> Option<Value> {
    let mut reader = Reader { text: std::str::from_utf8(text).ok()?, at: 0 };
    let value = reader.value(DEEPEST)?;
    reader.skip_space();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next byte that is no space, taken if it is the wanted one.
    fn takes(&mut self, wanted: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        self.skip_space();
        match self.peek()? {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.array(depth.checked_sub(1)?),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text.as_bytes().get(self.at..)?.starts_with(word.as_bytes());
        self.at += word.len();
        found.then_some(value)
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        if self.takes(b']') {
            return Some(Value::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.takes(b']') {
                return Some(Value::Array(values));
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        self.at += 1;
        let mut fields = Map::new();
        if self.takes(b'}') {
            return Some(Value::Object(fields));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if !self.takes(b':') {
                return None;
            }
            fields.insert(name, self.value(depth)?);
            if self.takes(b'}') {
                return Some(Value::Object(fields));
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if self.next() != Some(b'"') {
            return None;
        }
        let mut out = String::new();
        loop {
            let from = self.at;
            // Bytes of longer letters are all above ASCII, so these ends are letters' ends.
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(from..self.at)?);
            match self.next()? {
                b'"' => return Some(out),
                b'\\' => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.four_digits()?;
                // Letters beyond 16 bits come as two halves.
                if (0xd800..0xdc00).contains(&first) {
                    if self.next()? != b'\\' || self.next()? != b'u' {
                        return None;
                    }
                    let second =
                        self.four_digits()?.checked_sub(0xdc00).filter(|it| *it < 0x400)?;
                    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?
                } else {
                    char::from_u32(first)?
                }
            }
            plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            _ => return None,
        })
    }

    fn four_digits(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + char::from(self.next()?).to_digit(16)?;
        }
        Some(code)
    }

    fn digits(&mut self, mantissa: &mut u64, dropped: &mut i32) -> Option<i32> {
        let from = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.at += 1;
            // 18 digits always fit, and are more than a double holds.
            if *mantissa < 100_000_000_000_000_000 {
                *mantissa = *mantissa * 10 + u64::from(digit - b'0');
            } else {
                *dropped += 1;
            }
        }
        let count = (self.at - from) as i32;
        (count > 0).then_some(count)
    }

    fn number(&mut self) -> Option<Number> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let (mut mantissa, mut dropped, mut power) = (0, 0, 0);
        let starts_with_zero = self.peek() == Some(b'0');
        let whole = self.digits(&mut mantissa, &mut dropped)?;
        if starts_with_zero && whole > 1 {
            return None;
        }
        let mut is_whole = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            is_whole = false;
            power -= self.digits(&mut mantissa, &mut dropped)?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            is_whole = false;
            let below = self.peek() == Some(b'-');
            self.at += usize::from(below || self.peek() == Some(b'+'));
            let mut exponent = 0;
            self.digits(&mut exponent, &mut 0)?;
            let exponent = exponent.min(9_999) as i32;
            power += if below { -exponent } else { exponent };
        }
        if is_whole && dropped == 0 {
            let whole = mantissa as i64;
            return Some(Number::from(if negative { -whole } else { whole }));
        }
        let value = scaled(mantissa as f64, power + dropped);
        Number::from_f64(if negative { -value } else { value })
    }
}

/// A value times a power of ten. Within 22 powers nothing is rounded but the result.
fn scaled(value: f64, power: i32) -> f64 {
    let (mut value, mut rest) = (value, power.abs().min(400));
    while rest > 0 {
        let step = rest.min(22);
        let mut factor = 1.0;
        for _ in 0..step {
            factor *= 10.0;
        }
        if power < 0 {
            value /= factor;
        } else {
            value *= factor;
        }
        rest -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_serde_reads_is_read_the_same() {
        let texts = [
            "null",
            " [ ] ",
            "{}",
            "[true,false,null]",
            r#"{"a":{"b":[1,-2,3.5]},"c":"d"}"#,
            "0",
            "-17",
            "123456789012345678",
            "0.1",
            "1203.07",
            "-0.000000001",
            "1e12",
            "2.5E-7",
            "1e+3",
            "9007199254740993.5",
            r#""é – 日本 \" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00""#,
            "[[[[1]]]]",
            " {\r\n\"a\" : [ 1 , 2 ] }\t",
        ];
        for text in texts {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn whatever_serde_refuses_is_refused() {
        let texts = [
            "",
            " ",
            "nul",
            "tru",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\u12\"",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "1 1",
            "]",
            "{",
            "[",
            "[1",
            "{\"a\":1",
            "+1",
            "NaN",
            "1e999",
        ];
        for text in texts {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"\"\xff\""), None);
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
        assert!(parse(&deep(32)).is_some());
        assert_eq!(parse(&deep(33)), None);
        assert_eq!(parse(&deep(100_000)), None);
    }

    #[test]
    fn numbers_of_answers_keep_their_last_digit() {
        for whole in [0_i64, 7, 99, 1_234_567, 8_999_999_999] {
            for cents in 0..100 {
                let text = format!("{whole}.{cents:02}");
                let expected: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
            }
        }
    }
}
