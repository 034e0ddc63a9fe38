//! Files of events, read row by row: CSV, JSON lines, Parquet. Both the shell's import and the API's
//! jobs read with it.
//!
//! A file's columns are mapped to an event's fields by name; what is left becomes properties. Every row
//! takes the way of every other event: validated, deduplicated, refused into the dead letters. A row
//! without an id is given one by its place and content, so importing a file again adds nothing.

mod columns;
mod csv;
mod draft;
mod error;
mod lines;
mod parquet;
mod rows;
mod store;
mod value;

use std::fs::File;

pub use columns::Columns;
pub use error::{InvalidColumns, ReadError};
pub use rows::Portion;
pub use store::{Tally, store};

use self::rows::Rows;
use crate::ids::TenantId;

/// Most bytes of a row. An event has fewer; a file that goes on for longer is none of these kinds.
const MAX_ROW: usize = 1024 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// With a head; commas.
    Csv,
    /// A JSON object a line.
    Lines,
    /// Columns.
    Parquet,
}

impl Kind {
    /// By the end of a file's name.
    pub fn of_extension(end: &str) -> Option<Self> {
        match end.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Lines),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// By its media type, in lower case.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" => Some(Self::Lines),
            "application/vnd.apache.parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// As it is written down.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "jsonl",
            Self::Parquet => "parquet",
        }
    }
}

/// What to read, and how.
#[derive(Debug)]
pub struct Reading {
    /// The file.
    pub file: File,
    /// What it is.
    pub kind: Kind,
    /// What its columns are.
    pub columns: Columns,
    /// Whose all rows are; with none, each one names its own.
    pub tenant: Option<TenantId>,
    /// Rows at its beginning that were taken before.
    pub skip: u64,
    /// Rows of a portion.
    pub portion: usize,
}

impl Reading {
    /// Reads the file and hands its rows on in portions, until `send` is false: then nobody listens.
    /// Blocks; never holds more than a portion and a row.
    ///
    /// # Errors
    /// [`ReadError`]. Portions that were handed on before stay handed on.
    pub fn run(self, send: &dyn Fn(Portion) -> bool) -> Result<(), ReadError> {
        let Self { file, kind, columns, tenant, skip, portion } = self;
        let size = file.metadata().map_err(|error| ReadError::unreadable(None, error))?.len();
        let mut rows = Rows::new(tenant.as_ref(), skip, portion, size, send);
        let read = match kind {
            Kind::Csv => csv::read(file, &columns, &mut rows),
            Kind::Lines => lines::read(file, &columns, &mut rows),
            Kind::Parquet => parquet::read(file, &columns, &mut rows),
        };
        // What came before the row that cannot be read is as good as ever.
        let sent = rows.finish();
        read.and(sent)
    }
}
