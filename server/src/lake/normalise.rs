//! From the text of an event to a row of the unified schema. Times become UTC, amounts decimals, and
//! an empty text is no text. What `ingest` accepted fits; should it not, the event is handed back
//! with the reason and is not lost.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Decimal128Builder, Int64Builder, RecordBatch, StringViewBuilder,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::error::ArrowError;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::schema::{VALUE_PRECISION, VALUE_SCALE, arrow_schema};
use crate::store::RawEvent;

/// An event as the raw log has it. Unknown fields are left out: a newer build may have written them.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    user: Option<Cow<'a, str>>,
    account: Option<Cow<'a, str>>,
    session: Option<Cow<'a, str>>,
    page: Option<Cow<'a, str>>,
    referrer: Option<Cow<'a, str>>,
    country: Option<Cow<'a, str>>,
    device: Option<Cow<'a, str>>,
    value: Option<Cow<'a, str>>,
    currency: Option<Cow<'a, str>>,
    duration_ms: Option<f64>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

/// Rows in the making.
#[derive(Debug)]
pub(super) struct Rows {
    time: TimestampMicrosecondBuilder,
    texts: [StringViewBuilder; 10],
    value: Decimal128Builder,
    duration: Int64Builder,
    properties: StringViewBuilder,
    received_at: TimestampMicrosecondBuilder,
    seq: Int64Builder,
}

impl Default for Rows {
    fn default() -> Self {
        let time = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
        Self {
            time: time(),
            texts: std::array::from_fn(|_| StringViewBuilder::new()),
            value: Decimal128Builder::new()
                .with_precision_and_scale(VALUE_PRECISION, VALUE_SCALE)
                .expect("the precision of amounts is within that of the type"),
            duration: Int64Builder::new(),
            properties: StringViewBuilder::new(),
            received_at: time(),
            seq: Int64Builder::new(),
        }
    }
}

impl Rows {
    /// Adds an event; or says why it cannot be a row, and adds nothing.
    pub(super) fn push(&mut self, raw: &RawEvent) -> Result<(), String> {
        let event: Event<'_> =
            serde_json::from_str(&raw.body).map_err(|error| error.to_string())?;
        let time: Timestamp = event.time.parse().map_err(|_| "its time does not parse")?;
        let value = event.value.as_deref().map(|value| decimal(value).ok_or(value));
        let value = value.transpose().map_err(|value| format!("`{value}` is no amount"))?;
        self.time.append_value(time.as_microsecond());
        let texts = [
            Some(event.id),
            Some(event.name),
            event.user,
            event.account,
            event.session,
            event.page,
            event.referrer,
            event.country,
            event.device,
            event.currency,
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text.filter(|text| !text.is_empty()));
        }
        self.value.append_option(value);
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds below 2^53")]
        self.duration.append_option(event.duration_ms.map(|duration| duration as i64));
        let properties = event.properties.map(RawValue::get);
        self.properties.append_option(properties.filter(|text| *text != "{}"));
        self.received_at.append_value(raw.received_at);
        self.seq.append_value(raw.seq);
        Ok(())
    }

    /// The rows as columns.
    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<ArrayRef> = vec![Arc::new(self.time.finish())];
        let [texts @ .., currency] = &mut self.texts;
        columns.extend(texts.iter_mut().map(|text| Arc::new(text.finish()) as ArrayRef));
        columns.push(Arc::new(self.value.finish()));
        columns.push(Arc::new(currency.finish()));
        columns.push(Arc::new(self.duration.finish()));
        columns.push(Arc::new(self.properties.finish()));
        columns.push(Arc::new(self.received_at.finish()));
        columns.push(Arc::new(self.seq.finish()));
        RecordBatch::try_new(arrow_schema(), columns)
    }
}

/// Reads a decimal string into a whole number of millionths.
fn decimal(text: &str) -> Option<i128> {
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
    let padded = format!("{whole}{fraction:0<6}");
    let millionths: i128 = padded.parse().ok()?;
    Some(if negative { -millionths } else { millionths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, millionths) in [
            ("12.50", 12_500_000),
            ("-0.000001", -1),
            ("999999999999999.999999", 999_999_999_999_999_999_999),
            ("007", 7_000_000),
            ("0", 0),
        ] {
            assert_eq!(decimal(text), Some(millionths), "{text}");
        }
        for text in ["", "-", "1.2.3", "1e3", "+1", "1000000000000000", "0.0000001", ".5"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn an_event_becomes_a_row_and_a_broken_one_does_not() {
        let mut rows = Rows::default();
        let raw = |body: &str| RawEvent { seq: 1, received_at: 2, body: body.to_owned() };
        let whole = r#"{"id":"e","name":"n","time":"2026-11-20T11:00:00.5+01:00","user":"",
            "page":"/\u00e4","value":"1.5","currency":"EUR","duration_ms":12,
            "properties":{"a":1},"later":true}"#;
        rows.push(&raw(whole)).unwrap();
        assert!(rows.push(&raw(r#"{"id":"e","name":"n","time":"yesterday"}"#)).is_err());
        assert!(rows.push(&raw("{")).is_err());
        rows.push(&raw(r#"{"id":"f","name":"n","time":"1970-01-01T00:00:00Z"}"#)).unwrap();
        let batch = rows.finish().unwrap();
        assert_eq!(batch.num_rows(), 2);
        let shown = datafusion::arrow::util::pretty::pretty_format_batches(&[batch]).unwrap();
        let shown = shown.to_string();
        assert!(shown.contains("2026-11-20T10:00:00.500Z"), "{shown}");
        assert!(shown.contains("1.500000") && shown.contains("/ä"), "{shown}");
    }
}
