//! Reads single cells of an answer.

use serde_json::Value;

/// The cell as a number, if it is one: a JSON number, or a decimal written as a string.
pub fn number(cell: &Value) -> Option<f64> {
    match cell {
        Value::Number(number) => number.as_f64().filter(|value| value.is_finite()),
        Value::String(text) => decimal(text),
        _ => None,
    }
}

/// The cell as words; an absent value is an empty string.
pub fn words(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        // Groups are counted in whole numbers, such as the hour of the day.
        Value::Number(number) => number.as_i64().map(|whole| whole.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// A decimal such as `-12.50`. The nearest double is enough for a length on the screen; texts are
/// written from the string itself. The standard parser would cost kilobytes of tables.
fn decimal(text: &str) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut mantissa = 0.0;
    let mut divisor = 1.0;
    for digit in whole.bytes() {
        mantissa = mantissa * 10.0 + value_of(digit)?;
    }
    for digit in fraction.bytes() {
        mantissa = mantissa * 10.0 + value_of(digit)?;
        divisor *= 10.0;
    }
    let value = mantissa / divisor;
    value.is_finite().then_some(if negative { -value } else { value })
}

fn value_of(digit: u8) -> Option<f64> {
    digit.is_ascii_digit().then(|| f64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_decimals_are_read() {
        assert_eq!(number(&json!(12)), Some(12.0));
        assert_eq!(number(&json!(-0.5)), Some(-0.5));
        assert_eq!(number(&json!("12.50")), Some(12.5));
        assert_eq!(number(&json!("-1204871.07")), Some(-1_204_871.07));
        assert_eq!(number(&json!("0.000000001")), Some(1e-9));
    }

    #[test]
    fn everything_else_is_no_number() {
        for cell in [json!(null), json!(true), json!(""), json!("-"), json!("1e3"), json!("NaN")] {
            assert_eq!(number(&cell), None, "{cell}");
        }
    }
}
