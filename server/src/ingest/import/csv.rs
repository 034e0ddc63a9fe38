//! Rows of a CSV file. Its values have no types; each is taken for what it looks like.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::rc::Rc;

use super::columns::Columns;
use super::draft::Draft;
use super::rows::Rows;
use super::value::Value;
use super::{MAX_ROW, ReadError};

pub(super) fn read(file: File, columns: &Columns, rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let since_row = Rc::new(Cell::new(0));
    let bounded = Bounded { file, since_row: since_row.clone() };
    let mut reader = ::csv::ReaderBuilder::new().from_reader(bounded);
    let head = reader.headers().map_err(|error| ReadError::unreadable(None, error))?;
    let head: Vec<String> = head.iter().map(str::to_owned).collect();
    let roles = columns.roles(&head.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut record = ::csv::StringRecord::new();
    loop {
        since_row.set(0);
        let number = rows.next();
        let more = reader
            .read_record(&mut record)
            .map_err(|error| ReadError::unreadable(Some(number), error))?;
        if !more {
            return Ok(());
        }
        let mut draft = Draft::default();
        for (role, value) in roles.iter().zip(&record) {
            draft.put(role, &Value::Untyped(value));
        }
        rows.push(draft.finish(number), reader.position().byte())?;
    }
}

/// Ends a row that does not end: a quote that nobody closes makes one row of the rest of the file.
struct Bounded {
    file: File,
    since_row: Rc<Cell<usize>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > MAX_ROW {
            let detail = format!("it has more than {MAX_ROW} bytes; a quote may not be closed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, detail));
        }
        let read = self.file.read(buffer)?;
        self.since_row.set(self.since_row.get() + read);
        Ok(read)
    }
}
