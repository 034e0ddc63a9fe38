//! The queue before the raw log: bounded in bytes and requests, and fair among tenants.
//!
//! Whoever wants to append takes a [`Permit`] first, which counts until the append is committed, so
//! what is being parsed is bounded as well as what waits. A tenant may hold as much as is still free
//! (dynamic thresholds): one flooding tenant gets half of the room, two a third each, and there is
//! always some left for the next one. Groups are formed by turns, one request of each tenant.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::StoreError;
use super::append::Append;
use crate::ids::TenantId;

/// Bytes of requests that may be under way.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Requests that may be under way.
const MOST_REQUESTS: usize = 8_192;
/// Events of a group: about 50 ms of work, which is what a request waits for at least behind it.
const GROUP_EVENTS: usize = 4_096;
/// Bytes of a group.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// Requests of a group.
const GROUP_REQUESTS: usize = 1_024;

/// What a request gets: how many of its events were new.
pub(super) type Reply = oneshot::Sender<Result<u64, StoreError>>;

/// A request that waits to be committed.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) append: Append,
    pub(super) reply: Reply,
    permit: Permit,
}

/// The queue of one control database.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    /// Told when a permit is given back.
    room: Notify,
    most: Held,
}

impl Default for Queue {
    fn default() -> Self {
        let most = Held { bytes: MOST_BYTES, requests: MOST_REQUESTS };
        Self { inner: Mutex::default(), room: Notify::new(), most }
    }
}

/// What is under way.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    bytes: usize,
    requests: usize,
}

/// What is under way before the raw log, of all tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendLoad {
    /// Requests that hold a permit.
    pub requests: usize,
    /// Bytes of these.
    pub bytes: usize,
    /// Permits that were refused since the start.
    pub refused: u64,
}

#[derive(Debug, Default)]
struct Inner {
    all: Held,
    refused: u64,
    lines: HashMap<TenantId, Line>,
    /// Tenants with waiting requests, each once, in the order of their turns.
    turns: VecDeque<TenantId>,
    /// Somebody commits groups until nothing waits.
    draining: bool,
}

#[derive(Debug, Default)]
struct Line {
    held: Held,
    waiting: VecDeque<Waiting>,
}

impl Inner {
    /// Counts a tenant's wish, if there is room for it.
    fn take(&mut self, tenant: &TenantId, wish: Held, most: Held) -> bool {
        let held = self.lines.get(tenant).map_or_else(Held::default, |line| line.held);
        let free_bytes = most.bytes.saturating_sub(self.all.bytes);
        let free_requests = most.requests.saturating_sub(self.all.requests);
        // What grows was counted before: half of the room may be one tenant's either way.
        if held.bytes + wish.bytes > free_bytes || held.requests + wish.requests > free_requests {
            return false;
        }
        let line = self.lines.entry(tenant.clone()).or_default();
        for count in [&mut line.held, &mut self.all] {
            count.bytes += wish.bytes;
            count.requests += wish.requests;
        }
        true
    }

    fn give_back(&mut self, tenant: &TenantId, held: Held) {
        self.all.bytes -= held.bytes;
        self.all.requests -= held.requests;
        let line = self.lines.get_mut(tenant).expect("who holds a permit has a line");
        line.held.bytes -= held.bytes;
        line.held.requests -= held.requests;
        if line.held.requests == 0 {
            self.lines.remove(tenant);
        }
    }
}

/// The right of one request to be under way. Dropping it gives the room back.
#[derive(Debug)]
pub struct Permit {
    queue: Arc<Queue>,
    tenant: TenantId,
    bytes: usize,
}

impl Permit {
    /// The request turned out to have so many bytes.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if there is no room for that many.
    pub fn resize(&mut self, bytes: usize) -> Result<(), StoreError> {
        let mut inner = self.queue.inner.lock();
        if bytes > self.bytes {
            let wish = Held { bytes: bytes - self.bytes, requests: 0 };
            if !inner.take(&self.tenant, wish, self.queue.most) {
                inner.refused += 1;
                return Err(StoreError::Busy);
            }
        } else {
            inner.give_back(&self.tenant, Held { bytes: self.bytes - bytes, requests: 0 });
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let held = Held { bytes: self.bytes, requests: 1 };
        self.queue.inner.lock().give_back(&self.tenant, held);
        self.queue.room.notify_waiters();
    }
}

impl Queue {
    /// A permit for a request of so many bytes, if there is room.
    pub(super) fn permit(self: &Arc<Self>, tenant: &TenantId, bytes: usize) -> Option<Permit> {
        let wish = Held { bytes, requests: 1 };
        let mut inner = self.inner.lock();
        let taken = inner.take(tenant, wish, self.most);
        inner.refused += u64::from(!taken);
        drop(inner);
        taken.then(|| Permit { queue: self.clone(), tenant: tenant.clone(), bytes })
    }

    /// What is under way.
    pub(super) fn load(&self) -> AppendLoad {
        let Inner { all: Held { bytes, requests }, refused, .. } = *self.inner.lock();
        AppendLoad { requests, bytes, refused }
    }

    /// Waits for a permit; for work that can wait, such as imports. What is larger than any permit is
    /// counted as the largest one.
    pub(super) async fn permit_in_time(
        self: &Arc<Self>,
        tenant: &TenantId,
        bytes: usize,
    ) -> Permit {
        let bytes = bytes.min(self.most.bytes / 4);
        loop {
            let room = self.room.notified();
            if self.inner.lock().take(tenant, Held { bytes, requests: 1 }, self.most) {
                return Permit { queue: self.clone(), tenant: tenant.clone(), bytes };
            }
            room.await;
        }
    }

    /// Puts a request into its tenant's line. `true`: the caller must see to it that groups are
    /// committed, nobody else does.
    pub(super) fn put(&self, append: Append, permit: Permit, reply: Reply) -> bool {
        let mut inner = self.inner.lock();
        let tenant = permit.tenant.clone();
        let line = inner.lines.get_mut(&tenant).expect("who holds a permit has a line");
        line.waiting.push_back(Waiting { append, reply, permit });
        if line.waiting.len() == 1 {
            inner.turns.push_back(tenant);
        }
        !std::mem::replace(&mut inner.draining, true)
    }

    /// The next requests to commit together, by turns. Empty: nothing waits, and whoever puts the
    /// next request in has to see to it.
    pub(super) fn next_group(&self) -> Vec<Waiting> {
        let mut inner = self.inner.lock();
        let (mut group, mut events, mut bytes) = (Vec::new(), 0, 0);
        while group.len() < GROUP_REQUESTS {
            let Some(tenant) = inner.turns.front().cloned() else { break };
            let line = inner.lines.get_mut(&tenant).expect("who has a turn has a line");
            let next = line.waiting.front().expect("who has a turn waits");
            events += next.append.events.len();
            bytes += next.permit.bytes;
            if !group.is_empty() && (events > GROUP_EVENTS || bytes > GROUP_BYTES) {
                break;
            }
            group.extend(line.waiting.pop_front());
            let more = !line.waiting.is_empty();
            inner.turns.pop_front();
            if more {
                inner.turns.push_back(tenant);
            }
        }
        inner.draining = !group.is_empty();
        group
    }

    /// Whoever committed groups is gone: what waits gets no answer, and the next one begins anew.
    pub(super) fn abandon(&self) {
        let mut inner = self.inner.lock();
        inner.draining = false;
        inner.turns.clear();
        let waiting: Vec<_> =
            inner.lines.values_mut().map(|line| std::mem::take(&mut line.waiting)).collect();
        drop(inner);
        // Permits take the lock when they go.
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::NewEvent;

    fn tenant(name: &str) -> TenantId {
        name.parse().unwrap()
    }

    fn append(owner: &TenantId, events: usize) -> Append {
        let event = |n| NewEvent { id: format!("e-{n}"), body: "{}".into(), sent: None };
        let events = (0..events).map(event).collect();
        Append { tenant: owner.clone(), events, dead: Vec::new(), at: Timestamp::UNIX_EPOCH }
    }

    fn put(queue: &Arc<Queue>, name: &str, events: usize) -> bool {
        let owner = tenant(name);
        let permit = queue.permit(&owner, 100).unwrap();
        queue.put(append(&owner, events), permit, oneshot::channel().0)
    }

    fn names(group: &[Waiting]) -> Vec<&str> {
        group.iter().map(|waiting| waiting.append.tenant.as_str()).collect()
    }

    #[test]
    fn a_group_takes_one_request_of_each_tenant_by_turns() {
        let queue = Arc::new(Queue::default());
        assert!(put(&queue, "flood", 1_000), "the first one has to commit");
        for _ in 0..19 {
            assert!(!put(&queue, "flood", 1_000));
        }
        put(&queue, "quiet", 1);
        put(&queue, "other", 1);
        let group = queue.next_group();
        assert_eq!(names(&group), ["flood", "quiet", "other", "flood", "flood", "flood"]);
        assert_eq!(names(&queue.next_group()), ["flood"; 4]);
        drop(group);
        while !queue.next_group().is_empty() {}
        assert!(put(&queue, "flood", 1), "nobody commits any more");
    }

    #[test]
    fn a_request_larger_than_a_group_goes_alone() {
        let queue = Arc::new(Queue::default());
        put(&queue, "a", 1);
        put(&queue, "b", 3 * GROUP_EVENTS);
        put(&queue, "c", 1);
        assert_eq!(names(&queue.next_group()), ["a"]);
        assert_eq!(names(&queue.next_group()), ["b"]);
        assert_eq!(names(&queue.next_group()), ["c"]);
    }

    #[test]
    fn a_flooding_tenant_leaves_room_for_others() {
        let queue = Arc::new(Queue::default());
        let size = MOST_BYTES / 100;
        let fill = |name: &str| {
            let owner = tenant(name);
            std::iter::from_fn(|| queue.permit(&owner, size)).collect::<Vec<_>>()
        };
        let first = fill("first");
        assert_eq!(first.len(), 50);
        let second = fill("second");
        assert_eq!(second.len(), 25);
        assert!(queue.permit(&tenant("first"), 1).is_none());
        let quiet = queue.permit(&tenant("quiet"), size).unwrap();
        drop(first);
        assert_eq!(fill("third").len(), 37);
        drop((second, quiet));
        let inner = queue.inner.lock();
        assert_eq!((inner.all.bytes, inner.all.requests, inner.lines.len()), (0, 0, 0));
    }

    #[test]
    fn requests_count_as_bytes_do() {
        let queue = Arc::new(Queue::default());
        let owner = tenant("a");
        let held: Vec<_> = std::iter::from_fn(|| queue.permit(&owner, 0)).collect();
        assert_eq!(held.len(), MOST_REQUESTS / 2);
    }

    #[test]
    fn a_permit_grows_only_where_there_is_room() {
        let queue = Arc::new(Queue::default());
        let mut permit = queue.permit(&tenant("a"), 10).unwrap();
        assert!(permit.resize(MOST_BYTES).is_err());
        permit.resize(MOST_BYTES / 2).unwrap();
        permit.resize(5).unwrap();
        drop(permit);
        assert_eq!(queue.inner.lock().all.bytes, 0);
    }

    #[tokio::test]
    async fn who_can_wait_gets_a_permit_when_another_goes() {
        let queue = Arc::new(Queue::default());
        let owner = tenant("a");
        let held = queue.permit(&owner, MOST_BYTES / 2).unwrap();
        let patient = queue.clone();
        let wait = tokio::spawn(async move {
            patient.permit_in_time(&tenant("a"), 2 * MOST_BYTES).await.bytes
        });
        tokio::task::yield_now().await;
        assert!(!wait.is_finished());
        drop(held);
        assert_eq!(wait.await.unwrap(), MOST_BYTES / 4);
    }

    #[tokio::test]
    async fn what_is_abandoned_is_told_and_gives_its_room_back() {
        let queue = Arc::new(Queue::default());
        let owner = tenant("a");
        let (reply, answer) = oneshot::channel();
        queue.put(append(&owner, 1), queue.permit(&owner, 9).unwrap(), reply);
        queue.abandon();
        assert!(answer.await.is_err());
        assert_eq!(queue.inner.lock().all.requests, 0);
        assert!(put(&queue, "a", 1));
    }
}
