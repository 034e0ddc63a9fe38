//! How the text of a property, or of an amount, is read as a value of a type. Writing a column and
//! reading the map go through these, so a property has one value however it is reached.

use jiff::Timestamp;

use crate::event::rfc3339;

/// The whole number that a text is.
pub fn integer(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

/// Millionths of the decimal number that a text is.
pub fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || fraction.len() > 6 {
        return None;
    }
    if !plain(whole) || !plain(fraction) {
        return None;
    }
    let millionths = |digits: &str| -> Option<i128> {
        if digits.is_empty() { Some(0) } else { digits.parse().ok() }
    };
    let scale = 10_i128.pow(6 - u32::try_from(fraction.len()).ok()?);
    let sum = millionths(whole)? * 1_000_000 + millionths(fraction)? * scale;
    Some(if negative { -sum } else { sum })
}

/// The finite number that a text is.
pub fn number(text: &str) -> Option<f64> {
    // Rust also reads `inf`, `nan` and `+1`, which JSON does not know.
    let plain =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    if text.starts_with('+') || !text.bytes().all(plain) {
        return None;
    }
    // There is one zero: `-0` would be a group of its own beside `0`.
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(|number| number + 0.0)
}

/// The truth value that a text is.
pub fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// Microseconds since 1970 of the instant that a text is (RFC 3339, with its offset).
pub fn time(text: &str) -> Option<i64> {
    rfc3339(text).map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, millionths) in [
            ("12.50", 12_500_000),
            ("-0.000001", -1),
            ("999999999999999.999999", 999_999_999_999_999_999_999),
            ("007", 7_000_000),
            ("0", 0),
            ("3.", 3_000_000),
        ] {
            assert_eq!(decimal(text), Some(millionths), "{text}");
        }
        for text in ["", "-", "1.2.3", "1e3", "+1", "1000000000000000", "0.0000001", ".5"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_such_value_is_none() {
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(number("1.5e3"), Some(1500.0));
        assert!(number("-0").is_some_and(f64::is_sign_positive));
        assert_eq!((boolean("true"), boolean("false")), (Some(true), Some(false)));
        assert_eq!(time("1970-01-01T01:00:00.000001+01:00"), Some(1));
        for text in ["", "+1", "1.0", "1e3", "9223372036854775808", " 1", "x"] {
            assert_eq!(integer(text), None, "{text}");
        }
        for text in ["", "inf", "NaN", "+1", "1e999", "x", "1 "] {
            assert_eq!(number(text), None, "{text}");
        }
        for text in ["", "True", "1", "yes"] {
            assert_eq!(boolean(text), None, "{text}");
        }
        for text in ["", "2026-11-20", "2026-11-20T10:00:00", "2026-11-20 10:00:00Z", "1700000000"]
        {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
