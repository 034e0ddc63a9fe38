//! What each field of an event may hold. A value comes as its JSON text.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::Refusal;
use crate::event::{Parts, rfc3339, string};

const MAX_PROPERTIES: usize = 64;
const MAX_PROPERTY_NAME: usize = 64;
/// Largest whole number that every JSON reader keeps exact.
const MAX_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A string of so many characters.
pub(super) fn text<'a>(
    field: &str,
    value: &'a str,
    least: usize,
    most: usize,
) -> Result<Cow<'a, str>, Refusal> {
    let Some(text) = string(value) else { return Err(wrong_type(field, "a string", value)) };
    if text.len() < least {
        return Err(Refusal::new("empty_field", format!("`{field}` is empty")));
    }
    if text.len() > most && text.chars().count() > most {
        let detail = format!("`{field}` has more than {most} characters");
        return Err(Refusal::new("too_long", detail));
    }
    Ok(text)
}

/// An RFC 3339 time since 1970 and at most a day ahead.
pub(super) fn instant(value: &str, now: Timestamp) -> Result<(), Refusal> {
    let Some(text) = string(value) else { return Err(wrong_type("time", "a string", value)) };
    let Some(time) = rfc3339(&text) else {
        if is_past_the_last_instant(&text) {
            return Err(Refusal::new("time_out_of_range", AHEAD));
        }
        return Err(Refusal::new(
            "invalid_time",
            "`time` is an RFC 3339 date-time with its offset, such as `2026-11-20T10:00:00Z`",
        ));
    };
    if time < Timestamp::UNIX_EPOCH {
        return Err(Refusal::new("time_out_of_range", "`time` is before 1970"));
    }
    if time > now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX) {
        return Err(Refusal::new("time_out_of_range", AHEAD));
    }
    Ok(())
}

const AHEAD: &str = "`time` is more than a day ahead: check the clock and the unit";

/// The last hours of the year 9999 are well written, and later than the last instant that can be
/// computed with: the same text a year earlier can be.
fn is_past_the_last_instant(text: &str) -> bool {
    let rest = text.strip_prefix("9999");
    rest.is_some_and(|rest| rfc3339(&format!("9998{rest}")).is_some())
}

/// A network address. What is wrong with one is said without it.
pub(super) fn ip(value: &str) -> Result<IpAddr, Refusal> {
    let Some(text) = string(value) else { return Err(wrong_type("ip", "a string", value)) };
    let detail = "`ip` is one network address, such as `203.0.113.7` or `2001:db8::7`";
    text.parse().map_err(|_| Refusal::new("invalid_ip", detail))
}

/// So many capital letters.
pub(super) fn code_of(
    field: &str,
    value: &str,
    length: usize,
    example: &str,
) -> Result<(), Refusal> {
    let Some(text) = string(value) else { return Err(wrong_type(field, "a string", value)) };
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    let code = if field == "country" { "invalid_country" } else { "invalid_currency" };
    Err(Refusal::new(code, format!("`{field}` is a code such as {example}")))
}

/// A decimal string: at most 15 digits before the point and 6 behind it.
pub(super) fn amount(value: &str) -> Result<(), Refusal> {
    const RULE: &str =
        "a decimal string such as \"12.50\", at most 15 digits before the point and 6 behind it";
    let Some(text) = string(value) else { return Err(wrong_type("value", RULE, value)) };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let fits = |digits: &str, most| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if fits(whole, 15) && fits(fraction, 6) {
        return Ok(());
    }
    Err(Refusal::new("invalid_value", format!("`value` is {RULE}")))
}

/// A whole number of milliseconds.
pub(super) fn duration(value: &str) -> Result<(), Refusal> {
    if !value.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Err(wrong_type("duration_ms", "a whole number", value));
    }
    match value.parse::<f64>() {
        // `1.0` and `1e3` are whole numbers too, to JSON Schema and so to the contract.
        Ok(number) if number.fract() == 0.0 && (0.0..=MAX_INTEGER).contains(&number) => Ok(()),
        _ => Err(Refusal::new(
            "invalid_duration",
            format!("`duration_ms` is a whole number from 0 to {MAX_INTEGER}"),
        )),
    }
}

/// A flat object of strings, numbers and booleans.
pub(super) fn properties(parts: &Parts<'_>) -> Result<(), Refusal> {
    if let Some(odd) = &parts.odd_properties {
        return Err(wrong_type("properties", "an object", odd));
    }
    if parts.properties.len() > MAX_PROPERTIES {
        let detail = format!("{} properties; at most {MAX_PROPERTIES}", parts.properties.len());
        return Err(Refusal::new("too_many_properties", detail));
    }
    for (name, value) in &parts.properties {
        let shown: String = name.chars().take(MAX_PROPERTY_NAME).collect();
        if name.is_empty() || (name.len() > MAX_PROPERTY_NAME && shown.len() < name.len()) {
            let detail = format!("a property's name has 1 to {MAX_PROPERTY_NAME} characters");
            return Err(Refusal::new("invalid_property", detail));
        }
        let fits = match value.as_bytes().first() {
            Some(b'"') => string(value).is_some(),
            Some(b't' | b'f') => true,
            Some(b'-' | b'0'..=b'9') => serde_json::from_str::<f64>(value).is_ok(),
            Some(b'{' | b'[') => {
                let detail = format!("the property `{shown}` is nested: properties are flat");
                return Err(Refusal::new("nested_property", detail));
            }
            _ => false,
        };
        if !fits {
            let detail =
                format!("the property `{shown}` is no string, number or boolean: leave it out");
            return Err(Refusal::new("invalid_property", detail));
        }
    }
    Ok(())
}

fn wrong_type(field: &str, wanted: &str, value: &str) -> Refusal {
    let found = match value.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string that is no valid text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null: leave the field out instead",
        _ => "a number",
    };
    Refusal::new("wrong_type", format!("`{field}` must be {wanted}; it is {found}"))
}
