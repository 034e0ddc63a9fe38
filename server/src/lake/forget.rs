//! Tells whoever remembers answers to forget those of a tenant, when something was erased.

use std::fmt;

use parking_lot::Mutex;

use super::Lake;
use crate::ids::TenantId;

type Forgetter = Box<dyn Fn(&TenantId) + Send + Sync>;

/// Those who remember something.
#[derive(Default)]
pub(super) struct Forgetters(Mutex<Vec<Forgetter>>);

impl fmt::Debug for Forgetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forgetters(…)")
    }
}

impl Lake {
    /// Has `forget` called for each tenant of which something was erased. Without it nothing wrong would
    /// be answered, since the version has changed; but what was erased would stay in memory.
    pub fn when_erased(&self, forget: impl Fn(&TenantId) + Send + Sync + 'static) {
        self.inner.forgetters.0.lock().push(Box::new(forget));
    }

    pub(super) fn forget(&self, tenant: &TenantId) {
        self.inner.tails.forget(tenant);
        for forget in &*self.inner.forgetters.0.lock() {
            forget(tenant);
        }
    }
}
