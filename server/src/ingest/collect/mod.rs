//! Events from the pages of a site, as its visitors' browsers tell them.
//!
//! Anybody can read a page's key, so what comes is believed as little as possible: who is looking, from
//! where and when is decided here, and the rest takes the way of every other event. A visitor gets an id
//! that is a hash under the salt of the day (`visitor`), and a session that ends after half an hour of
//! silence (`session`). The address goes into that hash and into nothing that is kept.

mod event;
mod fading;
mod rate;
mod session;
mod visitor;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use inlay_shared::{Collected, Receipt, Rejection};
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use self::rate::Rate;
use self::session::Sessions;
use self::visitor::{Salt, Visitor};
use super::{Batch, Form, Ingest, IngestError};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::event::is_bot;
use crate::ids::PublicKeyId;
use crate::policy::{SystemScope, TenantScope};
use crate::store::{Store, StoreError};

/// Most events of a request.
pub const MAX_PAGE_EVENTS: usize = 100;
/// How often counts of bots are written down.
const SETTLE_EVERY: Duration = Duration::from_secs(60);
/// Requests a second of one visitor; behind one address of an office there may be many people.
const PER_VISITOR: u32 = 20;

/// Why a request of a page is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// Too many requests of this visitor, or with this key.
    #[error("too many requests came from this page: wait {seconds} s and send them again")]
    TooMany {
        /// Whole seconds until one will be taken.
        seconds: u32,
        /// What may be sent a second.
        per_second: u32,
    },
    /// As for every other event.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The salt cannot be read.
    #[error("the control database failed")]
    Store(#[from] StoreError),
}

/// Who sends, as far as the request shows it.
#[derive(Clone)]
pub struct Sender {
    /// The client's address.
    pub address: IpAddr,
    /// `User-Agent`.
    pub user_agent: String,
    /// `DNT: 1` or `Sec-GPC: 1`: they asked not to be counted.
    pub opted_out: bool,
}

/// The address and what the browser is are personal: nothing of them is printed.
impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("opted_out", &self.opted_out).finish_non_exhaustive()
    }
}

/// The door for pages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Collect(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ingest: Ingest,
    store: Store,
    duty: SystemScope,
    clock: Clock,
    entropy: Entropy,
    salt: Mutex<Option<Salt>>,
    sessions: Mutex<Sessions>,
    keys: Mutex<Rate<PublicKeyId>>,
    visitors: Mutex<Rate<Visitor>>,
    bots: Mutex<HashMap<PublicKeyId, u64>>,
}

impl Collect {
    /// A door before `ingest`. `duty` is the right to keep salts and counts; `per_key` is how many
    /// requests a second one key may bring.
    pub fn new(
        ingest: Ingest,
        store: Store,
        duty: SystemScope,
        per_key: u32,
        clock: Clock,
        entropy: Entropy,
    ) -> Self {
        Self(Arc::new(Inner {
            ingest,
            store,
            duty,
            clock,
            entropy,
            salt: Mutex::default(),
            sessions: Mutex::default(),
            keys: Mutex::new(Rate::new(per_key)),
            visitors: Mutex::new(Rate::new(PER_VISITOR)),
            bots: Mutex::default(),
        }))
    }

    /// Takes in what a page sends. Bots are counted and not stored; who asked not to be counted is not
    /// even that. Both get the answer of a request that was empty.
    ///
    /// # Errors
    /// [`CollectError`]; then nothing was taken.
    pub async fn accept(
        &self,
        scope: &TenantScope,
        key: &PublicKeyId,
        sent: Collected,
        sender: &Sender,
    ) -> Result<Receipt, CollectError> {
        let inner = &*self.0;
        let now = inner.clock.now();
        if sender.opted_out {
            return Ok(Receipt::default());
        }
        pace(&inner.keys, key.clone(), now)?;
        if sent.automated || is_program(&sender.user_agent) {
            *inner.bots.lock().entry(key.clone()).or_default() += 1;
            return Ok(Receipt::default());
        }
        let salt = self.salt(now).await?;
        let visitor = salt.visitor(scope.tenant(), sender.address, &sender.user_agent);
        pace(&inner.visitors, visitor, now)?;
        let session = inner.sessions.lock().of(&salt, visitor, now);
        let (address, user_agent) = (sender.address, sender.user_agent.clone());
        let looking = event::Looking { visitor, session, now, address, user_agent };

        let (mut events, mut places, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for (index, value) in (0..).zip(sent.events) {
            match event::read(value).and_then(|event| looking.at(event)) {
                Ok(text) => {
                    events.push(text);
                    places.push(index);
                }
                Err(no) => {
                    refused.push(Rejection { index, code: no.code.into(), detail: no.detail });
                }
            }
        }
        let mut receipt = Receipt::default();
        if !events.is_empty() {
            // A JSON text has no line break in it, so this is a body like any backend's.
            let bytes = events.join("\n").into();
            let batch = Batch { bytes, form: Form::Lines, gzip: false, source: None };
            receipt = inner.ingest.accept(scope, batch).await?;
        }
        for no in &mut receipt.rejected {
            let place = usize::try_from(no.index).ok().and_then(|place| places.get(place));
            no.index = *place.expect("a place among those that were sent");
        }
        receipt.rejected.extend(refused);
        receipt.rejected.sort_by_key(|no| no.index);
        Ok(receipt)
    }

    /// Writes down the bots that were counted since, and destroys salts whose day is over.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; what was not written stays counted.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let inner = &*self.0;
        let store = inner.store.system(&inner.duty);
        let counted: Vec<_> = inner.bots.lock().drain().collect();
        for (index, (key, count)) in counted.iter().enumerate() {
            if let Err(error) = store.count_bots(key, *count).await {
                let mut bots = inner.bots.lock();
                for (key, count) in &counted[index..] {
                    *bots.entry(key.clone()).or_default() += count;
                }
                return Err(error);
            }
        }
        let today = visitor::day(inner.clock.now());
        inner.salt.lock().take_if(|salt| salt.day() != today);
        store.destroy_salts_before(today).await
    }

    /// Writes counts down and destroys yesterday's salt, also where nobody comes to a site any more: at
    /// the start, while the process runs, and when it ends.
    pub async fn keep(self, stop: CancellationToken) {
        let mut goes_on = true;
        loop {
            if let Err(error) = self.settle().await {
                tracing::warn!(cause = crate::problem::chain(&error), "collection was not settled");
            }
            if !goes_on {
                return;
            }
            goes_on = stop.run_until_cancelled(tokio::time::sleep(SETTLE_EVERY)).await.is_some();
        }
    }

    /// The salt of today. The first one who asks on a new day makes it and destroys yesterday's.
    async fn salt(&self, now: Timestamp) -> Result<Salt, StoreError> {
        let (inner, today) = (&*self.0, visitor::day(now));
        if let Some(salt) = inner.salt.lock().as_ref().filter(|salt| salt.day() == today) {
            return Ok(salt.clone());
        }
        let store = inner.store.system(&inner.duty);
        let bytes = store.visitor_salt(today, inner.entropy.bytes()).await?;
        store.destroy_salts_before(today).await?;
        let salt = Salt::new(today, bytes);
        *inner.salt.lock() = Some(salt.clone());
        Ok(salt)
    }
}

/// Who says nothing of itself is no browser.
fn is_program(user_agent: &str) -> bool {
    user_agent.trim().is_empty() || is_bot(user_agent)
}

fn pace<K: Eq + std::hash::Hash>(
    rate: &Mutex<Rate<K>>,
    who: K,
    now: Timestamp,
) -> Result<(), CollectError> {
    let mut rate = rate.lock();
    let per_second = rate.per_second();
    rate.take(who, now).map_err(|seconds| CollectError::TooMany { seconds, per_second })
}

#[cfg(test)]
mod tests;
