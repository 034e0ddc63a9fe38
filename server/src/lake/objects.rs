//! The files of the lake, in a folder or in an object storage: put whole, read, list, remove.
//!
//! Every file is named once and never changed. In a folder it is written as a draft, synced, and only
//! then under its name; a storage shows an object when it is whole. A file that went out of use is
//! set aside there under a hidden name, so that `<tenant>/*.parquet` are the live ones; whoever still
//! reads it finds it under either name. A storage cannot rename, so there it stays until it is removed.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::runtime::Handle;
use url::Url;

use super::LakeError;
use super::aside::{Readable, aside};
use super::place::{Place, plain_text_allowed};
use crate::config::Aws;

/// The files of one lake. Cheap to clone. Their names are relative to it: `acme/seg_….parquet`.
#[derive(Debug, Clone)]
pub struct Objects(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn ObjectStore>,
    readable: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    address: String,
    runtime: Handle,
}

impl Objects {
    /// The files at `place`. A folder is made where there is none.
    ///
    /// # Errors
    /// [`LakeError`] if the folder cannot be made, or the storage's settings are not usable.
    pub(super) async fn open(place: Place) -> Result<Self, LakeError> {
        let (store, folder, address): (Arc<dyn ObjectStore>, _, _) = match place {
            Place::Folder(folder) => {
                let failed = |source| LakeError::io(&folder, source);
                tokio::fs::create_dir_all(&folder).await.map_err(failed)?;
                let folder = tokio::fs::canonicalize(&folder).await.map_err(failed)?;
                let store = LocalFileSystem::new_with_prefix(&folder)
                    .map_err(|source| LakeError::object("", source))?;
                let address = folder.display().to_string();
                (Arc::new(store), Some(folder), address)
            }
            Place::Bucket { url, aws } => {
                let address = url.as_str().trim_end_matches('/').to_owned();
                (bucket(&url, &aws)?, None, address)
            }
        };
        let readable = Arc::new(Readable::new(store.clone()));
        let runtime = Handle::current();
        Ok(Self(Arc::new(Inner { store, readable, folder, address, runtime })))
    }

    /// The folder that they lie in, if it is one of this machine.
    pub fn folder(&self) -> Option<&Path> {
        self.0.folder.as_deref()
    }

    /// The same files for a reader that wants an object store: read only, and what was set aside is
    /// found under its old name.
    pub fn readable(&self) -> Arc<dyn ObjectStore> {
        self.0.readable.clone()
    }

    /// Where a file is, for whoever reads it without Inlay: a path or a URL.
    pub fn address(&self, name: &str) -> String {
        format!("{}/{name}", self.0.address)
    }

    /// Opens a file of a local lake, also one that was just set aside. `None`: the lake is not local.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn file(&self, name: &str) -> Option<Result<File, LakeError>> {
        let folder = self.folder()?;
        let path = folder.join(name);
        let opened = File::open(&path).or_else(|error| match aside(name) {
            Some(hidden) if error.kind() == ErrorKind::NotFound => File::open(folder.join(hidden)),
            _ => Err(error),
        });
        Some(opened.map_err(|source| LakeError::io(&path, source)))
    }

    /// The whole of an object. For blocking threads.
    ///
    /// # Errors
    /// [`LakeError`] if it cannot be read.
    pub fn bytes(&self, name: &str) -> Result<Bytes, LakeError> {
        let read = async { self.0.readable.get(&Key::from(name)).await?.bytes().await };
        self.0.runtime.block_on(read).map_err(|source| LakeError::object(name, source))
    }

    /// Parts of an object, in their order. For blocking threads.
    ///
    /// # Errors
    /// [`LakeError`] if they cannot be read.
    pub fn ranges(&self, name: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, LakeError> {
        let key = Key::from(name);
        let read = self.0.readable.get_ranges(&key, ranges);
        self.0.runtime.block_on(read).map_err(|source| LakeError::object(name, source))
    }

    /// Writes a new file. When it returns, the file is on disk, or in the storage, under its name. For
    /// blocking threads.
    ///
    /// # Errors
    /// [`LakeError`] if it cannot be written; then there is nothing under its name.
    pub fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), LakeError> {
        let Some(folder) = self.folder() else {
            let put = async { self.0.store.put(&Key::from(name), bytes.into()).await };
            let done = self.0.runtime.block_on(put).map(drop);
            return done.map_err(|source| LakeError::object(name, source));
        };
        let path = folder.join(name);
        let parent = path.parent().expect("a name has a tenant's folder before it");
        if !parent.exists() {
            fs::create_dir_all(parent).map_err(|source| LakeError::io(parent, source))?;
            sync_folder(folder)?;
        }
        let draft = folder.join(draft(name));
        let failed = |source| LakeError::io(&draft, source);
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        if let Err(source) = written {
            // What is left of it would be swept; on a full disk it had better go at once.
            let _swept_later = fs::remove_file(&draft);
            return Err(failed(source));
        }
        fs::rename(&draft, &path).map_err(failed)?;
        sync_folder(parent)
    }

    /// Sets a file aside that went out of use: a reader of the folder no longer sees it. In an object
    /// storage nothing happens.
    pub(super) fn set_aside(&self, name: &str) {
        if let (Some(folder), Some(hidden)) = (self.folder(), aside(name))
            && let Err(error) = fs::rename(folder.join(name), folder.join(hidden))
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(name, %error, "could not set a replaced file aside");
        }
    }

    /// Removes a file, also if it was set aside. There may be none.
    ///
    /// # Errors
    /// [`LakeError`] if it is still there.
    pub(super) async fn remove(&self, name: &str) -> Result<(), LakeError> {
        let hidden = aside(name).filter(|_| self.folder().is_some());
        for name in [Some(name.to_owned()), hidden].into_iter().flatten() {
            match self.0.store.delete(&Key::from(name.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(source) => return Err(LakeError::object(&name, source)),
            }
        }
        Ok(())
    }

    /// Names of all files of a tenant, or of all tenants, drafts and what was set aside included.
    ///
    /// # Errors
    /// [`LakeError`] if they cannot be listed.
    pub(super) async fn list(&self, tenant: Option<&str>) -> Result<Vec<String>, LakeError> {
        let prefix = tenant.map(Key::from);
        let names = self.0.store.list(prefix.as_ref()).map_ok(|object| object.location.to_string());
        let listed = names.try_collect().await;
        listed.map_err(|source| LakeError::object(tenant.unwrap_or_default(), source))
    }

    /// Removes a tenant's own folder once it is empty. A storage has no folders.
    pub(super) fn remove_folder(&self, tenant: &str) {
        let Some(folder) = self.folder() else { return };
        // What is in the way is swept another time.
        let _not_empty = fs::remove_dir(folder.join(tenant));
    }
}

/// Under this name a file is written before it is whole.
fn draft(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    format!("{folder}/.{file}.draft")
}

fn bucket(url: &Url, aws: &Aws) -> Result<Arc<dyn ObjectStore>, LakeError> {
    let wrong = |reason: String| LakeError::Place { address: url.to_string(), reason };
    let name = url.host_str().unwrap_or_default();
    let mut builder = AmazonS3Builder::new();
    for (key, value) in aws.settings() {
        // What this storage has no use for is another program's business.
        if let Ok(key) = key.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    let endpoints = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let endpoint = endpoints.iter().find_map(|key| builder.get_config_value(key));
    let plain = endpoint.as_deref().map_or(Ok(false), plain_text_allowed).map_err(wrong)?;
    let store = builder
        .with_bucket_name(name)
        .with_allow_http(plain)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let prefix = url.path().trim_matches('/');
    if prefix.is_empty() {
        return Ok(Arc::new(store));
    }
    Ok(Arc::new(PrefixStore::new(store, Key::from(prefix))))
}

fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(|source| LakeError::io(folder, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_hidden_beside_its_file() {
        assert_eq!(draft("acme/seg_1.parquet"), "acme/.seg_1.parquet.draft");
    }

    #[test]
    fn a_bucket_over_plain_text_must_be_here() {
        let url = "s3://bucket/lake".parse().unwrap();
        let aws = |endpoint: &str| {
            Aws::from_pairs([("AWS_ENDPOINT_URL", endpoint), ("AWS_REGION", "eu-central-1")])
        };
        assert!(bucket(&url, &aws("http://127.0.0.1:9")).is_ok());
        assert!(bucket(&url, &aws("https://s3.example")).is_ok());
        let error = bucket(&url, &aws("http://s3.example")).unwrap_err().to_string();
        assert!(error.contains("plain text"), "{error}");
    }
}
