//! The text of a property's value.

use std::borrow::Cow;

use super::json::string;

/// Most digits that an exponent is written out to; beyond, a number stays as it came.
const MOST_ZEROS: i64 = 40;

/// The text form of a string, number or boolean, given as JSON; `None` for anything else. The same
/// number has the same text however it was written: `3`, `3.0` and `3e0` are `3`.
pub fn scalar(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => string(json),
        b't' | b'f' => Some(Cow::Borrowed(json)),
        b'-' | b'0'..=b'9' => Some(plain(json)),
        _ => None,
    }
}

/// A JSON number without exponent, needless zeros, or a minus before zero. Exact: digits are moved,
/// never computed.
fn plain(number: &str) -> Cow<'_, str> {
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(number);
    }
    let (negative, rest) =
        number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let Some(exponent) = exponent.parse().ok().filter(|e: &i64| e.abs() <= MOST_ZEROS) else {
        return Cow::Borrowed(number);
    };
    let mut digits = format!("{whole}{fraction}");
    // Where the point stands, counted from the first digit.
    let mut point = i64::try_from(whole.len()).unwrap_or(0) + exponent;
    while point < 0 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).unwrap_or(0);
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if negative && (whole, fraction) != ("0", "") { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Cow::Owned(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_text() {
        for (json, text) in [
            ("3", "3"),
            ("3.0", "3"),
            ("3e0", "3"),
            ("-3.50", "-3.5"),
            ("0.10", "0.1"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("1.25E+1", "12.5"),
            ("125e-4", "0.0125"),
            ("1e-1", "0.1"),
            ("0e10", "0"),
            ("9007199254740993", "9007199254740993"),
            ("0.1234567890123456789", "0.1234567890123456789"),
            ("1e300", "1e300"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert_eq!(scalar(json).as_deref(), Some(text), "{json}");
        }
    }

    #[test]
    fn strings_and_truth_are_their_text() {
        assert_eq!(scalar(r#""a\u00e4\"""#).as_deref(), Some("aä\""));
        assert_eq!(scalar("true").as_deref(), Some("true"));
        for json in ["null", "{}", "[]", "", r#""\ud800""#] {
            assert_eq!(scalar(json), None, "{json}");
        }
    }
}
