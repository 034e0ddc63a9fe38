//! Funnels and retention against a plain evaluation in memory: everybody's events in a list.

use std::collections::{BTreeMap, BTreeSet};

use inlay_shared::{FunnelAnswer, FunnelQuery, Grain, RetentionAnswer, RetentionQuery, Subject};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::plain_filters::holds;
use super::*;

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];

/// Three weeks of events in the order in which they were sent: many of them of the same instant, some
/// in segments and some in none yet.
async fn house(seed: u64, count: usize) -> (House, Vec<Value>) {
    let house = House::new().await;
    let mut events = events(seed, count);
    for event in &mut events {
        let time: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
        let coarse = time.as_second().div_euclid(21_600) * 21_600;
        event["time"] = json!(Timestamp::from_second(coarse).unwrap().to_string());
    }
    let quarter = count / 4;
    for part in events[..3 * quarter].chunks(quarter) {
        house.send(part).await;
        house.flush().await;
    }
    house.send(&events[3 * quarter..]).await;
    (house, events)
}

fn one<T: Clone>(random: &mut ChaCha20Rng, of: &[T]) -> T {
    of[random.random_range(0..of.len())].clone()
}

/// A list of filters that some of the events meet: sometimes all of them.
fn filters(random: &mut ChaCha20Rng) -> Value {
    let is = |dimension: &str, values: &[&str]| json!({"dimension": dimension, "op": "in", "values": values});
    let name = is("name", &[one(random, &["view", "click", "buy"])]);
    let page = is("page", &[one(random, &["/p/0", "/p/1"]), one(random, &["/p/2", "/p/3"])]);
    match random.random_range(0..10) {
        0 => json!([]),
        1 => json!([name, page]),
        2 => json!([{"or": [name, page]}]),
        3 => json!([{"not": page}]),
        _ => json!([name]),
    }
}

/// A range within the three weeks, and what every event must meet.
fn common(random: &mut ChaCha20Rng, zone: &str) -> Value {
    let from = "2026-03-18".parse::<Date>().unwrap() + random.random_range(0..10_i64).days();
    let to = from + random.random_range(1..20_i64).days();
    let mut common = json!({
        "by": one(random, &["user", "session", "account"]),
        "time": {"from": from.to_string(), "to": to.to_string(), "zone": zone},
    });
    if random.random_bool(0.3) {
        common["filters"] = json!([{"dimension": "country", "op": "in", "values": ["DE", "US"]}]);
    }
    common
}

/// Everybody's events of a range in their order.
fn lives<'a>(
    events: &'a [Value],
    by: Subject,
    time: &inlay_shared::TimeRange,
    all: &[Filter],
) -> BTreeMap<&'a str, Vec<(Zoned, &'a Value)>> {
    let zone = TimeZone::get(&time.zone).unwrap();
    let ends =
        [&time.from, &time.to].map(|end| zone.to_timestamp(end.parse::<Date>().unwrap().into()));
    let [from, to] = ends.map(Result::unwrap);
    let field = match by {
        Subject::User => "user",
        Subject::Session => "session",
        Subject::Account => "account",
    };
    let mut lives: BTreeMap<&str, Vec<(Zoned, &Value)>> = BTreeMap::new();
    for event in events {
        let at: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
        let at = at.to_zoned(zone.clone());
        let subject = event[field].as_str().filter(|subject| !subject.is_empty());
        let meets = all.iter().all(|filter| holds(filter, event, &at));
        if let Some(subject) = subject
            && meets
            && (from..to).contains(&at.timestamp())
        {
            lives.entry(subject).or_default().push((at, event));
        }
    }
    // Those of the same time stay as they were sent.
    lives.values_mut().for_each(|life| life.sort_by_key(|(at, _)| at.timestamp()));
    lives
}

fn meets(filters: &[Filter], (at, event): &(Zoned, &Value)) -> bool {
    filters.iter().all(|filter| holds(filter, event, at))
}

fn plain_funnel(events: &[Value], query: &FunnelQuery) -> Vec<u64> {
    let mut counts = vec![0; query.steps.len()];
    for life in lives(events, query.by, &query.time, &query.filters).values() {
        let Some(entry) = life.iter().position(|event| meets(&query.steps[0].filters, event))
        else {
            continue;
        };
        let window = i64::try_from(query.window_seconds.unwrap_or(31_536_000)).unwrap();
        let end = life[entry].0.timestamp() + window.seconds();
        let mut rest = life[entry + 1..].iter().filter(|(at, _)| at.timestamp() <= end);
        counts[0] += 1;
        for (step, count) in query.steps.iter().zip(&mut counts).skip(1) {
            if !rest.any(|event| meets(&step.filters, event)) {
                break;
            }
            *count += 1;
        }
    }
    counts
}

/// The first day of the bucket of a day.
fn floor(date: Date, grain: Grain) -> Date {
    match grain {
        Grain::Day => date,
        Grain::Week => date - i64::from(date.weekday().to_monday_zero_offset()).days(),
        _ => date.first_of_month(),
    }
}

/// By bucket: how many began there, and how many of them were back in which bucket.
type Plainly = BTreeMap<Date, (u64, BTreeMap<Date, u64>)>;

fn plain_retention(events: &[Value], query: &RetentionQuery, grain: Grain) -> Plainly {
    let (from, to) = (query.time.from.parse::<Date>(), query.time.to.parse::<Date>());
    let (from, to) = (from.unwrap(), to.unwrap());
    let days = from.series(1.day()).take_while(|day| *day < to);
    let buckets: BTreeSet<Date> = days.map(|day| floor(day, grain)).collect();
    let none = || buckets.iter().map(|bucket| (*bucket, 0)).collect::<BTreeMap<Date, u64>>();
    let mut plainly: Plainly = buckets
        .iter()
        .map(|start| (*start, (0, none().into_iter().filter(|(day, _)| day >= start).collect())))
        .collect();
    for life in lives(events, query.by, &query.time, &query.filters).values() {
        let Some(first) = life.iter().position(|event| meets(&query.cohort, event)) else {
            continue;
        };
        let bucket = |event: &(Zoned, &Value)| floor(event.0.date(), grain);
        let cohort = plainly.get_mut(&bucket(&life[first])).unwrap();
        cohort.0 += 1;
        let back = life[first + 1..].iter().filter(|event| meets(&query.returning, event));
        for day in back.map(bucket).collect::<BTreeSet<_>>() {
            *cohort.1.get_mut(&day).unwrap() += 1;
        }
    }
    plainly
}

/// Asks for random funnels. Gives how many came to the end of one.
async fn same_funnels(seed: u64, count: usize, rounds: usize) -> u64 {
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let (house, events) = house(seed, count).await;
    let mut through = 0;
    for round in 0..rounds {
        let zone = one(&mut random, &ZONES);
        let mut asked = common(&mut random, zone);
        let steps = (0..random.random_range(2..5)).map(
            |at: usize| json!({"label": format!("Step {at}"), "filters": filters(&mut random)}),
        );
        asked["steps"] = steps.collect();
        if random.random_bool(0.7) {
            // Sometimes exactly the time between two events.
            let window = 21_600 * random.random_range(1..30_u64) - random.random_range(0..2_u64);
            asked["window_seconds"] = json!(window);
        }
        let query: FunnelQuery = serde_json::from_value(asked).unwrap();
        let answer: FunnelAnswer = house.engine.funnel(&house.scope, &query, &[]).await.unwrap();
        let counts: Vec<u64> = answer.steps.iter().map(|step| step.count).collect();
        assert_eq!(counts, plain_funnel(&events, &query), "{round}: {query:?}");
        through += counts.last().unwrap();
    }
    through
}

/// Asks for random retentions. Gives how many were back somewhere.
async fn same_retention(seed: u64, count: usize, rounds: usize) -> u64 {
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let (house, events) = house(seed, count).await;
    let mut returned = 0;
    for round in 0..rounds {
        let zone = one(&mut random, &ZONES);
        let mut asked = common(&mut random, zone);
        let grain = one(&mut random, &[Grain::Day, Grain::Week, Grain::Month]);
        asked["time"]["grain"] = json!(grain);
        asked["cohort"] = filters(&mut random);
        asked["returning"] = filters(&mut random);
        let query: RetentionQuery = serde_json::from_value(asked).unwrap();
        let answer: RetentionAnswer =
            house.engine.retention(&house.scope, &query, &[]).await.unwrap();
        let found: Vec<_> = answer
            .cohorts
            .iter()
            .map(|cohort| (cohort.start[..10].to_owned(), cohort.size, cohort.returned.clone()))
            .collect();
        let expected: Vec<_> = plain_retention(&events, &query, grain)
            .into_iter()
            .map(|(start, (size, back))| (start.to_string(), size, back.into_values().collect()))
            .collect();
        assert_eq!(found, expected, "{round}: {query:?}");
        returned += answer.cohorts.iter().flat_map(|cohort| &cohort.returned).sum::<u64>();
    }
    returned
}

#[tokio::test(flavor = "multi_thread")]
async fn funnels_are_those_of_a_plain_evaluation() {
    let through = same_funnels(31, 600, 200).await;
    assert!(through > 500, "only {through} came to an end: the funnels are too narrow");
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_is_that_of_a_plain_evaluation() {
    let returned = same_retention(32, 600, 150).await;
    assert!(returned > 500, "only {returned} were back");
}

/// So many events that they are read and sorted in several parts at once.
#[tokio::test(flavor = "multi_thread")]
async fn many_events_are_put_in_the_same_order() {
    assert!(same_funnels(33, 32_000, 6).await > 0);
    assert!(same_retention(34, 32_000, 6).await > 0);
}
