//! Feeds the simulated events through Inlay's public door: the history once, then live. What is
//! missing is asked of Inlay itself, hour by hour, so that a feed that was broken off goes on where
//! it was, and a complete one is not repeated.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{TryStreamExt, stream};
use http::Method;
use inlay_shared::{Answer, Grain, Query, TimeRange};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::customers::CUSTOMERS;
use super::inlay::{As, Inlay, InlayError};
use super::progress::Progress;
use super::simulator::{Arrival, Event, HISTORY_DAYS, Simulator, hour_of, instant, merge};
use crate::clock::Clock;

/// Events of one request of the history.
const BATCH: usize = 1_000;
/// Part of the history that is fed at a time.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Requests under way at once.
const IN_FLIGHT: usize = 4;
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Live events wait this long for company.
const LIVE_TICK: Duration = Duration::from_millis(500);

/// What feeding needs.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) inlay: Arc<Inlay>,
    /// One per customer, in their order.
    pub(crate) simulators: Arc<Vec<Simulator>>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
}

/// A request's worth of one customer's events.
struct Batch {
    customer: usize,
    events: u64,
    body: Vec<u8>,
}

impl Feed {
    /// Feeds whatever of the history is not stored yet, up to `now`.
    pub(crate) async fn history(&self, now: Timestamp) -> anyhow::Result<()> {
        let mut stored = Vec::new();
        for (customer, simulator) in self.simulators.iter().enumerate() {
            stored.push(self.stored(customer, simulator, now).await?);
        }
        let (total, missing) = self.compare(now, stored).await?;
        self.progress.expect(total);
        let (sender, batches) = mpsc::channel(2 * IN_FLIGHT);
        let simulators = Arc::clone(&self.simulators);
        let making = tokio::task::spawn_blocking(move || {
            batches_of(&simulators, now, &missing, |batch| sender.blocking_send(batch).is_ok())
        });
        let batches = stream::unfold(batches, async |mut batches| {
            batches.recv().await.map(|batch: Batch| (anyhow::Ok(batch), batches))
        });
        let send = |batch: Batch| async move {
            self.send(CUSTOMERS[batch.customer].id, batch.body).await?;
            self.progress.add(batch.events);
            Ok(())
        };
        batches.try_for_each_concurrent(IN_FLIGHT, send).await?;
        making.await.context("the simulator failed")??;
        self.progress.complete();
        Ok(())
    }

    /// Sends what happens from `since` on when it happens, until stopped.
    pub(crate) async fn live(&self, since: Timestamp) -> anyhow::Result<()> {
        let begun = self.clock.now();
        let streams = self.simulators.iter().map(|simulator| {
            let further = simulator.live_visits(begun).into_iter();
            let streams: [Box<dyn Iterator<Item = Arrival> + Send>; 2] =
                [Box::new(simulator.arrivals(since)), Box::new(further)];
            merge(streams).map(|(_, arrival)| arrival)
        });
        let mut arrivals = merge(streams).peekable();
        while self.stop.run_until_cancelled(tokio::time::sleep(LIVE_TICK)).await.is_some() {
            let now = self.clock.now();
            let mut due: HashMap<usize, Vec<Event>> = HashMap::new();
            while let Some((customer, arrival)) = arrivals.next_if(|(_, a)| a.at <= now) {
                due.entry(customer).or_default().push(arrival.event);
            }
            for (customer, events) in due {
                // After a long sleep of the machine there can be more than one request's worth.
                for events in events.chunks(BATCH) {
                    self.send(CUSTOMERS[customer].id, ndjson(events.iter())?).await?;
                }
            }
        }
        Ok(())
    }

    /// Sends one batch, again and again while Inlay is away.
    async fn send(&self, tenant: &'static str, body: Vec<u8>) -> anyhow::Result<()> {
        let mut pause = Duration::from_millis(250);
        loop {
            let sending = self.inlay.events(tenant, body.clone());
            let Some(sent) = self.stop.run_until_cancelled(sending).await else {
                return Err(anyhow!(Stopped));
            };
            match sent {
                Ok(receipt) => {
                    if let Some(first) = receipt.rejected.first() {
                        let rejected = receipt.rejected.len();
                        tracing::warn!(tenant, rejected, code = first.code, "events were refused");
                    }
                    return Ok(());
                }
                Err(error) if error.passes() => {
                    tracing::warn!(tenant, %error, "events wait for Inlay");
                }
                Err(error) => return Err(error.into()),
            }
            let slept = self.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
            slept.ok_or_else(|| anyhow!(Stopped))?;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// How many events of each hour Inlay has.
    async fn stored(
        &self,
        customer: usize,
        simulator: &Simulator,
        now: Timestamp,
    ) -> Result<HashMap<i64, u64>, InlayError> {
        let from = first_hour(simulator, now);
        let query = Query {
            measures: vec!["events".into()],
            dimensions: Vec::new(),
            time: TimeRange {
                from: instant(from).to_string(),
                to: instant(hour_of(now) + 1).to_string(),
                zone: "UTC".into(),
                grain: Some(Grain::Hour),
                week_start: None,
            },
            filters: Vec::new(),
            order: Vec::new(),
            limit: None,
            other: false,
            approximate: false,
            compare: None,
        };
        let who = As::Tenant(CUSTOMERS[customer].id);
        let answer: Answer = self.inlay.send(who, Method::POST, "/v1/query", Some(&query)).await?;
        let cell = |row: &Vec<serde_json::Value>| {
            let time: Timestamp = row.first()?.as_str()?.parse().ok()?;
            Some((hour_of(time), row.get(1)?.as_u64()?))
        };
        Ok(answer.rows.iter().filter_map(cell).collect())
    }

    /// Which hours have fewer events than were simulated, and how many events these hours have.
    async fn compare(
        &self,
        now: Timestamp,
        stored: Vec<HashMap<i64, u64>>,
    ) -> anyhow::Result<(u64, Vec<HashSet<i64>>)> {
        let simulators = Arc::clone(&self.simulators);
        let comparing = tokio::task::spawn_blocking(move || {
            let mut total = 0;
            let mut missing = Vec::new();
            for (simulator, stored) in simulators.iter().zip(stored) {
                let mut made: HashMap<i64, u64> = HashMap::new();
                let first = first_hour(simulator, now);
                let counts =
                    |arrival: &Arrival| !arrival.again && hour_of(arrival.event.time) >= first;
                for arrival in past(simulator, now).filter(counts) {
                    *made.entry(hour_of(arrival.event.time)).or_default() += 1;
                }
                made.retain(|hour, made| stored.get(hour).copied().unwrap_or(0) < *made);
                total += made.values().sum::<u64>();
                missing.push(made.into_keys().collect());
            }
            (total, missing)
        });
        comparing.await.context("the simulator failed")
    }
}

/// The feed was told to stop.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(crate) struct Stopped;

/// No query reaches further back than the history is long.
fn first_hour(simulator: &Simulator, now: Timestamp) -> i64 {
    hour_of(simulator.start()).max(hour_of(now) - HISTORY_DAYS * 24)
}

/// What arrived up to now.
fn past(simulator: &Simulator, now: Timestamp) -> impl Iterator<Item = Arrival> {
    between(simulator, instant(first_hour(simulator, now)), now)
}

/// What arrived in a part of the history.
fn between(simulator: &Simulator, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Arrival> {
    simulator.arrivals(from).take_while(move |arrival| arrival.at < to)
}

/// Hands over the events of missing hours until nobody wants more: the last week first, because it is
/// what a page shows, and each week in the order of arrival.
fn batches_of(
    simulators: &[Simulator],
    now: Timestamp,
    missing: &[HashSet<i64>],
    mut hand_over: impl FnMut(Batch) -> bool,
) -> anyhow::Result<()> {
    let begin = simulators.iter().map(|one| instant(first_hour(one, now))).min();
    let begin = begin.context("there are customers")?;
    let mut close = |customer: usize, events: &mut Vec<Event>| {
        let body = ndjson(events.iter())?;
        let batch = Batch { customer, events: events.len() as u64, body };
        events.clear();
        anyhow::Ok(hand_over(batch))
    };
    let mut to = now;
    while to > begin {
        let from = begin.max(to - WEEK);
        let mut open: Vec<Vec<Event>> = simulators.iter().map(|_| Vec::new()).collect();
        for (customer, arrival) in merge(simulators.iter().map(|one| between(one, from, to))) {
            if !missing[customer].contains(&hour_of(arrival.event.time)) {
                continue;
            }
            open[customer].push(arrival.event);
            if open[customer].len() == BATCH && !close(customer, &mut open[customer])? {
                return Ok(());
            }
        }
        for (customer, events) in open.iter_mut().enumerate() {
            if !events.is_empty() && !close(customer, events)? {
                return Ok(());
            }
        }
        to = from;
    }
    Ok(())
}

/// One JSON object a line, gzipped.
fn ndjson<'a>(events: impl Iterator<Item = &'a Event>) -> anyhow::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for event in events {
        serde_json::to_writer(&mut gzip, event)?;
        gzip.write_all(b"\n")?;
    }
    Ok(gzip.finish()?)
}

#[cfg(test)]
mod tests;
