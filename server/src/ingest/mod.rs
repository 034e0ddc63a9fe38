//! Takes events in: parse → validate → append. It never aggregates and never queries.
//!
//! A request is read as a whole or refused as a whole ([`IngestError`]); then each event stands for
//! itself. A valid one becomes a [`ValidEvent`], which has no other maker, and nothing else reaches
//! the raw log. What is not valid goes to the dead letters with its reason, as it came. A user's network
//! address tells the country and is taken out of either before it reaches the disk.
//!
//! Durable: when [`Ingest::accept`] returns, the transaction is committed and synced. Visible: from the
//! same moment on; the next answer has it. Bounded: a request takes a [`Permit`] before it is parsed and
//! holds it until its events are stored; without room it is refused, and comes again a second later.

mod body;
mod collect;
mod error;
mod event;
mod fields;
mod geo;
pub mod import;
mod json;
mod replay;

use std::collections::HashMap;
use std::sync::Arc;

use inlay_shared::{Receipt, Rejection};

pub use body::{Batch, Form, MAX_BODY, MAX_EVENTS};
pub use collect::{Collect, CollectError, MAX_PAGE_EVENTS, Sender};
pub use error::{IngestError, Refusal};
pub use event::{Terms, ValidEvent};
pub use geo::{Geo, GeoError};

use crate::aside;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::event::refused_without_addresses;
use crate::ids::{DeadLetterId, SourceName};
use crate::policy::TenantScope;
use crate::store::{NewDeadLetter, NewEvent, Permit, SourceMapping, Store};
use crate::turns::{Bounds, TooMany, Turns};

/// A request of so few bytes is read where it came in: a turn takes longer.
const SMALL: usize = 2_048;

/// The door through which events come in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ingest {
    store: Store,
    clock: Clock,
    entropy: Entropy,
    geo: Geo,
    turns: Turns,
}

impl Ingest {
    /// A door to the raw log of `store`.
    pub fn new(store: Store, clock: Clock, entropy: Entropy) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        // What waits has a permit: there are bounds already.
        let bounds = Bounds { slots: cores, tenant_running: cores, tenant_waiting: usize::MAX };
        let turns = Turns::new(bounds, HashMap::new(), clock.clone());
        Self { store, clock, entropy, geo: Geo::default(), turns }
    }

    /// The same door, with a file that tells the country of a network address.
    pub fn with_geo(self, geo: Geo) -> Self {
        Self { geo, ..self }
    }

    /// Takes in the body of one request.
    ///
    /// # Errors
    /// [`IngestError`] if the body as a whole cannot be read, or nothing could be stored. Then
    /// nothing of it was taken.
    pub async fn accept(&self, scope: &TenantScope, batch: Batch) -> Result<Receipt, IngestError> {
        let now = self.clock.now();
        let mut permit = self.permit(scope, batch.bytes.len())?;
        let judge = self.judge_of(scope, batch.source.as_ref(), now).await?;
        let is_small = batch.bytes.len() <= SMALL && !batch.gzip;
        let read = move || {
            let unpacked = batch.unpack()?;
            permit.resize(unpacked.bytes())?;
            let texts = unpacked.split()?;
            Ok::<_, IngestError>((permit, judge.sort(texts)))
        };
        let (permit, sorted) = if is_small { read()? } else { self.in_turn(scope, read).await?? };
        let Prepared { events, dead, rejected } = self.prepare(sorted, now);
        let sent = events.len() as u64;
        let accepted = if events.is_empty() && dead.is_empty() {
            0
        } else {
            self.store.tenant(scope).append_permitted(permit, events, dead, now).await?
        };
        Ok(Receipt { accepted, duplicates: sent - accepted, rejected })
    }

    /// Room for a request of so many bytes. Without it nothing of the request is looked at.
    fn permit(&self, scope: &TenantScope, bytes: usize) -> Result<Permit, IngestError> {
        Ok(self.store.tenant(scope).permit(bytes)?)
    }

    /// Takes in events that are already apart, each one's JSON text; for imports. There is no limit
    /// on their number but that all of them go into one transaction. Where a request would be refused
    /// because too much is under way, this waits.
    ///
    /// # Errors
    /// [`IngestError`] if nothing could be stored.
    pub async fn accept_events(
        &self,
        scope: &TenantScope,
        events: Vec<String>,
    ) -> Result<Receipt, IngestError> {
        let now = self.clock.now();
        let judge = self.judge_of(scope, None, now).await?;
        let validate = self.in_turn(scope, move || judge.sort(events.iter().map(String::as_str)));
        let sorted = validate.await?;
        let Prepared { events, dead, rejected } = self.prepare(sorted, now);
        let sent = events.len() as u64;
        let accepted = if events.is_empty() && dead.is_empty() {
            0
        } else {
            self.store.tenant(scope).append(events, dead, now).await?
        };
        Ok(Receipt { accepted, duplicates: sent - accepted, rejected })
    }

    /// Does work on a thread of its own, when it is the tenant's turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        scope: &TenantScope,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, IngestError> {
        let slot = self.turns.admit(scope.tenant()).await.map_err(|TooMany| IngestError::Busy)?;
        let work = aside::read_events(move || {
            let done = work();
            drop(slot);
            done
        });
        work.await.map_err(|_| IngestError::Interrupted)
    }

    /// What the events that a source sends now are judged with.
    async fn judge_of(
        &self,
        scope: &TenantScope,
        source: Option<&SourceName>,
        now: jiff::Timestamp,
    ) -> Result<Judge, IngestError> {
        let sent = self.store.tenant(scope).source_mapping(source).await?;
        Ok(Judge { now, sent, geo: self.geo.clone() })
    }

    /// Gives each refused event its place among the dead letters and in the receipt.
    fn prepare(&self, sorted: Sorted, now: jiff::Timestamp) -> Prepared {
        let mut rejected = Vec::with_capacity(sorted.refused.len());
        let mut dead = Vec::with_capacity(sorted.refused.len());
        for (index, refusal, body) in sorted.refused {
            let (code, detail) = (refusal.code.to_owned(), refusal.detail);
            let id = DeadLetterId::new(now, &self.entropy);
            let source = sorted.sent.as_ref().map(|sent| sent.source.clone());
            let letter =
                NewDeadLetter { id, code: code.clone(), detail: detail.clone(), body, source };
            dead.push(letter);
            rejected.push(Rejection { index, code, detail });
        }
        let events =
            sorted.valid.into_iter().map(|event| event.into_row(sorted.sent.clone())).collect();
        Prepared { events, dead, rejected }
    }
}

/// A request as it goes into the raw log, and what its sender will hear of the rest.
struct Prepared {
    events: Vec<NewEvent>,
    dead: Vec<NewDeadLetter>,
    rejected: Vec<Rejection>,
}

/// The events of a request, the good ones and the bad ones.
struct Sorted {
    valid: Vec<ValidEvent>,
    refused: Vec<(u64, Refusal, String)>,
    sent: Option<Arc<SourceMapping>>,
}

/// What the events of a request are judged with.
struct Judge {
    now: jiff::Timestamp,
    sent: Option<Arc<SourceMapping>>,
    geo: Geo,
}

impl Judge {
    fn sort<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> Sorted {
        let mapping = self.sent.as_deref().map(|sent| &sent.rules);
        let terms = Terms { now: self.now, mapping, geo: &self.geo };
        let (mut valid, mut refused) = (Vec::new(), Vec::new());
        for (index, text) in (0..).zip(texts) {
            match ValidEvent::parse(text, terms) {
                Ok(event) => valid.push(event),
                Err(refusal) => {
                    let body = refused_without_addresses(text, terms.mapping).into_owned();
                    refused.push((index, refusal, body));
                }
            }
        }
        Sorted { valid, refused, sent: self.sent }
    }
}

#[cfg(test)]
mod tests;
