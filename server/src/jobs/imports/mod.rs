//! Imports of large files. The file lies in the data folder (`spool`) until its job has ended; the job
//! is a row of the control database, and a runner takes one a tenant and a few at once.
//!
//! An event without an id gets one from its place in the file, so a row is taken once however often
//! it is read. After each portion the job writes down how far it is, and after a restart it goes on
//! from there. Between a portion and that note the process may die: then the portion is read again, and
//! its events count as duplicates.

mod run;
mod runner;
mod spool;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use inlay_shared::Import;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use self::spool::{Upload, UploadError};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ids::ImportId;
use crate::ingest::Ingest;
use crate::ingest::import::{Columns, InvalidColumns, Kind};
use crate::policy::{Action, Duty, Policy, Principal, SystemScope, TenantScope};
use crate::store::{Store, StoreError};

/// Imports of a tenant that have not ended, those that are being sent among them.
const MOST_OPEN: u64 = 10;

/// The imports of a deployment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Imports(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    most_bytes: u64,
    ingest: Ingest,
    store: Store,
    duty: SystemScope,
    policy: Policy,
    clock: Clock,
    entropy: Entropy,
    uploads: spool::Uploads,
    /// Jobs under way, by what ends them.
    running: Mutex<HashMap<ImportId, CancellationToken>>,
    wake: Notify,
}

/// What the columns of a file are, as it is written down with the job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// `COLUMN=FIELD`
    pub map: Vec<String>,
    /// Columns that are left out.
    pub skip: Vec<String>,
}

impl Mapping {
    /// As the reading takes it.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub fn columns(&self) -> Result<Columns, InvalidColumns> {
        Columns::new(&self.map, &self.skip, None)
    }
}

impl Imports {
    /// Imports whose files lie in `folder` and have at most `most_bytes`.
    pub fn new(
        folder: PathBuf,
        most_bytes: u64,
        ingest: Ingest,
        store: Store,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        let policy = Policy::new();
        let duty = policy
            .system(&Principal::Process(Duty::Import), Action::Import)
            .expect("the policies let the process import: tested");
        Self(Arc::new(Inner {
            folder,
            most_bytes,
            ingest,
            store,
            duty,
            policy,
            clock,
            entropy,
            uploads: Arc::default(),
            running: Mutex::default(),
            wake: Notify::new(),
        }))
    }

    /// Most bytes of a file.
    pub fn most_bytes(&self) -> u64 {
        self.0.most_bytes
    }

    /// Makes room for a file of the tenant.
    ///
    /// # Errors
    /// [`UploadError`]: too many imports have not ended, or the disk does not take it.
    pub async fn receive(&self, scope: &TenantScope) -> Result<Upload, UploadError> {
        let inner = &*self.0;
        let id = ImportId::new(inner.clock.now(), &inner.entropy);
        let place = spool::Place::take(&inner.uploads, id, scope.tenant());
        let open = inner.store.tenant(scope).open_imports().await?;
        if open + place.taken() > MOST_OPEN {
            return Err(UploadError::TooMany);
        }
        Upload::create(&inner.folder, inner.most_bytes, place).await
    }

    /// Makes a job of a file that has come.
    ///
    /// # Errors
    /// [`UploadError`]: it is empty, or the disk or the database does not take it. Then it is gone.
    pub async fn add(
        &self,
        scope: &TenantScope,
        upload: Upload,
        kind: Kind,
        mapping: &Mapping,
    ) -> Result<Import, UploadError> {
        let inner = &*self.0;
        let columns = serde_json::to_string(mapping).expect("a mapping is plain data");
        let kept = upload.finish().await?;
        let store = inner.store.tenant(scope);
        let now = inner.clock.now();
        let added = store.add_import(kept.id(), kind.name(), &columns, kept.bytes(), now).await?;
        let import = added.ok_or(UploadError::NoTenant)?;
        kept.keep();
        inner.wake.notify_one();
        Ok(import)
    }

    /// Ends a job of the tenant, if it has not ended: it takes no further row. False if the tenant has
    /// no such job.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails.
    pub async fn cancel(&self, scope: &TenantScope, id: &ImportId) -> Result<bool, StoreError> {
        let inner = &*self.0;
        let store = inner.store.tenant(scope);
        if store.import(id).await?.is_none() {
            return Ok(false);
        }
        if store.cancel_import(id, inner.clock.now()).await? {
            match inner.running.lock().get(id) {
                // The job removes its file itself.
                Some(stop) => stop.cancel(),
                None => spool::remove(&inner.folder, id),
            }
        }
        Ok(true)
    }
}
