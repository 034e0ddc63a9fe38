//! Events to send.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// A valid event with the three required fields.
pub fn event(id: &str, name: &str, time: &str) -> Value {
    json!({"id": id, "name": name, "time": time})
}

/// `count` valid events with the ids `{prefix}-0`, `{prefix}-1` and so on, a second apart.
pub fn numbered(prefix: &str, count: usize) -> Vec<Value> {
    let second =
        |n: usize| format!("2026-11-19T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
    (0..count).map(|n| event(&format!("{prefix}-{n}"), "task.created", &second(n))).collect()
}

/// The events as NDJSON, one a line.
pub fn ndjson(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// The bytes, gzipped.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a vector takes every byte");
    encoder.finish().expect("a vector takes every byte")
}
