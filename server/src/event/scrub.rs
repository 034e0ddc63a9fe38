//! Takes network addresses out of an event's text before anything of it reaches the disk.
//!
//! An address is whatever stands under one of its names, at any depth. In a text that is no JSON,
//! where nothing has a name, it is whatever reads as one.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use serde_json::value::RawValue;

use super::mapping::Mapping;
use super::{Members, Own, snake_case};

/// Deeper than this, a text is taken for one without names.
const DEEPEST: usize = 32;
/// Names of addresses besides those that are the event's own field.
const NAMES: [&str; 6] =
    ["remote_addr", "remote_ip", "source_ip", "x_forwarded_for", "x_real_ip", "ip_addr"];
/// What stands in the place of an address in a text without names.
const MASK: &str = "[address]";

/// The text of a valid event without any network address. `country` is put in as the event's own if it
/// is given.
pub fn without_addresses<'a>(
    body: &'a str,
    mapping: Option<&Mapping>,
    country: Option<&str>,
) -> Cow<'a, str> {
    let others = mapping.map_or(&[][..], Mapping::addresses);
    if country.is_none() && !(suspicious(body, others) && names_any(body, others, 0)) {
        return Cow::Borrowed(body);
    }
    let Some(mut clean) = object(body, others, 0) else { return masked(body) };
    if let Some(country) = country {
        clean.pop();
        let comma = if clean == "{" { "" } else { "," };
        clean.push_str(&format!("{comma}\"country\":\"{country}\"}}"));
    }
    Cow::Owned(clean)
}

/// The text of something that is no valid event, perhaps no JSON, without any network address.
pub fn refused_without_addresses<'a>(body: &'a str, mapping: Option<&Mapping>) -> Cow<'a, str> {
    if serde_json::from_str::<&RawValue>(body).is_err() {
        return masked(body);
    }
    let others = mapping.map_or(&[][..], Mapping::addresses);
    if !names_any(body, others, 0) {
        return Cow::Borrowed(body);
    }
    let mut clean = String::with_capacity(body.len());
    match push(&mut clean, body.trim_ascii(), others, 0) {
        Some(()) => Cow::Owned(clean),
        None => masked(body),
    }
}

/// Could a name of an address stand in it? Quick, and wrong on the safe side only.
fn suspicious(body: &str, others: &[String]) -> bool {
    let starts = |at: &[u8], word: &[u8]| {
        at.len() >= word.len() && at[..word.len()].eq_ignore_ascii_case(word)
    };
    let bytes = body.as_bytes();
    // Every name of an address has one of these in it, or an escape.
    !others.is_empty()
        || (0..bytes.len()).any(|at| match bytes[at] {
            b'i' | b'I' => starts(&bytes[at..], b"ip"),
            b'a' | b'A' => starts(&bytes[at..], b"addr"),
            b'f' | b'F' => starts(&bytes[at..], b"forward"),
            b'\\' => true,
            _ => false,
        })
}

/// Is this a name of an address?
pub(super) fn is_address(name: &str, others: &[String]) -> bool {
    let inside = snake_case(name);
    Own::find(name) == Some(Own::Ip)
        || NAMES.contains(&&*inside)
        || others.iter().any(|other| *other == inside)
}

/// Does an address stand under a name somewhere in it?
fn names_any(json: &str, others: &[String], depth: usize) -> bool {
    match json.as_bytes().first() {
        _ if depth > DEEPEST => true,
        Some(b'{') => serde_json::from_str::<Members<'_>>(json).map_or(true, |members| {
            let named = |(name, value): &(Cow<'_, str>, &str)| {
                is_address(name, others) || names_any(value, others, depth + 1)
            };
            members.0.iter().any(named)
        }),
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(json).map_or(true, |items| {
            items.iter().any(|item| names_any(item.get(), others, depth + 1))
        }),
        Some(byte) if byte.is_ascii_whitespace() => names_any(json.trim_ascii(), others, depth),
        _ => false,
    }
}

/// An object without its addresses; `None` if it is no JSON, or too deep.
fn object(json: &str, others: &[String], depth: usize) -> Option<String> {
    if depth > DEEPEST || !json.trim_ascii_start().starts_with('{') {
        return None;
    }
    let members: Members<'_> = serde_json::from_str(json).ok()?;
    let mut clean = String::with_capacity(json.len());
    clean.push('{');
    for (name, value) in &members.0 {
        if is_address(name, others) {
            continue;
        }
        if clean.len() > 1 {
            clean.push(',');
        }
        clean.push_str(&serde_json::Value::from(name.as_ref()).to_string());
        clean.push(':');
        push(&mut clean, value, others, depth + 1)?;
    }
    clean.push('}');
    Some(clean)
}

fn push(clean: &mut String, json: &str, others: &[String], depth: usize) -> Option<()> {
    match json.as_bytes().first() {
        Some(b'{') => clean.push_str(&object(json, others, depth)?),
        Some(b'[') if depth <= DEEPEST => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            clean.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    clean.push(',');
                }
                push(clean, item.get(), others, depth + 1)?;
            }
            clean.push(']');
        }
        Some(b'[') => return None,
        _ => clean.push_str(json),
    }
    Some(())
}

/// The text with a mask over whatever reads as an address, with a port or without.
fn masked(text: &str) -> Cow<'_, str> {
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '[' | ']');
    let mut clean = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find(part) {
        let length = rest[start..].find(|c| !part(c)).unwrap_or(rest.len() - start);
        let (word, after) = rest[start..].split_at(length);
        clean.push_str(&rest[..start]);
        let core = word.trim_matches(['.', ':']);
        // Three characters of hexadecimal with a colon are more likely a time or a path of a module.
        let address = |text: &str| {
            text.parse::<SocketAddr>().is_ok()
                || text.parse::<IpAddr>().is_ok_and(|_| text.len() >= 7)
                || text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|_| text.len() >= 7)
        };
        if address(core) || address(word) {
            clean.push_str(MASK);
            changed = true;
        } else {
            clean.push_str(word);
        }
        rest = after;
    }
    if !changed {
        return Cow::Borrowed(text);
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use inlay_shared::{MappingAction, MappingRule};

    use super::*;

    fn clean(body: &str) -> String {
        let clean = refused_without_addresses(body, None).into_owned();
        if body.starts_with('{') && body.ends_with('}') {
            assert_eq!(without_addresses(body, None, None), clean);
        }
        clean
    }

    #[test]
    fn addresses_go_wherever_they_stand_and_all_else_stays() {
        for (body, expected) in [
            (r#"{"id":"1","ip":"1.2.3.4"}"#, r#"{"id":"1"}"#),
            (r#"{"clientIp":"1.2.3.4", "id":"1"}"#, r#"{"id":"1"}"#),
            (r#"{"\u0069p":"1.2.3.4","id":"1"}"#, r#"{"id":"1"}"#),
            (r#"{"IP":["1.2.3.4"]}"#, "{}"),
            (r#"{"properties":{"ip":"1.2.3.4","a":1.0}}"#, r#"{"properties":{"a":1.0}}"#),
            (r#"{"a":[{"context":{"ip_address":"::1"}},2]}"#, r#"{"a":[{"context":{}},2]}"#),
            (r#"{"headers":{"X-Forwarded-For":"1.2.3.4"}}"#, r#"{"headers":{}}"#),
        ] {
            assert_eq!(clean(body), expected);
        }
    }

    #[test]
    fn a_text_without_one_is_not_touched() {
        for body in [
            r#"{ "id" : "1", "description":"ip of 1.2.3.4" }"#,
            r#"{"zip":"12345","ship_to":"x", "n":1e3}"#,
            "{no json at 10:00:00, v1.2}",
            "std::io::Error at a.b.c",
            "42",
        ] {
            let untouched = refused_without_addresses(body, None);
            assert!(matches!(untouched, Cow::Borrowed(_)), "{body}");
        }
    }

    #[test]
    fn in_a_broken_text_whatever_reads_as_one_is_masked() {
        for (body, expected) in [
            (r#"{"ip":"1.2.3.4""#, r#"{"ip":"[address]""#),
            ("from 10.0.0.1:8080, to 10.0.0.2.", "from [address], to [address]"),
            (r#"["2001:db8::17"]x"#, r#"["[address]"]x"#),
            ("[2001:db8::17]:443", "[address]"),
            ("10:00:00 1.2.3 300.1.1.1", "10:00:00 1.2.3 300.1.1.1"),
        ] {
            assert_eq!(clean(body), expected);
        }
        let deep = format!("{}{}{}", r#"{"a":"#.repeat(60), r#"{"ip":"1.2.3.4"}"#, "}".repeat(60));
        assert!(!clean(&deep).contains("1.2.3.4"));
    }

    #[test]
    fn the_country_takes_its_place() {
        let put = |body| without_addresses(body, None, Some("DE")).into_owned();
        assert_eq!(put(r#"{"id":"1","ip":"1.2.3.4"}"#), r#"{"id":"1","country":"DE"}"#);
        assert_eq!(put(r#"{"ip":"1.2.3.4"}"#), r#"{"country":"DE"}"#);
    }

    #[test]
    fn a_mapping_may_give_an_address_another_name() {
        let rule = MappingRule {
            action: MappingAction::Move,
            from: Some("context.whereFrom".into()),
            to: Some("ip".into()),
            value: None,
        };
        let mapping = Mapping::new(&[rule]).unwrap();
        let body = r#"{"context":{"whereFrom":"1.2.3.4","x":1}}"#;
        assert_eq!(without_addresses(body, Some(&mapping), None), r#"{"context":{"x":1}}"#);
        assert_eq!(without_addresses(body, None, None), body);
    }
}
