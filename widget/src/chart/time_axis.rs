//! Which buckets get a label on a time axis.
//!
//! The axis runs over buckets at equal distances, and a bucket is labelled where a calendar unit
//! begins in the viewer's zone: a day of 23 or 25 hours needs no special case.

use inlay_shared::Grain;

use crate::data::stamp::Stamp;

/// A label's place and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Place of the bucket.
    pub bucket: usize,
    /// What its label says.
    pub says: Says,
}

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// The time of day.
    Time,
    /// Day and month.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

/// A calendar unit, or several of them.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Minutes(i64),
    Hours(i64),
    Days(i64),
    Weeks(i64),
    Months(i64),
    Years(i64),
}

use Unit::{Days, Hours, Minutes, Months, Weeks, Years};

/// From fine to coarse.
const UNITS: [Unit; 21] = [
    Minutes(1),
    Minutes(5),
    Minutes(15),
    Minutes(30),
    Hours(1),
    Hours(3),
    Hours(6),
    Hours(12),
    Days(1),
    Days(2),
    Weeks(1),
    Weeks(2),
    Weeks(4),
    Months(1),
    Months(2),
    Months(3),
    Months(6),
    Years(1),
    Years(2),
    Years(5),
    Years(10),
];

impl Unit {
    /// The unit's number on the calendar; it changes where the unit begins.
    fn number(self, stamp: &Stamp) -> i64 {
        let hours = stamp.day_number() * 24 + i64::from(stamp.hour);
        match self {
            Minutes(many) => (hours * 60 + i64::from(stamp.minute)).div_euclid(many),
            Hours(many) => hours.div_euclid(many),
            Days(many) => stamp.day_number().div_euclid(many),
            // Day 0 was a Thursday.
            Weeks(many) => (stamp.day_number() + 3).div_euclid(7).div_euclid(many),
            Months(many) => i64::from(stamp.month_number()).div_euclid(many),
            Years(many) => i64::from(stamp.year).div_euclid(many),
        }
    }

    /// Whether the unit begins with this very bucket, for the first one, which has none before.
    fn begins(self, stamp: &Stamp) -> bool {
        let midnight = stamp.hour == 0 && stamp.minute == 0;
        let first = stamp.day == 1 && midnight;
        match self {
            Minutes(many) => i64::from(stamp.minute) % many == 0,
            Hours(many) => stamp.minute == 0 && i64::from(stamp.hour) % many == 0,
            Days(many) => midnight && stamp.day_number() % many == 0,
            Weeks(many) => midnight && stamp.weekday() == 0 && Weeks(1).number(stamp) % many == 0,
            Months(many) => first && i64::from(stamp.month_number()) % many == 0,
            Years(many) => first && stamp.month == 1 && i64::from(stamp.year) % many == 0,
        }
    }

    fn says(self, stamp: &Stamp) -> Says {
        match self {
            Minutes(_) | Hours(_) if stamp.hour == 0 && stamp.minute == 0 => Says::Day,
            Minutes(_) | Hours(_) => Says::Time,
            Days(_) | Weeks(_) => Says::Day,
            Months(_) if stamp.month == 1 => Says::Year,
            Months(_) => Says::Month,
            Years(_) => Says::Year,
        }
    }

    /// A unit finer than the buckets would label each of them, in a unit that says too much.
    fn suits(self, grain: Grain) -> bool {
        match self {
            Minutes(_) => grain == Grain::Minute,
            Hours(_) => matches!(grain, Grain::Minute | Grain::Hour),
            Days(_) => matches!(grain, Grain::Minute | Grain::Hour | Grain::Day),
            Weeks(_) => !matches!(grain, Grain::Month | Grain::Quarter | Grain::Year),
            Months(1 | 2) => !matches!(grain, Grain::Quarter | Grain::Year),
            Months(_) => grain != Grain::Year,
            Years(_) => true,
        }
    }

    fn ticks(self, times: &[Stamp]) -> Vec<Tick> {
        let starts = |place: usize, stamp: &Stamp| match place.checked_sub(1) {
            None => self.begins(stamp),
            Some(before) => self.number(stamp) != self.number(&times[before]),
        };
        let labelled = times.iter().enumerate().filter(|(place, stamp)| starts(*place, stamp));
        labelled.map(|(bucket, stamp)| Tick { bucket, says: self.says(stamp) }).collect()
    }
}

/// The labels of an axis that has room for `room` of them: as many as fit, at even steps.
pub fn ticks(times: &[Stamp], grain: Grain, room: usize) -> Vec<Tick> {
    for unit in UNITS {
        if unit.suits(grain) {
            let ticks = unit.ticks(times);
            if !ticks.is_empty() && ticks.len() <= room.max(1) {
                return ticks;
            }
        }
    }
    Vec::new()
}

/// Where a unit, called `Hours 3`, begins among buckets.
#[cfg(test)]
pub(super) fn starts_of(name: &str, times: &[Stamp]) -> Vec<usize> {
    let called = |unit: &&Unit| format!("{unit:?}").replace('(', " ").replace(')', "") == name;
    let unit = UNITS.iter().find(called).expect("a unit of this axis");
    unit.ticks(times).iter().map(|tick| tick.bucket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: i64, count: i64) -> Vec<Stamp> {
        (from..from + count).map(|day| stamp(day, 0)).collect()
    }

    /// A stamp from its day of 2026 (0 is 1 January) and its hour.
    fn stamp(day: i64, hour: u8) -> Stamp {
        let mut rest = day;
        let mut month = 1;
        for length in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if rest < length {
                break;
            }
            rest -= length;
            month += 1;
        }
        let text = format!("2026-{month:02}-{:02}T{hour:02}:00:00Z", rest + 1);
        Stamp::parse(&text).unwrap()
    }

    fn said(times: &[Stamp], grain: Grain, room: usize) -> Vec<(usize, Says)> {
        ticks(times, grain, room).iter().map(|tick| (tick.bucket, tick.says)).collect()
    }

    #[test]
    fn a_week_of_days_has_a_label_each() {
        assert_eq!(said(&days(0, 7), Grain::Day, 8).len(), 7);
    }

    #[test]
    fn thirty_days_are_labelled_on_mondays() {
        // 1 January 2026 is a Thursday.
        let expected = [4, 11, 18, 25].map(|day| (day, Says::Day));
        assert_eq!(said(&days(0, 30), Grain::Day, 8), expected);
    }

    #[test]
    fn a_year_of_days_is_labelled_by_month_and_begins_with_the_year() {
        let labels = said(&days(0, 365), Grain::Day, 12);
        assert_eq!(labels.len(), 12);
        assert_eq!(labels[..3], [(0, Says::Year), (31, Says::Month), (59, Says::Month)]);
    }

    #[test]
    fn hours_say_the_day_at_midnight() {
        let times: Vec<Stamp> = (0..24).map(|hour| stamp(40, hour)).collect();
        assert_eq!(
            said(&times, Grain::Hour, 5),
            [(0, Says::Day), (6, Says::Time), (12, Says::Time), (18, Says::Time)]
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_labelled_once() {
        let texts = ["00:00:00+02:00", "01:00:00+02:00", "02:00:00+02:00", "02:00:00+01:00"];
        let times: Vec<Stamp> =
            texts.iter().map(|text| Stamp::parse(&format!("2026-10-25T{text}")).unwrap()).collect();
        assert_eq!(said(&times, Grain::Hour, 9).len(), 3);
    }

    #[test]
    fn weeks_are_never_labelled_by_days() {
        let times: Vec<Stamp> = (0..26).map(|week| stamp(4 + week * 7, 0)).collect();
        let labels = said(&times, Grain::Week, 7);
        assert_eq!(labels.len(), 7);
        assert!(labels.iter().all(|(_, says)| *says == Says::Day));
        assert_eq!(said(&times, Grain::Week, 5).first(), Some(&(4, Says::Month)));
    }

    #[test]
    fn no_bucket_and_one_bucket_do_not_break() {
        assert!(said(&[], Grain::Day, 5).is_empty());
        assert_eq!(said(&days(3, 1), Grain::Day, 5).len(), 1);
        assert_eq!(said(&days(3, 1), Grain::Day, 0).len(), 1);
    }
}
