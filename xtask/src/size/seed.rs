//! Events for the measurement: the same on every run and every machine, spread as a customer's are,
//! so that the panels are full and compress as they would in a portal.

use serde_json::{Value, json};

/// How many days back the events go.
const DAYS: u64 = 90;
/// How many there are.
const EVENTS: u64 = 6_000;

const NAMES: &[&str] =
    &["page.viewed", "task.created", "task.completed", "comment.added", "file.uploaded"];
const PAGES: &[&str] = &["/board", "/inbox", "/projects", "/reports", "/settings", "/calendar"];
const REFERRERS: &[&str] = &["google.com", "github.com", "bing.com", "news.ycombinator.com"];
const COUNTRIES: &[&str] = &["DE", "US", "GB", "FR", "NL", "PL", "JP", "BR"];
const DEVICES: &[&str] = &["desktop", "mobile", "tablet"];

/// The events of one tenant, which end at a time (seconds since 1970).
pub(crate) fn events(end: u64) -> Vec<Value> {
    let mut dice = Dice(0x1A7A_2026_1120_0001);
    let mut event = |number| {
        let user = dice.skewed(180);
        json!({
            "id": format!("size-{number}"),
            "name": dice.pick(NAMES),
            "time": rfc3339(end - dice.below(DAYS * 86_400) - 1),
            "user": format!("u{user}"),
            "account": format!("a{}", user % 23),
            "session": format!("s{}", dice.below(EVENTS / 4)),
            "page": dice.pick(PAGES),
            "referrer": dice.pick(REFERRERS),
            "country": dice.pick(COUNTRIES),
            "device": dice.pick(DEVICES),
            "duration_ms": 20 + dice.skewed(4_000),
        })
    };
    (0..EVENTS).map(&mut event).collect()
}

/// A small generator of numbers (SplitMix64): chance that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, limit: u64) -> u64 {
        self.below(limit) * self.below(limit) / limit
    }

    /// The first entries more often than the last ones.
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.skewed(from.len() as u64)).unwrap_or(0)]
    }
}

/// A time in UTC, as events and ranges carry it. The date is Howard Hinnant's civil-from-days.
pub(crate) fn rfc3339(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_are_the_same_every_time() {
        assert_eq!(events(1_764_000_000), events(1_764_000_000));
        assert_eq!(events(1_764_000_000).len() as u64, EVENTS);
    }

    #[test]
    fn times_are_written_as_events_carry_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_795_219_199), "2026-11-20T23:59:59Z");
    }
}
