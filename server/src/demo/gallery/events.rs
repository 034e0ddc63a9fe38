//! The gallery's events: those of a day follow from its date alone, so that a later start sends the
//! same ones again, which Inlay stores once.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

/// Days of history: two ranges of thirty, for the comparison.
const DAYS: i64 = 60;

const PAGES: [&str; 9] = [
    "/home",
    "/pricing",
    "/features",
    "/blog",
    "/docs",
    "/contact",
    "/careers",
    "/status",
    "/legal",
];
const COUNTRIES: [&str; 6] = ["DE", "FR", "US", "JP", "BR", "GB"];
const DEVICES: [&str; 3] = ["desktop", "phone", "tablet"];

/// The events of the last sixty days, those of today included.
pub(super) fn until(now: Timestamp) -> Vec<Value> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut events = Vec::new();
    for back in (0..DAYS).rev() {
        let day = today.saturating_sub(back.days());
        events.extend(of_day(day));
    }
    // One event alone, and always the same distance away.
    let once = today.saturating_sub(9.days());
    let mut alone = event(once, 10 * 60, "once.only", 0);
    alone["value"] = json!("42.00");
    alone["currency"] = json!("EUR");
    events.push(alone);
    events.retain(|event| {
        event["time"].as_str().and_then(|time| time.parse::<Timestamp>().ok()) < Some(now)
    });
    events
}

fn of_day(day: Date) -> Vec<Value> {
    let number = day_number(day);
    let mut dice = Dice(number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let weekend = day.weekday().to_monday_one_offset() > 5;
    // A gap: nothing is known of one day in thirty.
    let visits = if number % 30 == 11 { 0 } else { 14 + dice.below(10) + number % 7 };
    let visits = if weekend { visits / 2 } else { visits };
    let mut events = Vec::new();
    for n in 0..visits {
        let age = dice.below(36).min(dice.below(36)).min(dice.below(36));
        let user = format!("u{}-{}", number - age, dice.below(6));
        let minute = 60 * (6 + dice.below(9).max(dice.below(9)) + dice.below(6)) + dice.below(60);
        let common = json!({
            "user": user, "session": format!("s{number}-{n}"),
            "page": PAGES[dice.skewed(9)], "country": COUNTRIES[dice.skewed(6)],
            "device": DEVICES[dice.skewed(3)], "duration_ms": 180 + dice.below(900),
        });
        let mut push = |name: &str, after: i64, value: Option<i64>| {
            let at = i64::try_from(events.len()).unwrap_or(0);
            let mut event = event(day, minute + after, name, at);
            merge(&mut event, &common);
            if let Some(cents) = value {
                event["value"] = json!(format!("{}.{:02}", cents / 100, cents % 100));
                event["currency"] = json!("EUR");
            }
            events.push(event);
        };
        push("page.viewed", 0, None);
        if age == 0 && dice.below(3) > 0 {
            push("signup", 4, None);
        }
        if dice.below(4) == 0 {
            push("order.placed", 9, Some(900 + dice.below(9_000)));
        }
        let sign = if number % 9 < 5 { 1 } else { -1 };
        let moved = format!("{}", sign * (5 + dice.below(40)));
        let mut stock = event(day, minute, "stock.moved", 1_000 + n);
        merge(&mut stock, &common);
        stock["value"] = json!(if dice.below(4) == 0 { format!("-{}", 3 + n) } else { moved });
        stock["currency"] = json!("EUR");
        events.push(stock);
        let mut long = event(day, minute, "long.viewed", 2_000 + n);
        merge(&mut long, &common);
        let page = PAGES[dice.skewed(9)].trim_start_matches('/');
        long["page"] = json!(format!(
            "/a-rather-long-address-of-a-page/that-nobody-would-read-to-its-end/{page}"
        ));
        let site = dice.skewed(12);
        long["referrer"] = json!(format!("a-site-with-a-long-name-number-{}.example", site + 1));
        events.push(long);
        if n < 2 {
            let mut mixed = event(day, minute, "mixed.paid", 3_000 + n);
            merge(&mut mixed, &common);
            mixed["value"] = json!("5.00");
            mixed["currency"] = json!(if n == 0 { "EUR" } else { "USD" });
            events.push(mixed);
        }
    }
    events
}

fn event(day: Date, minute: i64, name: &str, at: i64) -> Value {
    let midnight = day.to_zoned(TimeZone::UTC).expect("a day of this century").timestamp();
    let time = midnight.saturating_add(minute.minutes()).expect("minutes have a fixed length");
    json!({"id": format!("gallery-{name}-{day}-{at}"), "name": name, "time": time.to_string()})
}

fn merge(event: &mut Value, common: &Value) {
    for (name, value) in common.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
}

/// Days since 1970.
fn day_number(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).map_or(0, |day| day.timestamp().as_second() / 86_400)
}

/// Numbers that look like chance and follow from the seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        i64::try_from((self.0 >> 33) % end.unsigned_abs()).unwrap_or(0)
    }

    /// Small numbers more often.
    fn skewed(&mut self, end: usize) -> usize {
        let end = i64::try_from(end).unwrap_or(1);
        usize::try_from(self.below(end).min(self.below(end))).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_same_whenever_it_is_made() {
        let at = |text: &str| until(text.parse().unwrap());
        let (early, late) = (at("2026-10-14T12:00:00Z"), at("2026-10-20T12:00:00Z"));
        let day = |events: &[Value]| -> Vec<Value> {
            let is_there = |event: &&Value| {
                event["time"].as_str().unwrap().starts_with("2026-10-10")
                    && event["name"] != "once.only"
            };
            events.iter().filter(is_there).cloned().collect()
        };
        assert!(!day(&early).is_empty());
        assert_eq!(day(&early), day(&late));
    }
}
