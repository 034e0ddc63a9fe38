//! A quarter in the life of three customers, and what happens from now on: a seeded simulation of the
//! events that a team-projects product sends. Pure: the same seed, anchor and hour give the same
//! events, on any machine and at any time, so that a feed can be broken off and taken up again.

mod cast;
mod chance;
mod event;
mod rhythm;
#[cfg(test)]
mod tests;
mod visit;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

pub(crate) use event::{Arrival, Event};
pub(crate) use rhythm::{HISTORY_DAYS, Story, hour_of, instant};

use self::cast::Cast;
use self::chance::{Chance, Purpose};
use self::rhythm::Rhythm;
use self::visit::{MEAN_STEPS, Visit};
use super::customers::Customer;

/// Part of the events that arrive long after they happened.
const LATE: f64 = 0.01;
/// Part of the events that arrive twice.
const TWICE: f64 = 0.005;
/// Hours that the latest event may take to arrive, its visit included.
const LOOKBACK: i64 = 40;
const LATEST_MINUTES: f64 = 36.0 * 60.0;

/// How dense a live run begins, all customers together, events a second.
const LIVE_START: f64 = 3.0;
/// Minutes in which the density of a live run halves.
const LIVE_HALVES: f64 = 5.0;
/// Seconds before a live run in which its first visits begin, so that they are in full swing with it.
const LIVE_RUN_UP: f64 = 300.0;
/// Minutes after which a live run is as dense as any other hour.
const LIVE_LASTS: i64 = 60;

/// Simulates one customer.
#[derive(Debug)]
pub(crate) struct Simulator {
    seed: u64,
    number: u64,
    customer: &'static Customer,
    visits: f64,
    rhythm: Rhythm,
    cast: Cast,
}

impl Simulator {
    /// `anchor` is when the customer came to Inlay: its history is the 90 days before. `events` is
    /// about how many happen in that history, over all customers.
    ///
    /// # Errors
    /// The customer's zone is not known.
    pub(crate) fn new(
        seed: u64,
        number: usize,
        customer: &'static Customer,
        anchor: Timestamp,
        events: u64,
    ) -> Result<Self, jiff::Error> {
        let zone = jiff::tz::TimeZone::get(customer.zone)?;
        let number = number as u64;
        let saturdays = customer.works_saturdays;
        Ok(Self {
            seed,
            number,
            customer,
            visits: events as f64 * customer.share / MEAN_STEPS,
            rhythm: Rhythm::new(zone, seed, number, anchor, saturdays, customer.stories),
            cast: Cast::new(seed, number, customer),
        })
    }

    /// When the history begins.
    pub(crate) fn start(&self) -> Timestamp {
        instant(self.rhythm.start())
    }

    /// Everything that arrives from an instant on, in the order of arrival, without end.
    pub(crate) fn arrivals(&self, from: Timestamp) -> Arrivals<'_> {
        let hour = (hour_of(from) - LOOKBACK).max(self.rhythm.start());
        Arrivals { simulator: self, from, hour, waiting: BTreeMap::new(), made: 0 }
    }

    /// Further visits in the first hour of a live run, in the order of arrival. The product's own
    /// pace would move a chart every half minute; a visitor of the demo should see it move at once.
    pub(crate) fn live_visits(&self, now: Timestamp) -> Vec<Arrival> {
        let mut chance = Chance::new(self.seed, self.number, Purpose::Live, now.as_millisecond());
        // Small customers get more than their share: somebody looks at their charts, too.
        let density = LIVE_START * (0.6 * self.customer.share + 0.4 / 3.0) / MEAN_STEPS;
        let mut arrivals = Vec::new();
        let mut seconds = -LIVE_RUN_UP;
        for n in 0.. {
            let faded = density * 0.5_f64.powf(f64::max(seconds, 0.0) / 60.0 / LIVE_HALVES);
            seconds += chance.exponential(1.0 / faded);
            if seconds > (LIVE_LASTS * 60) as f64 {
                break;
            }
            let begin = now + SignedDuration::from_millis((seconds * 1e3) as i64);
            let id = format!("live-{:x}-{n}", now.as_millisecond());
            let events = self.visit(id, begin, hour_of(begin), &mut chance);
            let to_come = events.into_iter().filter(|event| event.time >= now);
            arrivals.extend(to_come.map(|event| Arrival { at: event.time, again: false, event }));
        }
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }

    /// The events of the visits and charges that begin in an hour.
    fn hour(&self, hour: i64, arrive: &mut impl FnMut(Arrival)) {
        let mut chance = Chance::new(self.seed, self.number, Purpose::Visits, hour);
        for event in self.charges(hour) {
            arrive(Arrival { at: event.time, again: false, event });
        }
        for n in 0..chance.count(self.visits * self.rhythm.share(hour)) {
            let begin = instant(hour) + SignedDuration::from_millis(chance.below(3_600_000) as i64);
            for event in self.visit(format!("v-{hour:x}-{n}"), begin, hour, &mut chance) {
                let mut at = event.time;
                if chance.happens(LATE) {
                    let minutes = chance.around(95.0, 1.3).clamp(6.0, LATEST_MINUTES);
                    at += SignedDuration::from_secs((minutes * 60.0) as i64);
                }
                if chance.happens(TWICE) {
                    let again = at + SignedDuration::from_secs(chance.between(2.0, 600.0) as i64);
                    arrive(Arrival { at: again, again: true, event: event.clone() });
                }
                arrive(Arrival { at, again: false, event });
            }
        }
    }

    fn visit(&self, id: String, begin: Timestamp, hour: i64, chance: &mut Chance) -> Vec<Event> {
        let local = self.rhythm.local(hour);
        let rest = i64::from(local.days_in_month() - local.day());
        Visit {
            customer: self.customer,
            member: self.cast.visitor(hour - self.rhythm.start(), chance),
            id,
            begin,
            slowness: self.rhythm.slowness(hour),
            seat_rest: self.customer.seat_price * rest / i64::from(local.days_in_month()),
        }
        .events(chance)
    }

    /// Each team is charged for its seats once a month, at six in the morning of its own day.
    fn charges(&self, hour: i64) -> Vec<Event> {
        let local = self.rhythm.local(hour);
        if local.hour() != 6 {
            return Vec::new();
        }
        let age = hour - self.rhythm.start();
        let due =
            |(team, _): &(usize, &&str)| team * 11 % 28 + 1 == local.day().unsigned_abs() as usize;
        let charge = |(team, name): (usize, &&str)| {
            let amount = self.cast.seats(team, age) as i64 * self.customer.seat_price;
            let at = instant(hour) + SignedDuration::from_secs(90 + team as i64 * 7);
            let id = format!("bill-{hour:x}-{team}");
            visit::charge(self.customer, id, at, name, amount, "monthly")
        };
        self.customer.teams.iter().enumerate().filter(due).map(charge).collect()
    }
}

/// What arrives at Inlay, in order. It never ends.
#[derive(Debug)]
pub(crate) struct Arrivals<'a> {
    simulator: &'a Simulator,
    from: Timestamp,
    /// The next hour to simulate.
    hour: i64,
    /// What is on its way, by arrival and then by making.
    waiting: BTreeMap<(Timestamp, u64), Arrival>,
    made: u64,
}

impl Iterator for Arrivals<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        loop {
            // What arrives before the next hour cannot be overtaken by what that hour makes.
            if let Some(first) = self.waiting.first_entry()
                && first.key().0 < instant(self.hour)
            {
                return Some(first.remove());
            }
            let (from, waiting, made) = (self.from, &mut self.waiting, &mut self.made);
            self.simulator.hour(self.hour, &mut |arrival| {
                if arrival.at >= from {
                    *made += 1;
                    waiting.insert((arrival.at, *made), arrival);
                }
            });
            self.hour += 1;
        }
    }
}

/// The arrivals of several customers in one order, each with the customer's place in the list.
pub(crate) fn merge<I: Iterator<Item = Arrival>>(
    streams: impl IntoIterator<Item = I>,
) -> impl Iterator<Item = (usize, Arrival)> {
    let mut streams: Vec<_> = streams.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let heads = streams.iter_mut().enumerate();
        let next = heads.filter_map(|(n, stream)| Some((stream.peek()?.at, n)));
        let (_, n) = next.max_by_key(|&head| Reverse(head))?;
        Some((n, streams[n].next()?))
    })
}
