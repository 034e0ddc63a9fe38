//! What picking a row of an answer means for the other panels.

use inlay_shared::{Answer, Role};

use super::{
    cell,
    json_text::{self, Writer},
    series::{ALL_OTHERS, place_of},
};

/// What is picked with a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// The first dimension.
    pub dimension: String,
    /// Its value, if it has one.
    pub value: Option<String>,
    /// The conditions that hold for exactly the row's events, as JSON.
    pub filters: String,
}

/// What a row of an answer means. Nothing where it is no group: it has no dimension, or stands for
/// all others.
pub fn of_row(answer: &Answer, row: usize) -> Option<Picked> {
    let cells = answer.rows.get(row)?;
    let other = place_of(answer, Role::Other).and_then(|place| cells.get(place));
    if other.and_then(serde_json::Value::as_bool) == Some(true) {
        return None;
    }
    let mut filters = Vec::new();
    let mut first = None;
    for (column, cell) in answer.columns.iter().zip(cells) {
        if column.role != Role::Dimension {
            continue;
        }
        let value = (!cell.is_null()).then(|| cell::words(cell));
        filters.push(condition(&column.name, value.as_deref()));
        first.get_or_insert((column.name.clone(), value));
    }
    let (dimension, value) = first?;
    Some(Picked { dimension, value, filters: json_text::list(filters.into_iter()) })
}

/// The filters that mean one value of a dimension; a group without a value has an empty name. Nothing
/// where it stands for all others.
pub fn of_value(dimension: &str, value: &str) -> Option<String> {
    let value = Some(value).filter(|value| !value.is_empty());
    let is_one = value != Some(ALL_OTHERS);
    is_one.then(|| json_text::list([condition(dimension, value)].into_iter()))
}

fn condition(dimension: &str, value: Option<&str>) -> String {
    let filter = Writer::object().text("dimension", dimension);
    match value {
        Some(value) => {
            let values = json_text::list([json_text::text(value)].into_iter());
            filter.text("op", "in").raw("values", &values).end()
        }
        None => filter.text("op", "not_set").end(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_is_its_dimensions_and_all_others_are_none() {
        let time = json!({"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"});
        let column = |name: &str, role: &str, kind: &str| json!({"name": name, "label": name, "role": role, "type": kind});
        let answer: Answer = serde_json::from_value(json!({
            "columns": [
                column("page", "dimension", "string"), column("hour_of_day", "dimension", "integer"),
                column("events", "measure", "integer"), column("is_other", "other", "boolean"),
            ],
            "rows": [["/a", 3, 7, false], [null, 4, 5, false], [null, null, 9, true]],
            "time": time, "version": "1", "source": "lake", "elapsed_ms": 1.0,
        }))
        .unwrap();
        let picked = of_row(&answer, 0).unwrap();
        assert_eq!((&*picked.dimension, picked.value.as_deref()), ("page", Some("/a")));
        let filters: serde_json::Value = serde_json::from_str(&picked.filters).unwrap();
        assert_eq!(
            filters,
            json!([
                {"dimension": "page", "op": "in", "values": ["/a"]},
                {"dimension": "hour_of_day", "op": "in", "values": ["3"]},
            ])
        );
        let none = of_row(&answer, 1).unwrap();
        assert_eq!(none.value, None);
        assert!(none.filters.starts_with(r#"[{"dimension":"page","op":"not_set"}"#), "{none:?}");
        assert_eq!((of_row(&answer, 2), of_row(&answer, 3)), (None, None));
        let one = of_value("page", "/a");
        assert_eq!(one.as_deref(), Some(r#"[{"dimension":"page","op":"in","values":["/a"]}]"#));
        assert_eq!(
            of_value("page", "").as_deref(),
            Some(r#"[{"dimension":"page","op":"not_set"}]"#)
        );
        assert_eq!(of_value("page", ALL_OTHERS), None);
    }
}
