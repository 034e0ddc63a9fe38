//! The door to the query slots: a query waits here for its turn, as [`Schedule`] gives it.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::schedule::{Bounds, Schedule, Started, Ticket};
use crate::clock::{Clock, Stopwatch};
use crate::ids::TenantId;

/// How much work the engine has, for operators and benchmarks.
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
pub(super) struct TooMany;

/// Hands out slots. One an engine; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    line: Arc<Mutex<Line>>,
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
pub(super) struct Slot {
    admission: Admission,
    tenant: TenantId,
    started: Started,
    watch: Stopwatch,
}

/// A place in line. Whoever drops it leaves, or gives back the slot that it was just given.
struct Place {
    admission: Admission,
    tenant: TenantId,
    ticket: Ticket,
    turn: oneshot::Receiver<Started>,
    called: bool,
}

impl Admission {
    pub(super) fn new(bounds: Bounds, weights: HashMap<TenantId, u32>, clock: Clock) -> Self {
        let schedule = Schedule::new(bounds, weights);
        let line = Line { schedule, tickets: 0, waiting: HashMap::new(), refused: 0 };
        Self { line: Arc::new(Mutex::new(line)), clock }
    }

    /// Waits for a slot. Dropping the future leaves the line.
    pub(super) async fn admit(&self, tenant: &TenantId) -> Result<Slot, TooMany> {
        let mut place = self.join(tenant)?;
        let turn = (&mut place.turn).await;
        place.called = true;
        let started = turn.expect("a place in line is called before its sender goes");
        let (admission, watch) = (self.clone(), self.clock.stopwatch());
        Ok(Slot { admission, tenant: tenant.clone(), started, watch })
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
        let (admission, tenant) = (self.clone(), tenant.clone());
        Ok(Place { admission, tenant, ticket, turn, called: false })
    }

    /// Counts a query that gave up waiting.
    pub(super) fn gave_up(&self) {
        self.line.lock().refused += 1;
    }

    pub(super) fn load(&self) -> Load {
        let line = self.line.lock();
        let (running, waiting) = (line.schedule.running(), line.schedule.waiting());
        Load { running, waiting, refused: line.refused }
    }
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
        let mut line = self.admission.line.lock();
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
        #[expect(clippy::cast_possible_truncation, reason = "no query runs for 292,000 years")]
        let micros = (self.watch.elapsed_ms() * 1e3) as i64;
        let mut line = self.admission.line.lock();
        line.schedule.done(&self.tenant, self.started, micros);
        line.call();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn admission(slots: usize) -> Admission {
        let bounds = Bounds { slots, tenant_running: slots, tenant_waiting: 2 };
        Admission::new(bounds, HashMap::new(), Clock::system())
    }

    fn tenant(id: &str) -> TenantId {
        id.parse().unwrap()
    }

    fn load(admission: &Admission) -> (usize, usize, u64) {
        let Load { running, waiting, refused } = admission.load();
        (running, waiting, refused)
    }

    #[test]
    fn who_goes_away_leaves_the_line_and_gives_the_slot_back() {
        let door = admission(1);
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
    fn a_slot_is_free_again_when_its_query_is_dropped() {
        let door = admission(2);
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
