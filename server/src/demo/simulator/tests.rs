//! What the simulation promises: the same for the same seed, as large and as skewed as asked, valid.

use std::collections::{HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::*;
use crate::demo::customers::CUSTOMERS;

const EVENTS: u64 = 60_000;

fn anchor() -> Timestamp {
    "2026-11-20T10:17:03Z".parse().unwrap()
}

fn simulator(seed: u64, number: usize) -> Simulator {
    Simulator::new(seed, number, &CUSTOMERS[number], anchor(), EVENTS).unwrap()
}

fn history(seed: u64, number: usize) -> Vec<Arrival> {
    let simulator = simulator(seed, number);
    let end = instant(hour_of(anchor()));
    simulator.arrivals(simulator.start()).take_while(|arrival| arrival.at < end).collect()
}

fn unique(arrivals: &[Arrival]) -> HashMap<&str, &Event> {
    arrivals.iter().map(|arrival| (arrival.event.id.as_str(), &arrival.event)).collect()
}

#[test]
fn the_same_seed_gives_the_same_history_and_another_seed_another() {
    assert_eq!(history(42, 2), history(42, 2));
    assert_ne!(history(42, 2), history(43, 2));
}

#[test]
fn the_history_is_as_large_as_asked_and_as_skewed_as_the_customers() {
    for (number, customer) in CUSTOMERS.iter().enumerate() {
        let wanted = EVENTS as f64 * customer.share;
        let stored = unique(&history(42, number)).len() as f64;
        assert!((stored / wanted - 1.0).abs() < 0.06, "{}: {stored} of {wanted}", customer.id);
    }
}

#[test]
fn a_later_start_sees_the_same_arrivals() {
    let simulator = simulator(42, 1);
    let from = anchor() - 221.hours();
    let until = anchor() - 192.hours();
    let cut = |arrivals: Arrivals<'_>| -> Vec<Arrival> {
        arrivals.skip_while(|a| a.at < from).take_while(|a| a.at < until).collect()
    };
    assert_eq!(cut(simulator.arrivals(from)), cut(simulator.arrivals(simulator.start())));
}

#[test]
fn arrivals_are_in_order_and_go_on_after_now() {
    let simulator = simulator(42, 0);
    let arrivals: Vec<_> = simulator.arrivals(anchor()).take(2_000).collect();
    assert!(arrivals.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(arrivals.iter().all(|arrival| arrival.at >= anchor()));
}

#[test]
fn some_are_late_and_some_come_twice_with_the_same_content() {
    let arrivals = history(42, 0);
    let share = |n: usize| n as f64 / arrivals.len() as f64;
    let late = arrivals.iter().filter(|a| !a.again && a.at > a.event.time + 5.minutes()).count();
    assert!((0.005..0.02).contains(&share(late)), "{late}");
    let again: Vec<_> = arrivals.iter().filter(|arrival| arrival.again).collect();
    assert!((0.002..0.01).contains(&share(again.len())), "{}", again.len());
    let known = unique(&arrivals);
    assert!(again.iter().all(|arrival| known[arrival.event.id.as_str()] == &arrival.event));
    let ids: HashSet<_> =
        arrivals.iter().filter(|a| !a.again).map(|a| a.event.id.as_str()).collect();
    assert_eq!(ids.len(), arrivals.iter().filter(|a| !a.again).count(), "an id is made once");
}

#[test]
fn working_hours_and_weekends_show() {
    for (number, customer) in CUSTOMERS.iter().enumerate() {
        let zone = TimeZone::get(customer.zone).unwrap();
        let (mut work, mut night, mut tuesday, mut sunday) = (0, 0, 0, 0);
        for event in unique(&history(42, number)).values() {
            let local = event.time.to_zoned(zone.clone());
            match local.hour() {
                9..17 => work += 1,
                0..5 => night += 1,
                _ => {}
            }
            match local.weekday() {
                Weekday::Tuesday => tuesday += 1,
                Weekday::Sunday => sunday += 1,
                _ => {}
            }
        }
        assert!(work > 20 * night, "{}: {work} by day, {night} at night", customer.id);
        assert!(tuesday > 5 * sunday, "{}: {tuesday} and {sunday}", customer.id);
    }
}

#[test]
fn stories_show() {
    let rhythm = &simulator(42, 0).rhythm;
    // Nineteen days before Friday the 20th is a Sunday: the outage is on the Friday before.
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let hour = |text: &str| {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        hour_of(local.to_zoned(zone.clone()).unwrap().timestamp())
    };
    let (broken, usual) = (hour("2026-10-30T10:00"), hour("2026-10-23T10:00"));
    assert!(rhythm.share(broken) < 0.3 * rhythm.share(usual));
    assert!(rhythm.slowness(broken) > 3.0 * rhythm.slowness(usual));
}

#[test]
fn every_event_is_valid_by_the_contract() {
    for number in 0..CUSTOMERS.len() {
        let simulator = simulator(42, number);
        let live = simulator.live_visits(anchor());
        for arrival in history(42, number).iter().chain(&live) {
            let json = serde_json::to_value(&arrival.event).unwrap();
            let fault = fault(&json);
            assert!(fault.is_none(), "{}: {json}", fault.unwrap_or_default());
            assert!(arrival.at >= arrival.event.time);
        }
    }
}

#[test]
fn a_live_run_is_dense_at_first_and_then_fades() {
    let now = anchor();
    let all: Vec<_> = (0..3).flat_map(|number| simulator(42, number).live_visits(now)).collect();
    let within = |from: i64, to: i64| {
        let inside = |a: &&Arrival| (now + from.minutes()..now + to.minutes()).contains(&a.at);
        all.iter().filter(inside).count()
    };
    assert!(within(0, 2) > 180, "more than an event a second: {}", within(0, 2));
    assert!(within(40, 42) < within(0, 2) / 8, "{}", within(40, 42));
    assert!(all.len() < 4_000, "{}", all.len());
}

#[test]
fn merged_streams_keep_the_order() {
    let simulators: Vec<_> = (0..3).map(|number| simulator(42, number)).collect();
    let merged: Vec<_> =
        merge(simulators.iter().map(|one| one.arrivals(anchor()))).take(3_000).collect();
    assert!(merged.windows(2).all(|pair| pair[0].1.at <= pair[1].1.at));
    assert_eq!(merged.iter().map(|(n, _)| n).collect::<HashSet<_>>().len(), 3);
}

/// The rules of the contract's schema `Event`, by hand; the end-to-end tests validate against it.
fn fault(event: &Value) -> Option<String> {
    let event = event.as_object()?;
    for (key, value) in event {
        let text = value.as_str().unwrap_or_default();
        let upper = |n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_uppercase());
        let good = match key.as_str() {
            "id" | "name" => (1..=128).contains(&text.len()),
            "time" => text.parse::<Timestamp>().is_ok(),
            "user" | "account" | "session" => (1..=256).contains(&text.len()),
            "page" | "referrer" => (1..=2048).contains(&text.len()),
            "country" => upper(2),
            "currency" => upper(3),
            "device" => (1..=64).contains(&text.len()),
            "value" => text.parse::<rust_decimal::Decimal>().is_ok_and(|v| v.scale() <= 6),
            "duration_ms" => value.as_u64().is_some(),
            "properties" => value.as_object().is_some_and(|all| {
                all.len() <= 64
                    && all.values().all(|v| v.is_string() || v.is_number() || v.is_boolean())
            }),
            _ => false,
        };
        if !good {
            return Some(format!("`{key}` is {value}"));
        }
    }
    let missing = ["id", "name", "time"].into_iter().find(|key| !event.contains_key(*key));
    missing.map(|key| format!("no `{key}`"))
}
