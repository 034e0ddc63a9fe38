//! Reads the lake's files as an object store, also those that were just set aside.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path as Key;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// The hidden name of a segment that went out of use; other files have none.
pub(super) fn aside(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/')?;
    let id = file.strip_suffix(".parquet")?;
    Some(format!("{folder}/.{id}.retired"))
}

/// A store to read from. A query that began before its file was set aside finds it all the same.
#[derive(Debug)]
pub(super) struct Readable {
    store: Arc<dyn ObjectStore>,
}

impl Readable {
    pub(super) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }
}

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the lake in {}", self.store)
    }
}

fn hidden(error: &Error, location: &Key) -> Option<Key> {
    match error {
        Error::NotFound { .. } => aside(location.as_ref()).map(Key::from),
        _ => None,
    }
}

fn read_only() -> Error {
    Error::NotSupported { source: "queries only read the lake".into() }
}

#[async_trait]
impl ObjectStore for Readable {
    async fn get_opts(&self, location: &Key, options: GetOptions) -> Result<GetResult> {
        match self.store.get_opts(location, options.clone()).await {
            Ok(found) => Ok(found),
            Err(error) => match hidden(&error, location) {
                Some(other) => self.store.get_opts(&other, options).await,
                None => Err(error),
            },
        }
    }

    async fn get_ranges(&self, location: &Key, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        match self.store.get_ranges(location, ranges).await {
            Ok(found) => Ok(found),
            Err(error) => match hidden(&error, location) {
                Some(other) => self.store.get_ranges(&other, ranges).await,
                None => Err(error),
            },
        }
    }

    fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn put_opts(&self, _: &Key, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(read_only())
    }

    async fn put_multipart_opts(
        &self,
        _: &Key,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(read_only())
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Key>>) -> BoxStream<'static, Result<Key>> {
        stream::once(async { Err(read_only()) }).boxed()
    }

    async fn copy_opts(&self, _: &Key, _: &Key, _: CopyOptions) -> Result<()> {
        Err(read_only())
    }
}
