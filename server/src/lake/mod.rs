//! Takes events from the raw log into columns: normalise, flush, merge, sweep. Everything here can
//! be rebuilt from the raw log.
//!
//! Each tenant has a folder of its own, `<data>/lake/<tenant>/`, with plain Parquet files. The
//! catalogue in the control database says which of them are live and how far into the raw log they
//! reach, and both change in one transaction. So whenever a process dies, no event is lost and none
//! is there twice: a file without a row is garbage to sweep, a row without a file cannot be, because
//! the file is synced before the row is written.
//!
//! Several processes may do this on one folder. Whoever commits a step first has done it; the other
//! one throws its file away.
//!
//! Nobody waits for a file. What the raw log has beyond the last flush is served from memory: the hot
//! tail, which a [`Snapshot`] brings up to date from the raw log itself. An accepted event is in the
//! next answer, whichever process took it in.

mod adapt;
mod batch;
mod enrich;
mod error;
mod flush;
mod flusher;
mod merge;
mod modernise;
mod normalise;
mod property_column;
mod readers;
mod rows;
mod schema;
mod segment_file;
mod snapshot;
mod sweep;
mod tail;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

pub use adapt::adapt;
pub use error::LakeError;
pub use property_column::property_values;
pub use schema::{VALUE_PRECISION, VALUE_SCALE, arrow_schema, property_type};
pub use snapshot::{Snapshot, Version};

use self::readers::Readers;
use self::sweep::Retired;
use self::tail::Tails;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::policy::{Policy, TenantScope};
use crate::store::Store;

/// The columns of all tenants. Cheap to clone. One tenant's are reached with its scope only.
#[derive(Debug, Clone)]
pub struct Lake {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    policy: Policy,
    clock: Clock,
    entropy: Entropy,
    root: PathBuf,
    readers: Arc<Readers>,
    retired: Mutex<Vec<Retired>>,
    tails: Tails,
}

impl Lake {
    /// The lake in the folder `root`, which is made where there is none.
    ///
    /// # Errors
    /// [`LakeError::Io`] if the folder cannot be made.
    pub async fn open(
        root: impl AsRef<Path>,
        store: Store,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Self, LakeError> {
        let failed = |source| LakeError::io(root.as_ref(), source);
        tokio::fs::create_dir_all(&root).await.map_err(failed)?;
        let root = tokio::fs::canonicalize(&root).await.map_err(failed)?;
        let (policy, readers) = (Policy::new(), Arc::new(Readers::default()));
        let (retired, tails) = (Mutex::default(), Tails::default());
        let inner = Inner { store, policy, clock, entropy, root, readers, retired, tails };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The folder with a folder for each tenant.
    pub fn root(&self) -> &Path {
        &self.inner.root
    }

    /// The version of one tenant's data. It changes whenever an answer may change.
    ///
    /// # Errors
    /// [`LakeError`] if the control database fails.
    pub async fn version(&self, scope: &TenantScope) -> Result<Version, LakeError> {
        Ok(Version::of(self.inner.store.tenant(scope).position().await?))
    }

    /// Brings one tenant's lake up to its raw log, and its files into good order.
    ///
    /// # Errors
    /// [`LakeError`] if a file or the control database fails. What was committed stays.
    pub async fn flush_now(&self, scope: &TenantScope) -> Result<(), LakeError> {
        self.flush(scope).await?;
        while self.merge(scope).await? > 0 {}
        Ok(())
    }
}

#[cfg(test)]
mod tests;
