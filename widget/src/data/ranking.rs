//! An answer by group as the rows of a bar chart.

use inlay_shared::{Answer, Column, Role};

use super::{
    cell,
    series::{group_name, place_of},
};

/// Bars beyond these make a table; the panel's query limits them anyway.
pub const MOST_BARS: usize = 20;

/// Groups with their first measure, in the answer's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The rows.
    pub rows: Vec<Ranked>,
    /// The column whose unit the values have.
    pub measure: Column,
    /// The column by which they are grouped.
    pub dimension: String,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its value or values; empty where it has none.
    pub name: String,
    /// Its number.
    pub value: Option<f64>,
    /// Its number in the comparison.
    pub before: Option<f64>,
}

impl Ranking {
    /// Reads an answer without a grain; `None` where it has no measure.
    pub fn read(answer: &Answer) -> Option<Self> {
        let measure = place_of(answer, Role::Measure)?;
        let groups: Vec<usize> =
            (0..measure).filter(|place| answer.columns[*place].role == Role::Dimension).collect();
        let before = |row: usize| {
            let rows = &answer.compare.as_ref()?.rows;
            cell::number(rows.get(row)?.get(measure)?)
        };
        let rows = answer.rows.iter().take(MOST_BARS).enumerate();
        Some(Self {
            rows: rows
                .map(|(row, cells)| Ranked {
                    name: group_name(cells, &groups, place_of(answer, Role::Other)),
                    value: cells.get(measure).and_then(cell::number),
                    before: before(row),
                })
                .collect(),
            measure: answer.columns[measure].clone(),
            dimension: groups
                .first()
                .map(|place| answer.columns[*place].name.clone())
                .unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_keep_their_order_and_their_comparison() {
        let time = json!({"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"});
        let answer: Answer = serde_json::from_value(json!({
            "columns": [
                {"name": "page", "label": "Page", "role": "dimension", "type": "string"},
                {"name": "value", "label": "Revenue", "role": "measure", "type": "decimal",
                 "format": "money", "currency": "EUR"},
            ],
            "rows": [["/a", "12.50"], [null, "3"], ["/c", null]],
            "compare": {"time": time, "rows": [["/a", "10"], [null, null]]},
            "time": time, "version": "1", "source": "lake", "elapsed_ms": 1.0,
        }))
        .unwrap();
        let ranking = Ranking::read(&answer).unwrap();
        assert_eq!(ranking.dimension, "page");
        assert_eq!(
            ranking.rows,
            [
                Ranked { name: "/a".into(), value: Some(12.5), before: Some(10.0) },
                Ranked { name: String::new(), value: Some(3.0), before: None },
                Ranked { name: "/c".into(), value: None, before: None },
            ]
        );
    }
}
