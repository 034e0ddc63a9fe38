//! The table that says what a chart shows, and the table that a panel is.

use inlay_shared::{Answer, Column, Role};
use serde_json::Value;

/// A table, still without words: cells are written by whoever knows the viewer's language.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// What stands above each column.
    pub heads: Vec<Head>,
    /// The cells, one per head.
    pub rows: Vec<Vec<Value>>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// How its cells are written.
    pub column: Column,
    /// It holds the comparison's values of that column.
    pub is_before: bool,
}

impl Head {
    /// Numbers stand at the right.
    pub fn is_number(&self) -> bool {
        self.column.role == Role::Measure
    }
}

impl Twin {
    /// All columns of an answer, and beside each measure its comparison.
    pub fn read(answer: &Answer) -> Self {
        let mut heads = Vec::new();
        let mut sources = Vec::new();
        for (place, column) in answer.columns.iter().enumerate() {
            let compared = answer.compare.is_some() && column.role == Role::Measure;
            for is_before in [false, true] {
                if !is_before || compared {
                    heads.push(Head { column: column.clone(), is_before });
                    sources.push((place, is_before));
                }
            }
        }
        let cell = |row: usize, place: usize, is_before: bool| {
            let rows = match &answer.compare {
                Some(compare) if is_before => &compare.rows,
                _ => &answer.rows,
            };
            rows.get(row).and_then(|cells| cells.get(place)).cloned().unwrap_or(Value::Null)
        };
        let row = |row: usize| {
            sources.iter().map(|(place, is_before)| cell(row, *place, *is_before)).collect()
        };
        Self { heads, rows: (0..answer.rows.len()).map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_comparison_stands_beside_its_measure() {
        let time = json!({"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"});
        let answer: Answer = serde_json::from_value(json!({
            "columns": [
                {"name": "page", "label": "Page", "role": "dimension", "type": "string"},
                {"name": "events", "label": "Events", "role": "measure", "type": "integer"},
            ],
            "rows": [["/a", 3], ["/b", 2]],
            "compare": {"time": time, "rows": [["/a", 1]]},
            "time": time, "version": "1", "source": "lake", "elapsed_ms": 1.0,
        }))
        .unwrap();
        let twin = Twin::read(&answer);
        let heads: Vec<_> = twin
            .heads
            .iter()
            .map(|head| (head.column.name.as_str(), head.is_before, head.is_number()))
            .collect();
        assert_eq!(
            heads,
            [("page", false, false), ("events", false, true), ("events", true, true)]
        );
        assert_eq!(json!(twin.rows), json!([["/a", 3, 1], ["/b", 2, null]]));
    }
}
