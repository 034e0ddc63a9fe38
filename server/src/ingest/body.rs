//! The body of a request: unpacked within bounds, then split into the texts of its events.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use super::IngestError;
use super::json::{ArrayError, split_array};
use crate::ids::SourceName;

/// Most bytes of a body, unpacked.
pub const MAX_BODY: usize = 5_000_000;
/// Most events of a body.
pub const MAX_EVENTS: usize = 1_000;

/// A request's body as it came.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The bytes.
    pub bytes: Bytes,
    /// How the events are written.
    pub form: Form,
    /// The bytes are a gzip stream.
    pub gzip: bool,
    /// The source that they name.
    pub source: Option<SourceName>,
}

/// How events are written in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `application/json`: one array.
    Array,
    /// `application/x-ndjson`: one event a line; empty lines do not count.
    Lines,
}

/// Text within the bounds.
#[derive(Debug)]
pub(super) struct Unpacked {
    text: String,
    form: Form,
}

impl Batch {
    /// Unpacks, but never more than the bounds allow: a bomb is noticed one byte behind them.
    pub(super) fn unpack(self) -> Result<Unpacked, IngestError> {
        let bytes = if self.gzip {
            let mut unpacked = Vec::new();
            MultiGzDecoder::new(&*self.bytes)
                .take(MAX_BODY as u64 + 1)
                .read_to_end(&mut unpacked)
                .map_err(|_| IngestError::InvalidGzip)?;
            unpacked
        } else {
            self.bytes.into()
        };
        if bytes.len() > MAX_BODY {
            return Err(IngestError::BodyTooLarge);
        }
        let text = String::from_utf8(bytes)
            .map_err(|error| IngestError::InvalidUtf8 { at: error.utf8_error().valid_up_to() })?;
        if text.trim_ascii().is_empty() {
            return Err(IngestError::EmptyBody);
        }
        Ok(Unpacked { text, form: self.form })
    }
}

impl Batch {
    /// The texts of its events, in order.
    ///
    /// # Errors
    /// [`IngestError`] if the body as a whole cannot be read.
    pub fn texts(self) -> Result<Vec<String>, IngestError> {
        Ok(self.unpack()?.split()?.into_iter().map(str::to_owned).collect())
    }
}

impl Unpacked {
    /// How much there is to hold.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The texts of the events, in order.
    pub(super) fn split(&self) -> Result<Vec<&str>, IngestError> {
        match self.form {
            Form::Array => split_array(&self.text, MAX_EVENTS).map_err(|error| match error {
                ArrayError::TooMany => IngestError::TooManyEvents,
                ArrayError::NotAnArray => IngestError::NotAnArray,
                ArrayError::Syntax { line, column } => IngestError::InvalidJson { line, column },
            }),
            Form::Lines => {
                let lines = self.text.lines().map(str::trim_ascii).filter(|line| !line.is_empty());
                let lines: Vec<&str> = lines.take(MAX_EVENTS + 1).collect();
                if lines.len() > MAX_EVENTS {
                    return Err(IngestError::TooManyEvents);
                }
                Ok(lines)
            }
        }
    }
}
