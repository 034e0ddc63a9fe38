//! One at a time changes a tenant's files in this process: a removal that takes long is not overtaken
//! by flushes and merges again and again. Other processes are held off by the catalogue alone.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

use super::Lake;
use crate::ids::TenantId;

/// Tenants share so many turns: few enough to keep for ever, enough that they seldom meet.
const TURNS: usize = 64;

/// The turns of all tenants.
#[derive(Debug)]
pub(super) struct Turns([Mutex<()>; TURNS]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Lake {
    /// Waits for whoever changes this tenant's files. Nobody may ask for a second turn while holding one.
    pub(super) async fn turn(&self, tenant: &TenantId) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        tenant.hash(&mut hasher);
        let place = hasher.finish() % TURNS as u64;
        self.inner.turns.0[usize::try_from(place).expect("it is below 64")].lock().await
    }
}
