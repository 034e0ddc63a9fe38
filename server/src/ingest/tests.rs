//! Through the door: what is taken, what is counted, what is refused, and what is lost (nothing).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::*;
use crate::store::testing::{Folder, scope};

struct Door {
    folder: Folder,
    ingest: Ingest,
    scope: TenantScope,
}

impl Door {
    async fn open() -> Self {
        let folder = Folder::new().await;
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        let ingest = Ingest::new(store, clock, folder.entropy.clone());
        Self { folder, ingest, scope: scope("acme") }
    }

    async fn send(&self, form: Form, body: impl Into<Vec<u8>>) -> Result<Receipt, IngestError> {
        let bytes = body.into().into();
        self.ingest.accept(&self.scope, Batch { bytes, form, gzip: false, source: None }).await
    }

    async fn gzip(&self, bytes: Vec<u8>) -> Result<Receipt, IngestError> {
        let batch = Batch { bytes: bytes.into(), form: Form::Array, gzip: true, source: None };
        self.ingest.accept(&self.scope, batch).await
    }

    async fn stored(&self) -> Vec<String> {
        let store = self.folder.store.tenant(&self.scope);
        let pending = store.pending(1_000_000, usize::MAX).await.unwrap();
        pending.events.into_iter().map(|event| event.body).collect()
    }

    async fn dead(&self) -> Vec<inlay_shared::DeadLetter> {
        self.folder.store.tenant(&self.scope).dead_letters(None, None, 200).await.unwrap()
    }
}

fn event(id: &str) -> serde_json::Value {
    json!({"id": id, "name": "task.created", "time": "2026-11-20T10:00:00Z"})
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn code(outcome: Result<Receipt, IngestError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn an_event_is_kept_as_it_came_and_taken_once() {
    let door = Door::open().await;
    let body = r#"[ {"time":"2026-11-20T11:00:00+01:00",  "id":"e-1","name":"x\u0041"} ]"#;
    let receipt = door.send(Form::Array, body).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (1, 0));
    let receipt = door.send(Form::Array, body).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (0, 1));
    let kept = r#"{"time":"2026-11-20T11:00:00+01:00",  "id":"e-1","name":"x\u0041"}"#;
    assert_eq!(door.stored().await, [kept]);
}

#[tokio::test]
async fn the_same_id_twice_in_a_request_is_one_event() {
    let door = Door::open().await;
    let events: Vec<_> = (0..600).map(|n| event(&format!("e-{}", n % 500))).collect();
    let receipt = door.send(Form::Array, json!(events).to_string()).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (500, 100));
    assert_eq!(door.stored().await.len(), 500);
}

#[tokio::test]
async fn the_same_id_of_another_tenant_is_another_event() {
    let door = Door::open().await;
    door.send(Form::Array, json!([event("e-1")]).to_string()).await.unwrap();
    let other = scope("globex");
    let bytes = json!([event("e-1")]).to_string().into();
    let batch = Batch { bytes, form: Form::Array, gzip: false, source: None };
    assert_eq!(door.ingest.accept(&other, batch).await.unwrap().accepted, 1);
    assert_eq!(door.stored().await.len(), 1);
}

#[tokio::test]
async fn lines_stand_for_themselves() {
    let door = Door::open().await;
    let body = format!("{}\r\n\n{{not json}}\n{}", event("a"), event("b"));
    let receipt = door.send(Form::Lines, body).await.unwrap();
    assert_eq!(receipt.accepted, 2);
    assert_eq!((receipt.rejected[0].index, receipt.rejected[0].code.as_str()), (1, "invalid_json"));
    let dead = door.dead().await;
    assert_eq!(dead[0].event, json!("{not json}"));
    assert_eq!(dead[0].code, "invalid_json");
}

#[tokio::test]
async fn half_a_character_is_refused_wherever_it_stands() {
    let door = Door::open().await;
    let body =
        r#"{"id": "a", "name": "n", "time": "2026-11-19T10:00:00Z", "context": {"x": "\ud800b"}}"#;
    let receipt = door.send(Form::Lines, body).await.unwrap();
    assert_eq!((receipt.accepted, receipt.rejected[0].code.as_str()), (0, "invalid_json"));
    let dead = door.dead().await;
    assert_eq!(dead[0].event, json!(body), "nothing of it is lost");
}

#[tokio::test]
async fn each_bad_event_is_a_dead_letter_and_the_good_ones_are_kept() {
    let with = |field: &str, value: serde_json::Value| {
        let mut event = event("bad");
        event[field] = value;
        event
    };
    let without = |field: &str| {
        let mut event = event("bad");
        event.as_object_mut().unwrap().remove(field);
        event
    };
    let many: serde_json::Map<_, _> = (0..65).map(|n| (format!("p{n}"), json!(n))).collect();
    let cases = [
        ("unknown_field", with("usr", json!("u"))),
        ("missing_field", without("id")),
        ("missing_field", without("name")),
        ("missing_field", without("time")),
        ("empty_field", with("id", json!(""))),
        ("too_long", with("id", json!("é".repeat(129)))),
        ("wrong_type", with("id", json!(1))),
        ("wrong_type", with("user", json!(null))),
        ("wrong_type", with("time", json!(1_795_000_000))),
        ("invalid_time", with("time", json!("2026-11-20"))),
        ("invalid_time", with("time", json!("2026-11-20 10:00:00Z"))),
        ("invalid_time", with("time", json!("2026-11-20T10:00:00"))),
        ("invalid_time", with("time", json!("2026-02-30T10:00:00Z"))),
        ("time_out_of_range", with("time", json!("1969-12-31T23:59:59Z"))),
        ("time_out_of_range", with("time", json!("2026-11-21T12:00:01Z"))),
        ("invalid_country", with("country", json!("de"))),
        ("invalid_country", with("country", json!("DEU"))),
        ("invalid_currency", with("currency", json!("eur"))),
        ("wrong_type", with("value", json!(12.5))),
        ("invalid_value", with("value", json!("12,50"))),
        ("invalid_value", with("value", json!("1.1234567"))),
        ("wrong_type", with("duration_ms", json!("12"))),
        ("invalid_duration", with("duration_ms", json!(-1))),
        ("invalid_duration", with("duration_ms", json!(1.5))),
        ("wrong_type", with("properties", json!([]))),
        ("too_many_properties", with("properties", json!(many))),
        ("nested_property", with("properties", json!({"a": {"b": 1}}))),
        ("nested_property", with("properties", json!({"a": [1]}))),
        ("invalid_property", with("properties", json!({"a": null}))),
        ("invalid_property", with("properties", json!({"": 1}))),
        ("event_too_large", with("properties", json!({"a": "x".repeat(33_000)}))),
        ("not_an_object", json!("text")),
    ];
    let door = Door::open().await;
    for (code, bad) in cases {
        let body = json!([bad, event("good")]).to_string();
        let receipt = door.send(Form::Array, body).await.unwrap();
        assert_eq!(receipt.accepted + receipt.duplicates, 1, "{bad}");
        let codes: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
        assert_eq!(codes, [(0, code)], "{bad}");
        assert_eq!(door.dead().await[..].iter().filter(|d| d.event == bad).count(), 1, "{bad}");
    }
    assert_eq!(door.stored().await, [event("good").to_string()]);
}

#[tokio::test]
async fn a_field_that_stands_twice_is_refused() {
    let door = Door::open().await;
    let twice = r#"[{"id":"a","id":"b","name":"n","time":"2026-11-20T10:00:00Z"},
        {"id":"c","name":"n","time":"2026-11-20T10:00:00Z","properties":{"p":1,"p":2}}]"#;
    let receipt = door.send(Form::Array, twice).await.unwrap();
    assert!(receipt.rejected.iter().all(|refused| refused.code == "duplicate_field"));
    assert_eq!((receipt.accepted, receipt.rejected.len()), (0, 2));
}

#[tokio::test]
async fn a_day_ahead_and_the_first_day_are_times() {
    let door = Door::open().await;
    for time in ["1970-01-01T00:00:00Z", "2026-11-21T12:00:00Z", "2026-11-20T23:59:60Z"] {
        let one = json!([{"id": time, "name": "n", "time": time}]).to_string();
        assert_eq!(door.send(Form::Array, one).await.unwrap().accepted, 1, "{time}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_as_a_whole() {
    let door = Door::open().await;
    assert_eq!(code(door.send(Form::Array, "").await), "empty_body");
    assert_eq!(code(door.send(Form::Lines, " \n\n").await), "empty_body");
    assert_eq!(code(door.send(Form::Array, "{}").await), "not_an_array");
    assert_eq!(code(door.send(Form::Array, "[{},").await), "invalid_json");
    assert_eq!(code(door.send(Form::Array, "[]x").await), "invalid_json");
    assert_eq!(code(door.send(Form::Array, "nonsense").await), "invalid_json");
    assert_eq!(code(door.send(Form::Array, b"[\"\xff\"]".to_vec()).await), "invalid_utf8");
    let events: Vec<_> = (0..1_001).map(|n| event(&n.to_string())).collect();
    assert_eq!(code(door.send(Form::Array, json!(events).to_string()).await), "too_many_events");
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    assert_eq!(code(door.send(Form::Lines, lines).await), "too_many_events");
    assert_eq!(code(door.send(Form::Array, vec![b' '; MAX_BODY + 1]).await), "body_too_large");
    assert!(door.stored().await.is_empty() && door.dead().await.is_empty());
    assert_eq!(door.send(Form::Array, "[]").await.unwrap(), Receipt::default());
}

#[tokio::test]
async fn deep_nesting_is_refused_without_harm() {
    let door = Door::open().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(
        r#"[{{"id":"a","name":"n","time":"2026-11-20T10:00:00Z","properties":{{"p":{deep}}}}}]"#
    );
    let receipt = door.send(Form::Array, body).await.unwrap();
    assert_eq!(receipt.rejected[0].code, "event_too_large");
    let receipt = door.send(Form::Array, format!("[{deep}]")).await.unwrap();
    assert_eq!(receipt.rejected[0].code, "event_too_large");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!(
        r#"[{{"id":"a","name":"n","time":"2026-11-20T10:00:00Z","properties":{{"p":{deep}}}}}]"#
    );
    let receipt = door.send(Form::Array, body).await.unwrap();
    assert_eq!(receipt.rejected[0].code, "nested_property");
}

#[tokio::test]
async fn gzip_is_unpacked_within_bounds() {
    let door = Door::open().await;
    let body = packed(json!([event("e-1")]).to_string().as_bytes());
    assert_eq!(door.gzip(body.clone()).await.unwrap().accepted, 1);
    assert_eq!(code(door.gzip(body[..body.len() - 6].to_vec()).await), "invalid_gzip");
    assert_eq!(code(door.gzip(b"[]".to_vec()).await), "invalid_gzip");
    let bomb = packed(&vec![b' '; 200_000_000]);
    assert!(bomb.len() < 300_000);
    assert_eq!(code(door.gzip(bomb).await), "body_too_large");
}
