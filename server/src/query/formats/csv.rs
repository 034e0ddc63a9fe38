//! CSV as RFC 4180 has it: a header line, commas, CRLF, quotes where they are needed.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, and what events hold
//! was written by strangers. So a text that begins with one of these, or with a tab or a line break
//! that hides one, gets a `'` before it, as OWASP advises. Numbers, amounts and times are written by
//! Inlay itself and stay as they are. Who needs the exact text takes JSON or Arrow.

use csv::{Terminator, Writer, WriterBuilder};
use inlay_shared::ColumnType;
use serde_json::Value;

use super::{PART_ROWS, Table};

/// What the header line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The names of the columns, for machines.
    Plain,
    /// Their labels, for people; and a byte order mark, by which spreadsheets know UTF-8.
    Labels,
}

/// The table as CSV.
pub fn csv(table: Table, names: Names) -> CsvParts {
    CsvParts { table, next: None, names }
}

/// A CSV text, part by part.
#[derive(Debug)]
pub struct CsvParts {
    table: Table,
    /// The row with which the next part begins; before the header, none.
    next: Option<usize>,
    names: Names,
}

impl Iterator for CsvParts {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let Some(from) = self.next else {
            self.next = Some(0);
            return Some(self.header());
        };
        let to = (from + PART_ROWS).min(self.table.rows.len());
        if from == to {
            return None;
        }
        self.next = Some(to);
        let mut writer = writer(Vec::new());
        for row in &self.table.rows[from..to] {
            let cells = row.iter().zip(&self.table.columns).map(|(cell, c)| text(cell, c.kind));
            writer.write_record(cells).expect("rows of a table are all as long");
        }
        Some(finished(writer))
    }
}

impl CsvParts {
    fn header(&self) -> Vec<u8> {
        let (mark, labelled) = match self.names {
            Names::Plain => ("", false),
            Names::Labels => ("\u{feff}", true),
        };
        let mut writer = writer(mark.as_bytes().to_vec());
        let cells = self.table.columns.iter().map(|column| {
            let name = if labelled { &column.label } else { &column.name };
            match &column.currency {
                Some(currency) if labelled => harmless(format!("{name} ({currency})")),
                _ => harmless(name.clone()),
            }
        });
        writer.write_record(cells).expect("memory takes every write");
        finished(writer)
    }
}

fn writer(begun: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(begun)
}

fn finished(writer: Writer<Vec<u8>>) -> Vec<u8> {
    writer.into_inner().expect("memory takes every write")
}

fn text(cell: &Value, kind: ColumnType) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) if kind == ColumnType::String => harmless(text.clone()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn harmless(text: String) -> String {
    // The full-width forms are folded into the plain ones by some spreadsheets.
    let acts = |letter: char| {
        matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    };
    if text.starts_with(acts) { format!("'{text}") } else { text }
}
