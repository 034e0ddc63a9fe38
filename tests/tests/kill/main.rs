//! What is accepted is stored, exactly once, whatever happens to the process and to its disk.

#[cfg(target_os = "linux")]
mod disk;
mod erasing;
mod imports;
mod rounds;
mod sender;

use self::rounds::{Rounds, survive};

/// Small requests: most kills hit an append, a start, or a small flush that takes older files along.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_is_stored_exactly_once_through_200_kills() {
    survive(Rounds { count: 200, batch: 20, longest: 250, now_and_then: 1_600 }).await;
}

/// Large ones: every flush is a file that is soon put together with others, and kills hit that too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_accepted_is_stored_exactly_once_through_kills_of_large_flushes_and_merges() {
    survive(Rounds { count: 30, batch: 900, longest: 1_200, now_and_then: 3_000 }).await;
}
