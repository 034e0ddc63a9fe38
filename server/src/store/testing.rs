//! A control database of its own for a test.

use jiff::Timestamp;
use tempfile::TempDir;

use super::Store;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ids::TenantId;
use crate::policy::{Action, Duty, Policy, Principal, SystemScope, TenantScope};

/// A data folder that goes when the test ends.
pub(crate) struct Folder {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
}

impl Folder {
    /// An empty one, at noon of 20 November 2026.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("control.db")).await.unwrap();
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        Self { folder, store, clock: Clock::manual(now), entropy: Entropy::seeded([9; 32]) }
    }
}

/// The right to one tenant's data.
pub(crate) fn scope(tenant: &str) -> TenantScope {
    let tenant: TenantId = tenant.parse().unwrap();
    Policy::new().tenant(&Principal::Process(Duty::Maintain), Action::Maintain, &tenant).unwrap()
}

/// The right to look after the deployment.
pub(crate) fn system() -> SystemScope {
    Policy::new().system(&Principal::Process(Duty::Maintain), Action::Maintain).unwrap()
}
