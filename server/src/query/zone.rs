//! An IANA time zone that is known here.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Span, Timestamp, ToSpan, Unit, ZonedRound};

use crate::model::Invalid;

/// A known IANA zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone of that name; `pointer` says where the name stands.
    ///
    /// # Errors
    /// `unknown_zone`.
    pub fn find(name: &str, pointer: &str) -> Result<Self, Invalid> {
        let unknown = || {
            let name: String = name.chars().take(64).collect();
            let detail =
                format!("there is no IANA time zone `{name}`; write it as in `Europe/Berlin`");
            Invalid::new("unknown_zone", pointer, detail)
        };
        if name.is_empty() || name.len() > 64 {
            return Err(unknown());
        }
        let rules = TimeZone::get(name).map_err(|_| unknown())?;
        let name = rules.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Self { name, rules })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day on the wall calendar.
    pub(super) fn date(&self, at: Timestamp) -> Date {
        self.rules.to_datetime(at).date()
    }

    /// The first instant of a day; where the clock skips midnight, that is later than 0:00.
    pub(super) fn midnight(&self, date: Date) -> Option<Timestamp> {
        let zoned = self.rules.to_zoned(date.at(0, 0, 0, 0)).ok()?;
        zoned.start_of_day().ok().map(|start| start.timestamp())
    }

    /// The instant at which the hour or the minute of the local clock began.
    pub(super) fn floor(&self, at: Timestamp, unit: Unit) -> Option<Timestamp> {
        let down = ZonedRound::new().smallest(unit).mode(RoundMode::Floor);
        at.to_zoned(self.rules.clone()).round(down).ok().map(|start| start.timestamp())
    }

    /// The instant at which the next hour or minute of the local clock begins. Where the clock is put by
    /// half an hour (Lord Howe does), that is sooner or later than usual.
    pub(super) fn next(&self, start: Timestamp, unit: Unit) -> Option<Timestamp> {
        let step = if unit == Unit::Hour { 15.minutes() } else { 1.minute() };
        let usual = if unit == Unit::Hour { 1.hour() } else { step };
        let mut at = start.checked_add(usual).ok()?;
        loop {
            let next = self.floor(at, unit)?;
            if next > start {
                return Some(next);
            }
            at = at.checked_add(step).ok()?;
        }
    }

    /// The same wall-clock time so many days, months or years before; the beginning of a day becomes
    /// that of another one, wherever their clocks are put.
    pub(super) fn earlier(&self, at: Timestamp, step: Span) -> Option<Timestamp> {
        let date = self.date(at);
        if self.midnight(date) == Some(at) {
            return self.midnight(date.checked_sub(step).ok()?);
        }
        let zoned = at.to_zoned(self.rules.clone()).checked_sub(step).ok()?;
        Some(zoned.timestamp())
    }

    /// Offsets from UTC between two instants, in microseconds: each with the instant from which it
    /// holds. The first one holds before, too.
    pub(super) fn offsets(&self, from: Timestamp, to: Timestamp) -> Vec<(i64, i64)> {
        let micros = |seconds: i32| i64::from(seconds) * 1_000_000;
        let first = micros(self.rules.to_offset(from).seconds());
        let mut offsets = vec![(from.as_microsecond(), first)];
        for change in self.rules.following(from).take_while(|change| change.timestamp() < to) {
            let offset = micros(change.offset().seconds());
            offsets.push((change.timestamp().as_microsecond(), offset));
        }
        offsets
    }

    /// RFC 3339 with the offset that holds then.
    pub(super) fn write(&self, at: Timestamp) -> String {
        let offset = self.rules.to_offset(at);
        let (hours, minutes) = (offset.seconds() / 3_600, offset.seconds().abs() % 3_600 / 60);
        let local = self.rules.to_datetime(at);
        if offset.seconds() == 0 {
            return format!("{local}Z");
        }
        let sign = if offset.seconds() < 0 { '-' } else { '+' };
        format!("{local}{sign}{:02}:{minutes:02}", hours.abs())
    }
}

/// A step back that does not fall off the calendar.
pub(super) fn earlier(at: Timestamp, by: SignedDuration) -> Option<Timestamp> {
    at.checked_sub(by).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::find(name, "").unwrap()
    }

    #[test]
    fn only_iana_names_are_zones() {
        assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
        assert_eq!(zone("UTC").name(), "UTC");
        for bad in ["", "Mars/Olympus", "+02:00", "CET-1CEST", "../etc/passwd", "Europe"] {
            assert_eq!(Zone::find(bad, "").unwrap_err().code, "unknown_zone", "{bad}");
        }
    }

    #[test]
    fn times_are_written_with_the_offset_of_their_moment() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.write(at("2026-03-29T00:59:59Z")), "2026-03-29T01:59:59+01:00");
        assert_eq!(berlin.write(at("2026-03-29T01:00:00Z")), "2026-03-29T03:00:00+02:00");
        assert_eq!(zone("UTC").write(at("2026-01-01T00:00:00.5Z")), "2026-01-01T00:00:00.5Z");
        let kathmandu = zone("Asia/Kathmandu");
        assert_eq!(kathmandu.write(at("2026-01-01T00:00:00Z")), "2026-01-01T05:45:00+05:45");
        let new_york = zone("America/New_York");
        assert_eq!(new_york.write(at("2026-01-01T05:00:00Z")), "2026-01-01T00:00:00-05:00");
    }

    #[test]
    fn a_day_without_midnight_begins_later() {
        let sao_paulo = zone("America/Sao_Paulo");
        let start = sao_paulo.midnight(Date::constant(2018, 11, 4)).unwrap();
        assert_eq!(sao_paulo.write(start), "2018-11-04T01:00:00-02:00");
        let cairo = zone("Africa/Cairo");
        let start = cairo.midnight(Date::constant(2026, 4, 24)).unwrap();
        assert_eq!(cairo.write(start), "2026-04-24T01:00:00+03:00");
    }

    #[test]
    fn an_hour_ends_where_the_local_clock_says() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let hours = |name: &str, from: &str, count: usize| -> Vec<String> {
            let zone = zone(name);
            let mut hour = zone.floor(at(from), Unit::Hour).unwrap();
            let mut hours = vec![zone.write(hour)];
            while hours.len() < count {
                hour = zone.next(hour, Unit::Hour).unwrap();
                hours.push(zone.write(hour));
            }
            hours
        };
        let back = hours("Australia/Lord_Howe", "2026-04-04T14:10:00Z", 3);
        let back: Vec<&str> = back.iter().map(|hour| &hour[11..]).collect();
        assert_eq!(back, ["01:00:00+11:00", "02:00:00+10:30", "03:00:00+10:30"]);
        let on = hours("Australia/Lord_Howe", "2026-10-03T14:40:00Z", 3);
        let on: Vec<&str> = on.iter().map(|hour| &hour[11..]).collect();
        assert_eq!(on, ["01:00:00+10:30", "02:30:00+11:00", "03:00:00+11:00"]);
        let berlin = hours("Europe/Berlin", "2026-10-25T00:30:00Z", 3);
        let berlin: Vec<&str> = berlin.iter().map(|hour| &hour[11..]).collect();
        assert_eq!(berlin, ["02:00:00+02:00", "02:00:00+01:00", "03:00:00+01:00"]);
    }

    #[test]
    fn offsets_change_where_the_clock_does() {
        let from = "2026-01-01T00:00:00Z".parse().unwrap();
        let to = "2027-01-01T00:00:00Z".parse().unwrap();
        let hour = 3_600_000_000;
        let offsets: Vec<i64> =
            zone("Europe/Berlin").offsets(from, to).into_iter().map(|(_, o)| o).collect();
        assert_eq!(offsets, [hour, 2 * hour, hour]);
        assert_eq!(zone("UTC").offsets(from, to).len(), 1);
    }
}
