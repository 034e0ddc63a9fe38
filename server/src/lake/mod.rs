//! Takes events from the raw log into columns: normalise, flush, merge, keep, erase, sweep. Everything here can
//! be rebuilt from the raw log.
//!
//! Each tenant has a folder of its own, `<lake>/<tenant>/`, with plain Parquet files, on this machine or
//! in an object storage. The
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
mod aside;
mod batch;
#[doc(hidden)]
pub mod bench;
mod due;
mod enrich;
mod erase;
mod erase_tenant;
mod error;
mod flush;
mod flusher;
mod forget;
mod keeper;
mod merge;
mod modernise;
mod normalise;
mod objects;
mod place;
mod property_column;
mod readers;
mod removal;
mod retention;
pub mod rollup;
mod rows;
mod schema;
mod segment_file;
mod snapshot;
mod sweep;
mod tail;
mod turns;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

pub use adapt::adapt;
pub use due::FlushPolicy;
pub use error::LakeError;
pub use objects::Objects;
pub use place::Place;
pub use property_column::property_values;
pub use schema::{VALUE_PRECISION, VALUE_SCALE, arrow_schema, property_type};
pub use snapshot::{Snapshot, Version};

use self::forget::Forgetters;
use self::readers::Readers;
use self::rollup::Worth;
use self::tail::Tails;
use self::turns::Turns;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ids::TenantId;
use crate::model::Model;
use crate::policy::{Policy, TenantScope};
use crate::store::Store;

/// The columns of all tenants. Cheap to clone. One tenant's are reached with its scope only.
#[derive(Debug, Clone)]
pub struct Lake {
    inner: Arc<Inner>,
    /// When they are worth their place.
    rollups: Worth,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    policy: Policy,
    clock: Clock,
    entropy: Entropy,
    objects: Objects,
    readers: Arc<Readers>,
    tails: Tails,
    turns: Turns,
    forgetters: Forgetters,
    /// Tenants whose tails are so heavy that the next round of the flusher takes them in.
    pressing: Mutex<HashSet<TenantId>>,
}

impl Lake {
    /// The lake at `place`; a folder is made where there is none.
    ///
    /// # Errors
    /// [`LakeError`] if the folder cannot be made, or the object storage cannot be set up.
    pub async fn open(
        place: impl Into<Place>,
        store: Store,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Self, LakeError> {
        let objects = Objects::open(place.into()).await?;
        let (policy, readers) = (Policy::new(), Arc::new(Readers::default()));
        let (tails, turns, forgetters) = Default::default();
        let inner = Inner {
            store,
            policy,
            clock,
            entropy,
            objects,
            readers,
            tails,
            turns,
            forgetters,
            pressing: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner), rollups: Worth::default() })
    }

    /// The same lake with rollups where they are worth it.
    #[must_use]
    pub fn with_rollups(mut self, worth: Worth) -> Self {
        self.rollups = worth;
        self
    }

    /// The files of all tenants, each under the name that [`Snapshot::path`] gives.
    pub fn objects(&self) -> &Objects {
        &self.inner.objects
    }

    /// The folder with a folder for each tenant, if the lake lies on this machine.
    pub fn folder(&self) -> Option<&Path> {
        self.inner.objects.folder()
    }

    /// What the tenant's questions can name, and which properties have columns.
    ///
    /// # Errors
    /// [`LakeError`] if the control database fails.
    pub async fn model(&self, scope: &TenantScope) -> Result<Arc<Model>, LakeError> {
        Ok(self.inner.store.tenant(scope).model().await?)
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
