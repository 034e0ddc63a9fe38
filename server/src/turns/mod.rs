//! Turns: whoever has work for the cores waits here until it is its tenant's, as [`Schedule`] says. Queries
//! have a line of their own, and so have requests with events; what is said of queries holds for both.

mod schedule;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

pub(crate) use self::schedule::Bounds;
use self::schedule::{Schedule, Started, Ticket};
use crate::aside;
use crate::clock::{Clock, Stopwatch};
use crate::ids::TenantId;

/// Longest rest of a worker before it does its next piece: nobody stands still.
const REST: Duration = Duration::from_millis(25);

/// How much work a line has, for operators and benchmarks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Queries that run now.
    pub running: usize,
    /// Queries in line.
    pub waiting: usize,
    /// Queries that were refused since the start, because their tenant's line was full or too slow.
    pub refused: u64,
}

/// The tenant has as many queries running and in line as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// A line, and the slots it leads to. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    line: Arc<Mutex<Line>>,
    /// Told whenever a query ends.
    ended: Arc<Condvar>,
    clock: Clock,
}

#[derive(Debug)]
struct Line {
    schedule: Schedule,
    tickets: Ticket,
    waiting: HashMap<Ticket, oneshot::Sender<Started>>,
    refused: u64,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    pace: Pace,
    watch: Stopwatch,
}

/// How the workers of a query go about it. They may outlive its slot: one that hangs in a read of a broken
/// disk must not hold it.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    turns: Turns,
    tenant: TenantId,
    started: Started,
    /// How long they rested, in microseconds.
    rested: Arc<AtomicU64>,
}

/// A place in line. Whoever drops it leaves, or gives back the slot that it was just given.
struct Place {
    turns: Turns,
    tenant: TenantId,
    ticket: Ticket,
    turn: oneshot::Receiver<Started>,
    called: bool,
}

impl Turns {
    pub(crate) fn new(bounds: Bounds, weights: HashMap<TenantId, u32>, clock: Clock) -> Self {
        let schedule = Schedule::new(bounds, weights);
        let line = Line { schedule, tickets: 0, waiting: HashMap::new(), refused: 0 };
        Self { line: Arc::new(Mutex::new(line)), ended: Arc::default(), clock }
    }

    /// Waits for a slot. Dropping the future leaves the line.
    pub(crate) async fn admit(&self, tenant: &TenantId) -> Result<Slot, TooMany> {
        let mut place = self.join(tenant)?;
        let turn = (&mut place.turn).await;
        place.called = true;
        let started = turn.expect("a place in line is called before its sender goes");
        let (turns, tenant, rested) = (self.clone(), tenant.clone(), Arc::default());
        let pace = Pace { turns, tenant, started, rested };
        Ok(Slot { pace, watch: self.clock.stopwatch() })
    }

    fn join(&self, tenant: &TenantId) -> Result<Place, TooMany> {
        let mut line = self.line.lock();
        line.tickets += 1;
        let ticket = line.tickets;
        if line.schedule.join(tenant, ticket).is_err() {
            line.refused += 1;
            return Err(TooMany);
        }
        let (call, turn) = oneshot::channel();
        line.waiting.insert(ticket, call);
        line.call();
        drop(line);
        let (turns, tenant) = (self.clone(), tenant.clone());
        Ok(Place { turns, tenant, ticket, turn, called: false })
    }

    /// Counts a query that gave up waiting.
    pub(crate) fn gave_up(&self) {
        self.line.lock().refused += 1;
    }

    pub(crate) fn load(&self) -> Load {
        let line = self.line.lock();
        let (running, waiting) = (line.schedule.running(), line.schedule.waiting());
        Load { running, waiting, refused: line.refused }
    }
}

impl Slot {
    /// How its workers go about it.
    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }
}

impl Pace {
    /// How many of so many cores the query should work on: its tenant's others have some already.
    pub(crate) fn workers(&self, cores: usize) -> usize {
        (cores / (self.started.beside + 1)).max(1)
    }

    /// Does work for it on a thread of its own, with the others of its line in mind.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        if self.started.crowded { aside::answer_a_crowd(work) } else { spawn_blocking(work) }
    }

    /// Rests for a moment if a tenant that wants less is at work. For a worker's thread, between two
    /// pieces of its work.
    pub(crate) fn give_way(&self) {
        let Turns { line, ended, clock } = &self.turns;
        let watch = clock.stopwatch();
        let mut line = line.lock();
        let gives_way = |line: &mut Line| line.schedule.gives_way(&self.tenant);
        if !gives_way(&mut line) {
            return;
        }
        ended.wait_while_for(&mut line, gives_way, REST);
        drop(line);
        self.rested.fetch_add(micros(&watch).unsigned_abs(), Ordering::Relaxed);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no query runs for 292,000 years")]
fn micros(watch: &Stopwatch) -> i64 {
    (watch.elapsed_ms() * 1e3) as i64
}

impl Line {
    /// Calls everybody whose turn it is.
    fn call(&mut self) {
        while let Some(started) = self.schedule.next() {
            if let Some(call) = self.waiting.remove(&started.ticket) {
                // Who is going away just now gives the slot back from its place.
                let _ = call.send(started);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.called {
            return;
        }
        let mut line = self.turns.line.lock();
        if line.schedule.leave(&self.tenant, self.ticket) {
            line.waiting.remove(&self.ticket);
        } else if let Ok(started) = self.turn.try_recv() {
            line.schedule.done(&self.tenant, started, 0);
            line.call();
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // Workers rest side by side, so this is at most what they rested one after the other.
        let Pace { turns, tenant, started, rested } = &self.pace;
        let rested = i64::try_from(rested.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let took = micros(&self.watch).saturating_sub(rested).max(0);
        let mut line = turns.line.lock();
        line.schedule.done(tenant, *started, took);
        line.call();
        turns.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn turns(slots: usize) -> Turns {
        let bounds = Bounds { slots, tenant_running: slots, tenant_waiting: 2 };
        Turns::new(bounds, HashMap::new(), Clock::system())
    }

    fn tenant(id: &str) -> TenantId {
        id.parse().unwrap()
    }

    fn load(turns: &Turns) -> (usize, usize, u64) {
        let Load { running, waiting, refused } = turns.load();
        (running, waiting, refused)
    }

    #[test]
    fn who_goes_away_leaves_the_line_and_gives_the_slot_back() {
        let door = turns(1);
        let acme = tenant("acme");
        let first = door.admit(&acme).now_or_never().expect("a slot is free").unwrap();
        let mut second = Box::pin(door.admit(&acme));
        assert!(second.as_mut().now_or_never().is_none());
        let mut third = Box::pin(door.admit(&acme));
        assert!(third.as_mut().now_or_never().is_none());
        assert_eq!(load(&door), (1, 2, 0));
        assert_eq!(door.admit(&acme).now_or_never().expect("at once").unwrap_err(), TooMany);
        drop(second);
        assert_eq!(load(&door), (1, 1, 1));
        drop(first);
        assert_eq!(load(&door), (1, 0, 1), "the third was called");
        // It was called and never looked: the slot must not be lost.
        drop(third);
        assert_eq!(load(&door), (0, 0, 1));
        assert!(door.admit(&acme).now_or_never().expect("a slot is free").is_ok());
    }

    #[test]
    fn a_rest_ends_with_the_work_that_it_is_for_and_is_not_paid_for() {
        let door = turns(1);
        let id = tenant("crowd");
        let crowd = door.admit(&id).now_or_never().expect("a slot is free").unwrap();
        let mut line: Vec<_> = (0..2).map(|_| Box::pin(door.admit(&id))).collect();
        assert!(line.iter_mut().all(|waits| waits.as_mut().now_or_never().is_none()));
        crowd.pace().give_way();
        assert_eq!(crowd.pace().rested.load(Ordering::Relaxed), 0, "there is nobody to rest for");
        let guest = door.admit(&tenant("acme")).now_or_never().expect("as a guest").unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| crowd.pace().give_way());
            // It rests until the guest goes, or a moment at most.
            drop(guest);
        });
        crowd.pace().give_way();
        let rested = crowd.pace().rested.load(Ordering::Relaxed);
        let guest = door.admit(&tenant("acme")).now_or_never().expect("as a guest").unwrap();
        crowd.pace().give_way();
        assert!(crowd.pace().rested.load(Ordering::Relaxed) >= rested + 25_000, "the longest rest");
        drop(guest);
    }

    #[test]
    fn a_slot_is_free_again_when_its_query_is_dropped() {
        let door = turns(2);
        let acme = tenant("acme");
        for _ in 0..100 {
            let slots: Vec<_> =
                (0..2).map(|_| door.admit(&acme).now_or_never().expect("free").unwrap()).collect();
            assert_eq!(load(&door).0, 2);
            drop(slots);
        }
        assert_eq!(load(&door), (0, 0, 0));
    }
}
