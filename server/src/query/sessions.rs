//! Where aggregations run.

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionContext;

use super::dense::Dense;
use super::limits::Allowance;

/// Sessions of DataFusion to run in, by how much there is to do.
#[derive(Clone)]
pub(super) struct Sessions {
    /// For little data: no thread waits for another one.
    pub(super) small: SessionContext,
    /// For all others: as many partitions as there are cores.
    pub(super) large: SessionContext,
    /// What answers most questions without DataFusion; none to leave it all to DataFusion.
    pub(super) dense: Option<Dense>,
}

impl Sessions {
    const SMALL_ROWS: i64 = 30_000;

    /// The session for so many rows, on the query's own account of memory.
    pub(super) fn pick(&self, rows: i64, allowance: &Allowance) -> SessionContext {
        let cores = self.large.state_ref().read().config().target_partitions();
        let is_small = rows < Self::SMALL_ROWS || allowance.pace().workers(cores) == 1;
        let session = if is_small { &self.small } else { &self.large };
        let shared = session.runtime_env().as_ref().clone();
        let runtime = RuntimeEnv { memory_pool: allowance.memory(), ..shared };
        let state = SessionStateBuilder::new_from_existing(session.state())
            .with_runtime_env(Arc::new(runtime))
            .build();
        SessionContext::new_with_state(state)
    }
}
