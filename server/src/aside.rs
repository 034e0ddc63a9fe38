//! Work that steps back while somebody waits for an answer: its threads have a lower priority, so the
//! machine gives them the time that queries leave, and a small part of what they do not.
//!
//! Priorities are the operating system's. Where it lets nobody lower them, all work is equal.

use std::sync::LazyLock;

use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Answers for whoever has many questions in line. An eighth of the time of a thread that answers one alone,
/// where the two meet.
static CROWDS: LazyLock<Runtime> = LazyLock::new(|| threads("crowds", 25));
/// Reading the events of requests: their senders wait for a receipt, and nobody looks on. As much.
static EVENTS: LazyLock<Runtime> = LazyLock::new(|| threads("events", 25));
/// Writing and merging files: nobody waits. Less than half of that.
static UPKEEP: LazyLock<Runtime> = LazyLock::new(|| threads("upkeep", 15));

/// Works at an answer on a thread of its own.
pub(crate) fn answer_a_crowd<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    CROWDS.spawn_blocking(work)
}

/// Reads events on a thread of its own.
pub(crate) fn read_events<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    EVENTS.spawn_blocking(work)
}

/// Keeps files in order on a thread of its own.
pub(crate) fn keep_files<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    UPKEEP.spawn_blocking(work)
}

/// Threads of a priority from 0 to 99, of which those of answers have 51. Who gives them work bounds it.
fn threads(name: &str, priority: u8) -> Runtime {
    let priority = ThreadPriorityValue::try_from(priority).expect("it is below 100");
    Builder::new_current_thread()
        .thread_name(name)
        .on_thread_start(move || {
            // Without the right to it, the work is done all the same.
            drop(set_current_thread_priority(ThreadPriority::Crossplatform(priority)));
        })
        .build()
        .expect("a runtime without a driver needs nothing of the system")
}
