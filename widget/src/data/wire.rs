//! Reads the wire types from JSON by hand.
//!
//! The readers that serde derives for them would be a quarter of the module that every viewer
//! downloads. These know exactly what the widget uses, ignore fields that they do not know, and are
//! held to the derived writers by the tests below.

use inlay_shared::{
    Answer, Approximate, Brand, Capability, Column, ColumnType, Comparison, FilterOffer, Format,
    Grain, Layout, Look, PanelAnswer, PanelError, PanelKind, PanelLayout, PanelUnchanged, Problem,
    Role, Source, TimeRange, ViewEnd, ViewLine,
};
use serde_json::{Map, Value};

use super::{json, look};

/// Parses JSON text and reads it.
pub fn read<T>(text: &[u8], reader: fn(Value) -> Option<T>) -> Option<T> {
    reader(json::parse(text)?)
}

/// A line of a view.
pub fn view_line(value: Value) -> Option<ViewLine> {
    let mut fields = Fields::of(value)?;
    Some(match fields.string("type")?.as_str() {
        "layout" => ViewLine::Layout(layout(fields)?),
        "panel" => ViewLine::Panel(answer_of_panel(fields)?),
        "unchanged" => ViewLine::Unchanged(PanelUnchanged { id: fields.string("id")? }),
        "error" => ViewLine::Error(PanelError {
            id: fields.string("id")?,
            problem: problem(fields.take("problem")?)?,
        }),
        "end" => ViewLine::End(ViewEnd { version: fields.string("version")? }),
        _ => return None,
    })
}

/// The answer of one panel.
pub fn panel_answer(value: Value) -> Option<PanelAnswer> {
    answer_of_panel(Fields::of(value)?)
}

/// An error answer.
pub fn problem(value: Value) -> Option<Problem> {
    let mut fields = Fields::of(value)?;
    Some(Problem {
        kind: fields.string("type").unwrap_or_default(),
        title: fields.string("title").unwrap_or_default(),
        status: fields.take("status")?.as_u64()? as u16,
        code: fields.string("code")?,
        detail: fields.string("detail").unwrap_or_default(),
        request_id: fields.string("request_id").unwrap_or_default(),
        // The viewer can do nothing about single fields.
        errors: Vec::new(),
    })
}

/// The fields of an object, taken one by one.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    /// `null` is the same as no field.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.get_mut(name).map(Value::take).filter(|value| !value.is_null())
    }

    pub(super) fn string(&mut self, name: &str) -> Option<String> {
        string(self.take(name)?)
    }

    pub(super) fn strings(&mut self, name: &str) -> Option<Vec<String>> {
        list(self.take(name)?, string)
    }
}

pub(super) fn string(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn array(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

pub(super) fn list<T>(value: Value, mut reader: impl FnMut(Value) -> Option<T>) -> Option<Vec<T>> {
    let mut out = Vec::new();
    for value in array(value)? {
        out.push(reader(value)?);
    }
    Some(out)
}

fn layout(mut fields: Fields) -> Option<Layout> {
    Some(Layout {
        dashboard: fields.string("dashboard")?,
        title: fields.string("title")?,
        range: fields.string("range"),
        time: time(fields.take("time")?)?,
        ranges: fields.strings("ranges").unwrap_or_default(),
        filters: fields.take("filters").and_then(|offers| list(offers, offer)).unwrap_or_default(),
        capabilities: list(fields.take("capabilities")?, |value| Some(capability(&value)))?
            .into_iter()
            .flatten()
            .collect(),
        refresh_seconds: fields.take("refresh_seconds")?.as_u64()? as u32,
        lang: fields.string("lang"),
        brand: fields.take("brand").and_then(brand),
        panels: list(fields.take("panels")?, panel)?,
    })
}

/// A newer server may know more of them.
fn capability(value: &Value) -> Option<Capability> {
    Some(match value.as_str()? {
        "filter" => Capability::Filter,
        "drill" => Capability::Drill,
        "export:csv" => Capability::ExportCsv,
        "export:png" => Capability::ExportPng,
        "rows" => Capability::Rows,
        _ => return None,
    })
}

fn offer(value: Value) -> Option<FilterOffer> {
    let mut fields = Fields::of(value)?;
    Some(FilterOffer { dimension: fields.string("dimension")?, label: fields.string("label")? })
}

fn brand(value: Value) -> Option<Brand> {
    let mut fields = Fields::of(value)?;
    Some(Brand {
        name: fields.string("name")?,
        accent: fields.string("accent")?,
        accent_dark: fields.string("accent_dark")?,
    })
}

fn panel(value: Value) -> Option<PanelLayout> {
    let mut fields = Fields::of(value)?;
    Some(PanelLayout {
        id: fields.string("id")?,
        title: fields.string("title")?,
        kind: match fields.string("kind")?.as_str() {
            "number" => PanelKind::Number,
            "line" => PanelKind::Line,
            "area" => PanelKind::Area,
            "bar" => PanelKind::Bar,
            "table" => PanelKind::Table,
            "donut" => PanelKind::Donut,
            "heatmap" => PanelKind::Heatmap,
            "funnel" => PanelKind::Funnel,
            "retention" => PanelKind::Retention,
            "text" => PanelKind::Text,
            _ => return None,
        },
        width: fields.take("width")?.as_u64()? as u8,
        text: fields.string("text"),
        look: match fields.take("look") {
            Some(value) => look::look(value)?,
            None => Look::default(),
        },
    })
}

fn answer_of_panel(mut fields: Fields) -> Option<PanelAnswer> {
    Some(PanelAnswer {
        id: fields.string("id")?,
        etag: fields.string("etag")?,
        answer: answer(fields.take("answer")?)?,
        trend: match fields.take("trend") {
            Some(trend) => Some(answer(trend)?),
            None => None,
        },
    })
}

fn answer(value: Value) -> Option<Answer> {
    let mut fields = Fields::of(value)?;
    Some(Answer {
        columns: list(fields.take("columns")?, column)?,
        rows: list(fields.take("rows")?, array)?,
        time: time(fields.take("time")?)?,
        compare: match fields.take("compare") {
            Some(compare) => Some(comparison(compare)?),
            None => None,
        },
        version: fields.string("version")?,
        source: match fields.string("source")?.as_str() {
            "rollup" => Source::Rollup,
            "cache" => Source::Cache,
            _ => Source::Lake,
        },
        elapsed_ms: fields.take("elapsed_ms")?.as_f64()?,
    })
}

fn comparison(value: Value) -> Option<Comparison> {
    let mut fields = Fields::of(value)?;
    Some(Comparison { time: time(fields.take("time")?)?, rows: list(fields.take("rows")?, array)? })
}

fn column(value: Value) -> Option<Column> {
    let mut fields = Fields::of(value)?;
    Some(Column {
        name: fields.string("name")?,
        label: fields.string("label")?,
        role: match fields.string("role")?.as_str() {
            "time" => Role::Time,
            "dimension" => Role::Dimension,
            "measure" => Role::Measure,
            "other" => Role::Other,
            _ => return None,
        },
        kind: match fields.string("type")?.as_str() {
            "time" => ColumnType::Time,
            "string" => ColumnType::String,
            "integer" => ColumnType::Integer,
            "number" => ColumnType::Number,
            "decimal" => ColumnType::Decimal,
            "boolean" => ColumnType::Boolean,
            _ => return None,
        },
        format: fields.string("format").map(|format| match format.as_str() {
            "money" => Format::Money,
            "duration" => Format::Duration,
            "percent" => Format::Percent,
            _ => Format::Number,
        }),
        currency: fields.string("currency"),
        approximate: fields.take("approximate").and_then(approximate),
    })
}

fn approximate(value: Value) -> Option<Approximate> {
    let relative_error = Fields::of(value)?.take("relative_error")?.as_f64()?;
    Some(Approximate { relative_error })
}

fn time(value: Value) -> Option<TimeRange> {
    let mut fields = Fields::of(value)?;
    Some(TimeRange {
        from: fields.string("from")?,
        to: fields.string("to")?,
        zone: fields.string("zone").unwrap_or_else(|| "UTC".into()),
        grain: match fields.string("grain") {
            Some(grain) => Some(self::grain(&grain)?),
            None => None,
        },
        week_start: fields.string("week_start").and_then(|day| look::week_start(&day)),
    })
}

pub(super) fn grain(name: &str) -> Option<Grain> {
    Some(match name {
        "minute" => Grain::Minute,
        "hour" => Grain::Hour,
        "day" => Grain::Day,
        "week" => Grain::Week,
        "month" => Grain::Month,
        "quarter" => Grain::Quarter,
        "year" => Grain::Year,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::json;

    /// The derived reader takes it, and this one reads the same.
    pub(crate) fn same<T>(value: Value, reader: fn(Value) -> Option<T>)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let derived: T = serde_json::from_value(value).unwrap();
        let read = reader(serde_json::to_value(&derived).unwrap());
        assert_eq!(read.as_ref(), Some(&derived));
    }

    fn time(grain: &str) -> Value {
        json!({"from": "2026-10-01T00:00:00Z", "to": "2026-10-02T00:00:00Z", "zone": "UTC", "grain": grain})
    }

    fn answer(column: Value, compare: Option<Value>, source: &str, grain: &str) -> Value {
        json!({
            "columns": [column], "rows": [["a", 1, 1.5, null, true], []], "time": time(grain),
            "compare": compare, "version": "v", "source": source, "elapsed_ms": 1.25,
        })
    }

    fn answer_at(time: &Value) -> Value {
        let answer = json!({
            "columns": [], "rows": [], "time": time, "version": "v", "source": "lake",
            "elapsed_ms": 1.0,
        });
        json!({"id": "p", "etag": "e", "answer": answer})
    }

    #[test]
    fn every_value_of_every_choice_reads_as_serde_reads_it() {
        let column = |role: &str, kind: &str, format: Option<&str>, currency: Option<&str>| json!({"name": "n", "label": "N", "role": role, "type": kind, "format": format, "currency": currency});
        let columns = [
            column("time", "time", None, None),
            column("dimension", "string", None, None),
            column("measure", "integer", Some("number"), None),
            column("measure", "number", Some("duration"), None),
            column("measure", "decimal", Some("money"), Some("EUR")),
            column("other", "boolean", None, None),
            column("dimension", "string", None, None),
        ];
        let grains = ["minute", "hour", "day", "week", "month", "quarter", "year"];
        let sources = ["lake", "rollup", "cache", "lake", "cache", "lake", "lake"];
        for (place, column) in columns.into_iter().enumerate() {
            let compare = (place % 2 == 0).then(|| json!({"time": time("day"), "rows": [[null]]}));
            let plain = answer(column.clone(), compare, sources[place], grains[place]);
            let trend = (place % 2 == 1).then(|| plain.clone());
            same(json!({"id": "p", "etag": "e", "answer": plain, "trend": trend}), panel_answer);
        }
    }

    #[test]
    fn every_kind_of_line_reads_as_serde_reads_it() {
        let kinds = [
            "number",
            "line",
            "area",
            "bar",
            "table",
            "donut",
            "heatmap",
            "funnel",
            "retention",
            "text",
        ];
        let mut panels: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({"id": kind, "title": "T", "kind": kind, "width": 6}))
            .collect();
        panels[0]["look"] = json!({"target": 1.5});
        panels[1]["look"] = json!({"annotations": [{"time": "2026-10-01", "label": "A"}]});
        panels[3]["look"] = json!({"stacked": true, "vertical": true});
        panels[4]["look"] = json!({"cell_bars": true});
        panels[9]["text"] = json!("# Words");
        let brand = json!({"name": "Acme", "accent": "#102030", "accent_dark": "#d0e0f0"});
        let capabilities = ["filter", "drill", "export:csv", "export:png", "rows"];
        for (range, lang, brand) in [(Some("30d"), Some("de"), Some(brand)), (None, None, None)] {
            let mut time = time("day");
            let days =
                ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
            for day in days {
                time["week_start"] = json!(day);
                same(answer_at(&time), panel_answer);
            }
            same(
                json!({
                    "type": "layout", "dashboard": "d", "title": "D", "range": range,
                    "time": time, "ranges": ["7d", "30d"], "capabilities": capabilities,
                    "filters": [{"dimension": "page", "label": "Page"}],
                    "refresh_seconds": 30, "lang": lang, "brand": brand, "panels": panels,
                }),
                view_line,
            );
        }
        let column = json!({"name": "n", "label": "N", "role": "measure", "type": "integer"});
        let answer = answer(column, None, "lake", "day");
        same(json!({"type": "panel", "id": "p", "etag": "e", "answer": answer}), view_line);
        same(json!({"type": "unchanged", "id": "p"}), view_line);
        let problem = json!({
            "type": "about:blank", "title": "T", "status": 503, "code": "c", "detail": "D",
            "request_id": "r",
        });
        same(json!({"type": "error", "id": "p", "problem": problem}), view_line);
        same(json!({"type": "end", "version": "v"}), view_line);
    }

    #[test]
    fn what_a_newer_server_adds_is_passed_over() {
        let line = json!({"type": "end", "version": "v", "more": [1]});
        assert!(view_line(line).is_some());
        assert_eq!(view_line(json!({"type": "news"})), None);
        assert_eq!(view_line(json!([])), None);
        assert_eq!(read(b"{\"type\":", view_line), None);
    }
}
