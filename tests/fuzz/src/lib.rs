//! What reads bytes of strangers, as functions that must hold whatever they are given.
//!
//! `cargo xtask fuzz` lets libFuzzer look for bytes that they do not hold under. The bytes that it found
//! worth keeping lie in `corpus/`, and every ordinary test run tries them again.

use inlay_server::event::Mapping;
use inlay_server::ingest::{Batch, Form, Geo, Terms, ValidEvent};
use inlay_server::model::Model;
use inlay_server::query::check_query;
use inlay_shared::{MappingRule, Query};
use jiff::Timestamp;

/// The time at which everything happens: 2026-11-20T12:00:00Z.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_176_000).expect("a time of this century")
}

/// The first byte picks the form of a body, the rest is the body. Whatever it is, it is split or
/// refused as a whole; and an event that is valid is valid again as it was stored.
pub fn parser(data: &[u8]) {
    let Some((form, body)) = data.split_first() else { return };
    let batch = Batch {
        bytes: bytes::Bytes::copy_from_slice(body),
        form: if form & 1 == 0 { Form::Array } else { Form::Lines },
        gzip: form & 2 != 0,
        source: None,
    };
    let Ok(texts) = batch.texts() else { return };
    let terms = Terms { now: now(), mapping: None, geo: &Geo::default() };
    for text in texts {
        if let Ok(event) = ValidEvent::parse(&text, terms) {
            let again = ValidEvent::parse(event.body(), terms);
            assert_eq!(again.as_ref(), Ok(&event), "what was stored is not valid any more");
        }
    }
}

/// Rules on the first line, an event behind it. Whatever they are, the event is accepted or refused, what
/// is stored of it is valid again under the same rules, and no member `ip` is left in it.
pub fn mapping(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (rules, event) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(rules) = serde_json::from_str::<Vec<MappingRule>>(rules) else { return };
    let Ok(rules) = Mapping::new(&rules) else { return };
    let terms = Terms { now: now(), mapping: Some(&rules), geo: &Geo::default() };
    if let Ok(event) = ValidEvent::parse(event, terms) {
        let again = ValidEvent::parse(event.body(), terms);
        assert_eq!(again.as_ref(), Ok(&event), "what was stored is not valid any more");
        let stored: serde_json::Value = serde_json::from_str(event.body()).expect("it is valid");
        assert!(stored.get("ip").is_none(), "an address was stored");
    }
}

/// The JSON text of a query. Whatever it is, it is planned or refused.
pub fn query(data: &[u8]) {
    let Ok(query) = serde_json::from_slice::<Query>(data) else { return };
    let outcome = check_query(&Model::built_in(), &query);
    let text = serde_json::to_vec(&query).expect("a query has string keys only");
    let again: Query = serde_json::from_slice(&text).expect("what was written can be read");
    assert_eq!(again, query, "it does not survive being written");
    assert_eq!(check_query(&Model::built_in(), &again).is_ok(), outcome.is_ok());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn hold(target: &str, check: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let mut tried = 0;
        for entry in std::fs::read_dir(&folder).expect("there is a corpus") {
            check(&std::fs::read(entry.expect("a folder can be listed").path()).expect("a file"));
            tried += 1;
        }
        assert!(tried > 10, "{target} has a corpus of {tried} only");
    }

    #[test]
    fn the_parser_holds_under_its_corpus() {
        hold("parser", super::parser);
    }

    #[test]
    fn a_mapping_holds_under_its_corpus() {
        hold("mapping", super::mapping);
    }

    #[test]
    fn the_planner_holds_under_its_corpus() {
        hold("query", super::query);
    }
}
