//! Rows of the present schema in the making.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Decimal128Builder, Int64Builder, RecordBatch, StringViewBuilder,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::error::ArrowError;

use super::enrich::{Agents, enrich};
use super::normalise::{Normal, TEXT_COLUMNS, normalise, place_of};
use super::property_column::{Map, property_values};
use super::schema::{VALUE_PRECISION, VALUE_SCALE, arrow_schema};
use crate::model::{Field, Properties};
use crate::store::RawEvent;

/// Columns that grow by an event at a time.
#[derive(Debug)]
pub(super) struct Rows {
    properties: Properties,
    agents: Agents,
    time: TimestampMicrosecondBuilder,
    texts: [StringViewBuilder; TEXT_COLUMNS],
    value: Decimal128Builder,
    duration: Int64Builder,
    map: Map,
    received_at: TimestampMicrosecondBuilder,
    seq: Int64Builder,
}

impl Rows {
    /// No rows yet; `properties` are those that get columns of their own.
    pub(super) fn new(properties: &Properties) -> Self {
        let time = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
        Self {
            properties: properties.clone(),
            agents: Agents::default(),
            time: time(),
            texts: std::array::from_fn(|_| StringViewBuilder::new()),
            value: Decimal128Builder::new()
                .with_precision_and_scale(VALUE_PRECISION, VALUE_SCALE)
                .expect("the precision of amounts is within that of the type"),
            duration: Int64Builder::new(),
            map: Map::default(),
            received_at: time(),
            seq: Int64Builder::new(),
        }
    }

    /// Adds an event; or says why it cannot be a row, and adds nothing.
    pub(super) fn push(&mut self, raw: &RawEvent) -> Result<(), String> {
        let rules = raw.sent.as_ref().map(|sent| &sent.rules);
        let mut event = normalise(&raw.body, rules)?;
        enrich(&mut event, &mut self.agents);
        let Normal { time, texts, value, duration, properties, .. } = event;
        self.time.append_value(time);
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        self.value.append_option(value);
        self.duration.append_option(duration);
        self.map.push(properties.iter().map(|(name, text)| (name.as_ref(), text.as_ref())));
        self.received_at.append_value(raw.received_at);
        self.seq.append_value(raw.seq);
        Ok(())
    }

    /// The rows as columns.
    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let map = self.map.finish();
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(Field::ALL.len());
        for field in Field::ALL {
            columns.push(match field {
                Field::Time => Arc::new(self.time.finish()),
                Field::Value => Arc::new(self.value.finish()),
                Field::Duration => Arc::new(self.duration.finish()),
                Field::Properties => map.clone(),
                Field::ReceivedAt => Arc::new(self.received_at.finish()),
                Field::Seq => Arc::new(self.seq.finish()),
                text => {
                    let place = place_of(text).expect("all others are texts");
                    Arc::new(self.texts[place].finish())
                }
            });
        }
        for (name, kind) in self.properties.iter() {
            columns.push(property_values(&map, name.as_str(), kind)?);
        }
        RecordBatch::try_new(arrow_schema(&self.properties), columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_becomes_a_row_and_a_broken_one_does_not() {
        let mut rows = Rows::new(&Properties::default());
        let raw =
            |body: &str| RawEvent { seq: 1, received_at: 2, body: body.to_owned(), sent: None };
        let whole = r#"{"id":"e","name":"n","time":"2026-11-20T11:00:00.5+01:00","user":"",
            "page":"/\u00e4","value":"1.5","currency":"EUR","duration_ms":12,
            "properties":{"planName":"pro"},"later":true}"#;
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
        assert!(shown.contains("{plan_name: pro}"), "{shown}");
    }
}
