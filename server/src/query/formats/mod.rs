//! Answers and pages of events in other forms than JSON. Pure: a table goes in, bytes come out, part
//! by part.

mod arrow;
mod csv;

use inlay_shared::{Answer, ColumnType, Role, RowsPage};
use serde_json::Value;

pub use arrow::{ArrowParts, arrow};
pub use csv::{CsvParts, Names, csv};

/// Rows of a part: enough to be worth a write, few enough to hold.
const PART_ROWS: usize = 1_024;

/// Rows under named columns, as every form writes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    /// The zone in which times are told.
    zone: String,
    /// What else is known about the table, by name.
    about: Vec<(&'static str, String)>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    name: String,
    label: String,
    kind: ColumnType,
    currency: Option<String>,
}

/// An answer; what it is compared with stands beside each row, in columns named `compare.…`.
impl From<Answer> for Table {
    fn from(answer: Answer) -> Self {
        let own = answer.columns.iter().map(|column| Column {
            name: column.name.clone(),
            label: column.label.clone(),
            kind: column.kind,
            currency: column.currency.clone(),
        });
        let mut columns: Vec<Column> = own.collect();
        let mut rows = answer.rows;
        let mut about = vec![
            ("inlay.version", answer.version),
            ("inlay.from", answer.time.from),
            ("inlay.to", answer.time.to),
        ];
        if let Some(other) = answer.compare {
            let beside: Vec<usize> = (0..columns.len())
                .filter(|at| matches!(answer.columns[*at].role, Role::Time | Role::Measure))
                .collect();
            for at in &beside {
                let column = columns[*at].clone();
                let name = format!("compare.{}", column.name);
                let label = format!("{} (compared)", column.label);
                columns.push(Column { name, label, ..column });
            }
            for (row, other) in rows.iter_mut().zip(&other.rows) {
                let cell = |at: &usize| other.get(*at).cloned().unwrap_or(Value::Null);
                row.extend(beside.iter().map(cell));
            }
            about.push(("inlay.compare.from", other.time.from));
            about.push(("inlay.compare.to", other.time.to));
        }
        Self { columns, rows, zone: answer.time.zone, about }
    }
}

impl From<RowsPage> for Table {
    fn from(page: RowsPage) -> Self {
        let columns = page.columns.into_iter().map(|column| Column {
            name: column.name,
            label: column.label,
            kind: column.kind,
            currency: None,
        });
        let mut about = vec![
            ("inlay.version", page.version),
            ("inlay.from", page.time.from),
            ("inlay.to", page.time.to),
        ];
        about.extend(page.next.map(|next| ("inlay.next", next)));
        Self { columns: columns.collect(), rows: page.rows, zone: page.time.zone, about }
    }
}

#[cfg(test)]
mod tests;
