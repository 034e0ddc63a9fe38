//! Files that were sent: written to disk as they come, never held in memory, and removed whatever
//! happens, but where a job wants them.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::{Hash, Hasher};
use parking_lot::Mutex;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::ids::{ImportId, TenantId};
use crate::store::StoreError;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The tenant has too many imports that have not ended.
    #[error("too many imports have not ended: wait for one, or cancel it")]
    TooMany,
    /// There is nothing in it.
    #[error("the file is empty: send it as the body of the request")]
    Empty,
    /// The tenant was erased while the file came.
    #[error("there is no such tenant any more")]
    NoTenant,
    /// It has more bytes than a file may have.
    #[error("the file is larger than {most} bytes: split it")]
    TooLarge {
        /// Most bytes.
        most: u64,
    },
    /// It cannot be written.
    #[error("the file cannot be written")]
    Disk(#[source] io::Error),
    /// The job cannot be written down.
    #[error("the control database failed")]
    Store(#[from] StoreError),
}

/// Uploads under way, and whose they are.
pub(super) type Uploads = Arc<Mutex<HashMap<ImportId, TenantId>>>;

/// A place among the uploads under way. Dropping it frees it.
#[derive(Debug)]
pub(super) struct Place {
    uploads: Uploads,
    id: ImportId,
    taken: u64,
}

impl Place {
    pub(super) fn take(uploads: &Uploads, id: ImportId, tenant: &TenantId) -> Self {
        let mut under_way = uploads.lock();
        under_way.insert(id.clone(), tenant.clone());
        let taken = under_way.values().filter(|one| *one == tenant).count() as u64;
        Self { uploads: uploads.clone(), id, taken }
    }

    /// How many the tenant had when it was taken, this one included.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.uploads.lock().remove(&self.id);
    }
}

/// A file that is coming. Dropping it removes it: a client that goes away leaves nothing.
#[derive(Debug)]
pub struct Upload {
    file: File,
    bytes: u64,
    hash: Hasher,
    most: u64,
    kept: Kept,
}

/// A file that has come. It is removed unless it is [`kept`](Kept::keep).
#[derive(Debug)]
pub(super) struct Kept {
    place: Place,
    bytes: u64,
    path: PathBuf,
    wanted: bool,
}

impl Upload {
    pub(super) async fn create(
        folder: &Path,
        most: u64,
        place: Place,
    ) -> Result<Self, UploadError> {
        tokio::fs::create_dir_all(folder).await.map_err(UploadError::Disk)?;
        let path = path(folder, &place.id);
        let file = File::create_new(&path).await.map_err(UploadError::Disk)?;
        let kept = Kept { place, bytes: 0, path, wanted: false };
        Ok(Self { file, bytes: 0, hash: Hasher::new(), most, kept })
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// [`UploadError`]: the file is too large, or the disk does not take it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(UploadError::TooLarge { most: self.most });
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).await.map_err(UploadError::Disk)
    }

    /// The hash of what has come so far.
    pub fn hash(&self) -> Hash {
        self.hash.finalize()
    }

    /// The whole file, synced.
    pub(super) async fn finish(mut self) -> Result<Kept, UploadError> {
        if self.bytes == 0 {
            return Err(UploadError::Empty);
        }
        self.file.flush().await.map_err(UploadError::Disk)?;
        self.file.sync_all().await.map_err(UploadError::Disk)?;
        self.kept.bytes = self.bytes;
        Ok(self.kept)
    }
}

impl Kept {
    pub(super) fn id(&self) -> &ImportId {
        &self.place.id
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Leaves the file to its job.
    pub(super) fn keep(mut self) {
        self.wanted = true;
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.wanted {
            forget(&self.path);
        }
    }
}

/// Where the file of a job lies.
pub(super) fn path(folder: &Path, id: &ImportId) -> PathBuf {
    folder.join(id.as_str())
}

/// Removes the file of a job that has ended.
pub(super) fn remove(folder: &Path, id: &ImportId) {
    forget(&path(folder, id));
}

/// Removes files that no job wants: of uploads that a crash cut off, and of jobs that ended just before
/// it.
pub(super) fn sweep(folder: &Path, wanted: &HashSet<ImportId>) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let id = entry.file_name().to_str().and_then(|name| name.parse::<ImportId>().ok());
        if id.is_some_and(|id| !wanted.contains(&id)) {
            forget(&entry.path());
        }
    }
    Ok(())
}

fn forget(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the file of an import stays until the next start");
        }
        _ => {}
    }
}
