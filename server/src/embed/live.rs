//! The live streams: each tells a dashboard that its tenant's numbers, or the dashboards themselves,
//! have another revision now.
//!
//! One watcher a tenant reads how the tenant stands: when this process wrote something of it, and
//! every second for what other processes wrote. Its streams compare, so a thousand viewers cost as
//! many reads as one. A watcher lives while a stream listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config;
use crate::ids::{SessionId, TenantId};
use crate::policy::TenantScope;
use crate::problem::chain;
use crate::store::{Standing, Store};

/// So often a tenant is looked at, whatever this process heard of it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Writes that come together are looked at together.
const SETTLE: Duration = Duration::from_millis(50);
/// A stream tells of another revision no more often than this.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Ranges end with the hour or the day, and every zone's day begins on a quarter of an hour: then
/// the same events give other numbers.
const QUARTER: i64 = 900;

/// Keeps the live streams of a process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Clock,
    bounds: config::Live,
    stop: CancellationToken,
    tenants: Mutex<HashMap<TenantId, Watched>>,
}

/// A tenant that streams listen to.
#[derive(Debug)]
struct Watched {
    standing: watch::Sender<Option<Arc<Standing>>>,
    sessions: HashMap<SessionId, usize>,
    streams: usize,
}

/// Who listens, and for how long.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The session of the token.
    pub session: SessionId,
    /// The origin of the page that the token is bound to.
    pub origin: String,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Told when the token is withdrawn before.
    pub withdrawn: CancellationToken,
}

/// Why a stream is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoStream {
    /// The operator turned them off.
    Off,
    /// The session or the tenant has as many as it may have.
    TooMany,
}

/// What a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Another revision than the last one.
    Revision(String),
    /// Nothing, so that nobody on the way takes the line for dead.
    Heartbeat,
}

/// A stream that listens to one tenant. Dropping it makes room for another.
#[derive(Debug)]
pub struct LiveStream {
    live: Live,
    tenant: TenantId,
    listener: Listener,
    standing: watch::Receiver<Option<Arc<Standing>>>,
    told: Option<String>,
    tell_after: Instant,
    beat_at: Instant,
}

impl Live {
    /// No streams yet. They all end with `stop`.
    pub fn new(store: Store, clock: Clock, bounds: config::Live, stop: CancellationToken) -> Self {
        Self(Arc::new(Inner { store, clock, bounds, stop, tenants: Mutex::default() }))
    }

    /// Opens a stream of the scope's tenant. `told` is the revision that the listener knows.
    ///
    /// # Errors
    /// [`NoStream`].
    pub fn open(
        &self,
        scope: &TenantScope,
        listener: Listener,
        told: Option<String>,
    ) -> Result<LiveStream, NoStream> {
        let config::Live { session_streams, tenant_streams, heartbeat_seconds } = self.0.bounds;
        if tenant_streams == 0 || session_streams == 0 {
            return Err(NoStream::Off);
        }
        let tenant = scope.tenant().clone();
        let mut tenants = self.0.tenants.lock();
        let watched = tenants.entry(tenant.clone()).or_insert_with(|| self.watch(scope));
        let of_session = watched.sessions.get(&listener.session).copied().unwrap_or(0);
        if watched.streams >= tenant_streams || of_session >= session_streams {
            return Err(NoStream::TooMany);
        }
        watched.streams += 1;
        watched.sessions.insert(listener.session.clone(), of_session + 1);
        let mut standing = watched.standing.subscribe();
        // What is known already is news to this stream.
        standing.mark_changed();
        drop(tenants);
        let now = Instant::now();
        let beat_at = now + Duration::from_secs(heartbeat_seconds.max(1));
        let live = self.clone();
        Ok(LiveStream { live, tenant, listener, standing, told, tell_after: now, beat_at })
    }

    /// Streams that are open.
    pub fn streams(&self) -> usize {
        self.0.tenants.lock().values().map(|watched| watched.streams).sum()
    }

    fn watch(&self, scope: &TenantScope) -> Watched {
        let standing = watch::Sender::new(None);
        tokio::spawn(look(self.0.store.clone(), scope.clone(), standing.clone()));
        Watched { standing, sessions: HashMap::new(), streams: 0 }
    }
}

/// Looks at a tenant for as long as somebody listens.
async fn look(store: Store, scope: TenantScope, tell: watch::Sender<Option<Arc<Standing>>>) {
    let tenant = store.tenant(&scope);
    let mut changes = tenant.changes();
    loop {
        match tenant.standing().await {
            Ok(standing) => drop(tell.send_replace(Some(Arc::new(standing)))),
            Err(error) => {
                let tenant = scope.tenant();
                tracing::warn!(%tenant, cause = chain(&error), "a live stream looks in vain");
            }
        }
        let settled = async {
            // The store outlives its listeners, so this ends with a change.
            let _ = changes.changed().await;
            sleep(SETTLE).await;
        };
        tokio::select! {
            () = settled => {}
            () = sleep(LOOK_EVERY) => {}
            () = tell.closed() => return,
        }
    }
}

impl LiveStream {
    /// What the stream says next; nothing when it is over: its token ended or was withdrawn, its session
    /// was ended, its page's origin left the list, or the process stops.
    pub async fn next(&mut self) -> Option<Word> {
        loop {
            let heard = tokio::select! {
                () = self.live.0.stop.cancelled() => return None,
                () = self.listener.withdrawn.cancelled() => return None,
                () = sleep_until(self.beat_at) => false,
                heard = self.standing.changed() => {
                    heard.ok()?;
                    true
                }
            };
            let now = Instant::now();
            if !heard {
                let seconds = self.live.0.bounds.heartbeat_seconds.max(1);
                self.beat_at = now + Duration::from_secs(seconds);
                return if self.is_over() { None } else { Some(Word::Heartbeat) };
            }
            if now < self.tell_after {
                sleep_until(self.tell_after).await;
            }
            if self.is_over() {
                return None;
            }
            let revision = self.revision();
            if revision.is_some() && revision != self.told {
                self.told.clone_from(&revision);
                self.tell_after = Instant::now() + TELL_EVERY;
                return revision.map(Word::Revision);
            }
        }
    }

    fn is_over(&self) -> bool {
        let Listener { expires_at, withdrawn, .. } = &self.listener;
        if self.live.0.clock.now() >= *expires_at || withdrawn.is_cancelled() {
            return true;
        }
        let standing = self.standing.borrow();
        standing.as_ref().is_some_and(|standing| {
            standing.ended.contains(self.listener.session.as_str())
                || !standing.origins.contains(&self.listener.origin)
        })
    }

    fn revision(&mut self) -> Option<String> {
        let standing = self.standing.borrow_and_update();
        let revision = &standing.as_ref()?.revision;
        Some(at(revision, self.live.0.clock.now()))
    }
}

impl Drop for LiveStream {
    fn drop(&mut self) {
        let mut tenants = self.live.0.tenants.lock();
        let Some(watched) = tenants.get_mut(&self.tenant) else { return };
        watched.streams -= 1;
        match watched.sessions.get_mut(&self.listener.session) {
            Some(streams) if *streams > 1 => *streams -= 1,
            _ => drop(watched.sessions.remove(&self.listener.session)),
        }
        if watched.streams == 0 {
            tenants.remove(&self.tenant);
        }
    }
}

/// The revision as a dashboard sees it at this moment.
fn at(revision: &str, now: Timestamp) -> String {
    format!("{revision}-{:x}", now.as_second().div_euclid(QUARTER))
}
