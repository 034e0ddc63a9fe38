//! One file of the lake: its footer, and parts of it. On this machine or in an object storage.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use bytes::buf::{Buf, Reader};
use datafusion::common::{DataFusionError, Result};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::reader::{ChunkReader, Length};

use super::columns::as_stored;
use crate::lake::{LakeError, Objects};

/// So much is read from the end of a file for its footer.
const FOOTER: u64 = 64 * 1024;
/// The footer of a file, and how its columns are read.
#[derive(Debug, Clone)]
pub(super) struct Footer(pub(super) Arc<ArrowReaderMetadata>);

/// Where a file is, and how large.
#[derive(Debug)]
pub(super) enum Place {
    Local { file: File, bytes: u64 },
    Remote { objects: Objects, name: String, bytes: u64 },
}

impl Footer {
    fn read(file: &impl ChunkReader) -> Result<Self> {
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let plain = ArrowReaderMetadata::load(file, plain)?;
        let options = ArrowReaderOptions::new().with_schema(as_stored(plain.schema()));
        let stored = ArrowReaderMetadata::try_new(plain.metadata().clone(), options)?;
        Ok(Self(Arc::new(stored)))
    }
}

impl Place {
    /// `bytes`: how large the file is.
    pub(super) fn open(objects: &Objects, name: String, bytes: i64) -> Result<Self> {
        if let Some(file) = objects.file(&name) {
            let file = file.map_err(failed)?;
            let bytes = file.metadata()?.len();
            return Ok(Self::Local { file, bytes });
        }
        let bytes = u64::try_from(bytes).unwrap_or(0);
        Ok(Self::Remote { objects: objects.clone(), name, bytes })
    }

    const fn bytes(&self) -> u64 {
        match self {
            Self::Local { bytes, .. } | Self::Remote { bytes, .. } => *bytes,
        }
    }

    pub(super) fn footer(&self) -> Result<Footer> {
        match self {
            Self::Local { file, .. } => Footer::read(file),
            Self::Remote { objects, name, bytes } => {
                let start = bytes.saturating_sub(FOOTER);
                let chunks = self.read(std::iter::once(start..*bytes).collect())?;
                // A footer that is longer is rare: then the whole file is read.
                Footer::read(&chunks)
                    .or_else(|_| Footer::read(&objects.bytes(name).map_err(failed)?))
            }
        }
    }

    pub(super) fn read(&self, ranges: Vec<Range<u64>>) -> Result<Chunks> {
        let bytes = self.bytes();
        if ranges.iter().any(|range| range.start > range.end || range.end > bytes) {
            let error = ParquetError::EOF("a column ends behind its file".to_owned());
            return Err(error.into());
        }
        let read = match self {
            Self::Local { file, .. } => {
                let read = |range: &Range<u64>| {
                    let length = usize::try_from(range.end - range.start).unwrap_or(0);
                    let mut part = vec![0; length];
                    file.read_exact_at(&mut part, range.start)?;
                    Ok(Bytes::from(part))
                };
                ranges.iter().map(read).collect::<std::io::Result<Vec<_>>>()?
            }
            Self::Remote { objects, name, .. } => objects.ranges(name, &ranges).map_err(failed)?,
        };
        let starts = ranges.into_iter().map(|range| range.start);
        Ok(Chunks { bytes, read: starts.zip(read).collect() })
    }
}

fn failed(error: LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Parts of a file that were read.
#[derive(Debug)]
pub(super) struct Chunks {
    bytes: u64,
    read: Vec<(u64, Bytes)>,
}

impl Chunks {
    fn from(&self, start: u64) -> std::result::Result<Bytes, ParquetError> {
        let found = self.read.iter().find_map(|(first, bytes)| {
            let skip = usize::try_from(start.checked_sub(*first)?).ok()?;
            (skip < bytes.len()).then(|| bytes.slice(skip..))
        });
        found.ok_or_else(|| ParquetError::EOF(format!("nothing was read at byte {start}")))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Chunks {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> std::result::Result<Self::T, ParquetError> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> std::result::Result<Bytes, ParquetError> {
        let rest = self.from(start)?;
        if rest.len() < length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} were not read")));
        }
        Ok(rest.slice(..length))
    }
}
