//! Tells whoever remembers answers to forget those of a tenant, when something was erased; and whoever
//! remembers what is in a file to forget it, when the file goes: its footer has the least and the greatest
//! values of its columns.

use std::fmt;

use parking_lot::Mutex;

use super::segment_file::{paths, segment_of};
use super::{Lake, LakeError};
use crate::ids::TenantId;

type Forgetter<T> = Box<dyn Fn(&T) + Send + Sync>;

/// Those who remember something.
#[derive(Default)]
pub(super) struct Forgetters {
    of_tenants: Mutex<Vec<Forgetter<TenantId>>>,
    of_files: Mutex<Vec<Forgetter<str>>>,
}

impl fmt::Debug for Forgetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forgetters(…)")
    }
}

impl Lake {
    /// Has `forget` called for each tenant of which something was erased. Without it nothing wrong would
    /// be answered, since the version has changed; but what was erased would stay in memory.
    pub fn when_erased(&self, forget: impl Fn(&TenantId) + Send + Sync + 'static) {
        self.inner.forgetters.of_tenants.lock().push(Box::new(forget));
    }

    /// Has `forget` called with the name of each file that is removed.
    pub fn when_removed(&self, forget: impl Fn(&str) + Send + Sync + 'static) {
        self.inner.forgetters.of_files.lock().push(Box::new(forget));
    }

    /// Removes a file, and what is remembered of it.
    pub(super) async fn remove_file(&self, tenant: &TenantId, name: &str) -> Result<(), LakeError> {
        self.inner.objects.remove(name).await?;
        // One that was set aside is remembered by the name that it had; a rollup, by its own.
        let Some(id) = segment_of(name) else { return Ok(()) };
        for forget in &*self.inner.forgetters.of_files.lock() {
            paths(tenant, &id).iter().for_each(|name| forget(name));
        }
        Ok(())
    }

    pub(super) fn forget(&self, tenant: &TenantId) {
        self.inner.tails.forget(tenant);
        for forget in &*self.inner.forgetters.of_tenants.lock() {
            forget(tenant);
        }
    }
}
