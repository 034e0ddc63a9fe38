//! What reads bytes of strangers, as functions that must hold whatever they are given.
//!
//! `cargo xtask fuzz` lets libFuzzer look for bytes that they do not hold under. The bytes that it found
//! worth keeping lie in `corpus/`, and every ordinary test run tries them again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use datafusion::arrow::array::RecordBatch;
use inlay_server::event::Mapping;
use inlay_server::ingest::{Batch, Form, Geo, Terms, ValidEvent};
use inlay_server::lake::bench::normalise;
use inlay_server::model::Model;
use inlay_server::query::bench::Aggregation;
use inlay_server::query::check_query;
use inlay_server::store::RawEvent;
use inlay_shared::{Layer, MappingRule, Query};
use jiff::Timestamp;
use serde_json::value::RawValue;

/// What a tenant may declare, so that a question can name every kind of it.
const DECLARED: &str = r#"{"version":1,
    "properties":[{"name":"plan","type":"string"},{"name":"seats","type":"integer"},
        {"name":"price","type":"decimal"},{"name":"score","type":"number"},
        {"name":"trial","type":"boolean"},{"name":"due","type":"time"}],
    "dimensions":[{"name":"market","of":"country"},{"name":"took","of":"duration_ms"}],
    "measures":[{"name":"orders","kind":"count",
            "filters":[{"dimension":"name","op":"not_in","values":["n"]}]},
        {"name":"seats_sum","kind":"sum","of":"seats"},
        {"name":"price_p90","kind":"percentile","of":"price","percent":90},
        {"name":"share","kind":"ratio","over":"orders","under":"events"},
        {"name":"so_far","kind":"cumulative","of":"events"}]}"#;

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let declared = serde_json::from_str(DECLARED).expect("a definition");
    Model::built_in().with(Layer::Tenant, &declared, "1".to_owned()).expect("a model")
});

/// Some rows to ask about.
static ROWS: LazyLock<RecordBatch> = LazyLock::new(|| {
    let event = |n: i64| {
        let body = format!(
            r#"{{"id":"{n}","name":"n{}","time":"2026-0{}-29T0{}:30:00+01:00","user":"u{}",
            "country":"DE","page":"/a","value":"{n}.5","currency":"EUR","duration_ms":{n}}}"#,
            n % 3,
            1 + n % 9,
            n % 7,
            n % 5
        );
        RawEvent { seq: n, received_at: n, body, sent: None }
    };
    let events: Vec<RawEvent> = (1..60).map(event).collect();
    normalise(&events, MODEL.properties()).expect("columns of one schema")
});

/// The time at which everything happens: 2026-11-20T12:00:00Z.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_176_000).expect("a time of this century")
}

/// The first byte picks the form of a body, the rest is the body. Whatever it is, it is split or
/// refused as a whole; and an event that is valid is valid again as it was stored, and becomes a row.
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
            let body = event.body().to_owned();
            let raw = RawEvent { seq: 1, received_at: 1, body, sent: None };
            let rows = normalise(&[raw], MODEL.properties()).expect("columns of one schema");
            assert_eq!(rows.num_rows(), 1, "it was accepted and is no row");
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
        let stored: BTreeMap<String, &RawValue> =
            serde_json::from_str(event.body()).expect("it is an object");
        assert!(!stored.contains_key("ip"), "an address was stored");
    }
}

/// The JSON text of a query. Whatever it is, it is planned or refused; and what the workers take on, they
/// answer.
pub fn query(data: &[u8]) {
    let Ok(query) = serde_json::from_slice::<Query>(data) else { return };
    let outcome = check_query(&MODEL, &query);
    let text = serde_json::to_vec(&query).expect("a query has string keys only");
    let again: Query = serde_json::from_slice(&text).expect("what was written can be read");
    assert_eq!(again, query, "it does not survive being written");
    assert_eq!(check_query(&MODEL, &again).is_ok(), outcome.is_ok());
    if outcome.is_ok() {
        let work = Aggregation::new(&MODEL, &query, ROWS.clone());
        let work = work.expect("it was planned before");
        if let Some(work) = work {
            work.run().expect("a batch of events can be aggregated");
        }
    }
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
