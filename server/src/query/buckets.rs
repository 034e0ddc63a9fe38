//! Cuts a range into buckets at the zone's own boundaries.

use std::sync::Arc;

use inlay_shared::{Grain, WeekStart};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, Unit};

use super::zone::Zone;
use crate::model::Invalid;

/// Most buckets of an answer.
const MOST: usize = 5_000;

/// Where buckets begin, in microseconds since 1970: rising, at least one.
///
/// The first one begins at the boundary at or before the range, though the range may begin within
/// it: a bucket is named by its own beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Buckets {
    starts: Arc<[i64]>,
}

impl Buckets {
    pub(super) fn cut(
        from: Timestamp,
        to: Timestamp,
        zone: &Zone,
        grain: Grain,
        week_start: WeekStart,
    ) -> Result<Self, Invalid> {
        if estimate(from, to, grain) > MOST {
            return Err(too_many(from, to, grain));
        }
        let off_calendar =
            || Invalid::new("invalid_range", "/time", "the range is at the edge of the calendar");
        let mut starts = Vec::new();
        match grain {
            Grain::Minute | Grain::Hour => {
                let unit = if grain == Grain::Hour { Unit::Hour } else { Unit::Minute };
                let mut at = zone.floor(from, unit).ok_or_else(off_calendar)?;
                while at < to {
                    starts.push(at.as_microsecond());
                    at = zone.next(at, unit).ok_or_else(off_calendar)?;
                }
            }
            Grain::Day | Grain::Week | Grain::Month | Grain::Quarter | Grain::Year => {
                let first = first_day(zone.date(from), grain, week_start);
                let mut date = first.ok_or_else(off_calendar)?;
                loop {
                    let at = zone.midnight(date).ok_or_else(off_calendar)?;
                    if at >= to {
                        break;
                    }
                    starts.push(at.as_microsecond());
                    date = next(date, grain).ok_or_else(off_calendar)?;
                }
            }
        }
        // A zone that skipped a whole day has a day that begins when the next one does.
        starts.dedup();
        if starts.len() > MOST {
            return Err(too_many(from, to, grain));
        }
        Ok(Self { starts: starts.into() })
    }

    pub(super) fn starts(&self) -> &Arc<[i64]> {
        &self.starts
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }
}

/// The grain in which a panel of that length is drawn when it leaves the choice: hours up to two
/// days, days up to 100, weeks up to two years, then months.
pub(super) fn fitting(from: Timestamp, to: Timestamp) -> Grain {
    // Begun days count, but an hour more does not begin one: a day may have 25.
    let days = (to.duration_since(from).as_hours() + 22) / 24;
    match days {
        ..=2 => Grain::Hour,
        3..=100 => Grain::Day,
        101..=731 => Grain::Week,
        _ => Grain::Month,
    }
}

const fn seconds(grain: Grain) -> i64 {
    match grain {
        Grain::Minute => 60,
        Grain::Hour => 3_600,
        Grain::Day => 86_400,
        Grain::Week => 604_800,
        // The mean of the Gregorian calendar, near enough for an estimate.
        Grain::Month => 2_629_746,
        Grain::Quarter => 7_889_238,
        Grain::Year => 31_556_952,
    }
}

fn estimate(from: Timestamp, to: Timestamp, grain: Grain) -> usize {
    let length = to.duration_since(from).as_secs() / seconds(grain);
    usize::try_from(length).unwrap_or(0)
}

fn too_many(from: Timestamp, to: Timestamp, grain: Grain) -> Invalid {
    let coarser = [Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year]
        .into_iter()
        .filter(|other| seconds(*other) > seconds(grain))
        .find(|other| estimate(from, to, *other) < MOST);
    let name = |grain| match grain {
        Grain::Minute => "minute",
        Grain::Hour => "hour",
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
    };
    let advice = match coarser {
        Some(coarser) => format!("the grain `{}` fits", name(coarser)),
        None => "ask for a shorter range".to_owned(),
    };
    let count = estimate(from, to, grain);
    let detail = format!(
        "the range has about {count} buckets of a {}; at most {MOST}: {advice}",
        name(grain)
    );
    Invalid::new("too_many_buckets", "/time/grain", detail)
}

/// The day with which the week of a date begins.
pub(super) fn first_of_week(date: Date, week_start: WeekStart) -> Option<Date> {
    let first = match week_start {
        WeekStart::Monday => Weekday::Monday,
        WeekStart::Tuesday => Weekday::Tuesday,
        WeekStart::Wednesday => Weekday::Wednesday,
        WeekStart::Thursday => Weekday::Thursday,
        WeekStart::Friday => Weekday::Friday,
        WeekStart::Saturday => Weekday::Saturday,
        WeekStart::Sunday => Weekday::Sunday,
    };
    date.checked_sub(i64::from(date.weekday().since(first)).days()).ok()
}

fn first_day(date: Date, grain: Grain, week_start: WeekStart) -> Option<Date> {
    match grain {
        Grain::Week => first_of_week(date, week_start),
        Grain::Month => Some(date.first_of_month()),
        Grain::Quarter => {
            let month = (date.month() - 1) / 3 * 3 + 1;
            Date::new(date.year(), month, 1).ok()
        }
        Grain::Year => Some(date.first_of_year()),
        Grain::Minute | Grain::Hour | Grain::Day => Some(date),
    }
}

fn next(date: Date, grain: Grain) -> Option<Date> {
    match grain {
        Grain::Month => date.checked_add(1.month()).ok(),
        Grain::Quarter => date.checked_add(3.months()).ok(),
        Grain::Year => date.checked_add(1.year()).ok(),
        Grain::Week => date.checked_add(7.days()).ok(),
        Grain::Minute | Grain::Hour | Grain::Day => date.tomorrow().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(zone: &str, from: &str, to: &str, grain: Grain) -> Vec<String> {
        let zone = Zone::find(zone, "").unwrap();
        let midnight = |text: &str| zone.midnight(text.parse().unwrap()).unwrap();
        let buckets =
            Buckets::cut(midnight(from), midnight(to), &zone, grain, WeekStart::Monday).unwrap();
        let write = |at: &i64| zone.write(Timestamp::from_microsecond(*at).unwrap());
        buckets.starts().iter().map(write).collect()
    }

    /// Lengths of the buckets in hours.
    fn hours(zone: &str, from: &str, to: &str, grain: Grain) -> Vec<i64> {
        let zone = Zone::find(zone, "").unwrap();
        let midnight = |text: &str| zone.midnight(text.parse().unwrap()).unwrap();
        let end = midnight(to);
        let buckets = Buckets::cut(midnight(from), end, &zone, grain, WeekStart::Monday).unwrap();
        let mut edges = buckets.starts().to_vec();
        edges.push(end.as_microsecond());
        edges.windows(2).map(|pair| (pair[1] - pair[0]) / 3_600_000_000).collect()
    }

    #[test]
    fn days_are_as_long_as_the_zone_makes_them() {
        let berlin = "Europe/Berlin";
        assert_eq!(hours(berlin, "2026-03-28", "2026-03-31", Grain::Day), [24, 23, 24]);
        assert_eq!(hours(berlin, "2026-10-24", "2026-10-27", Grain::Day), [24, 25, 24]);
        let new_york = "America/New_York";
        assert_eq!(hours(new_york, "2026-03-07", "2026-03-10", Grain::Day), [24, 23, 24]);
        assert_eq!(hours(new_york, "2026-10-31", "2026-11-03", Grain::Day), [24, 25, 24]);
        let kathmandu = "Asia/Kathmandu";
        assert_eq!(hours(kathmandu, "2026-03-28", "2026-03-31", Grain::Day), [24, 24, 24]);
    }

    #[test]
    fn a_day_without_midnight_begins_when_it_begins() {
        assert_eq!(
            cut("America/Sao_Paulo", "2018-11-03", "2018-11-06", Grain::Day),
            ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",]
        );
        assert_eq!(hours("Africa/Cairo", "2026-04-23", "2026-04-26", Grain::Day), [24, 23, 24]);
    }

    #[test]
    fn a_skipped_day_is_no_bucket() {
        // Samoa left out 30 December 2011.
        let days = cut("Pacific/Apia", "2011-12-29", "2012-01-01", Grain::Day);
        assert_eq!(days, ["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"]);
    }

    #[test]
    fn hours_follow_the_local_clock() {
        let berlin = cut("Europe/Berlin", "2026-10-25", "2026-10-26", Grain::Hour);
        assert_eq!(berlin.len(), 25);
        assert_eq!(berlin[2..4], ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]);
        assert_eq!(cut("Europe/Berlin", "2026-03-29", "2026-03-30", Grain::Hour).len(), 23);
        let kathmandu = cut("Asia/Kathmandu", "2026-01-01", "2026-01-02", Grain::Hour);
        assert_eq!((kathmandu.len(), &*kathmandu[1]), (24, "2026-01-01T01:00:00+05:45"));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = cut("Europe/Berlin", "2026-07-03", "2026-07-15", Grain::Week);
        let mondays =
            ["2026-06-29T00:00:00+02:00", "2026-07-06T00:00:00+02:00", "2026-07-13T00:00:00+02:00"];
        assert_eq!(weeks, mondays);
        let months = cut("UTC", "2026-01-31", "2026-03-02", Grain::Month);
        assert_eq!(
            months,
            ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]
        );
    }

    #[test]
    fn weeks_begin_where_they_are_told_to() {
        let zone = Zone::find("America/New_York", "").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, to) = (at("2026-10-28T12:00:00Z"), at("2026-11-10T12:00:00Z"));
        let weeks = |start| {
            let buckets = Buckets::cut(from, to, &zone, Grain::Week, start).unwrap();
            let write = |at: &i64| zone.write(Timestamp::from_microsecond(*at).unwrap());
            buckets.starts().iter().map(write).collect::<Vec<_>>()
        };
        // The clock is set back on the first of November, a Sunday.
        assert_eq!(
            weeks(WeekStart::Sunday),
            ["2026-10-25T00:00:00-04:00", "2026-11-01T00:00:00-04:00", "2026-11-08T00:00:00-05:00",]
        );
        assert_eq!(weeks(WeekStart::Saturday)[1], "2026-10-31T00:00:00-04:00");
        assert_eq!(weeks(WeekStart::Wednesday)[0], "2026-10-28T00:00:00-04:00");
        assert_eq!(weeks(WeekStart::Thursday)[0], "2026-10-22T00:00:00-04:00");
    }

    #[test]
    fn quarters_and_years_are_the_calendars() {
        let quarters = cut("Europe/Berlin", "2025-12-31", "2026-04-02", Grain::Quarter);
        assert_eq!(
            quarters,
            ["2025-10-01T00:00:00+02:00", "2026-01-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"]
        );
        let years = cut("Pacific/Apia", "2010-06-01", "2012-01-02", Grain::Year);
        assert_eq!(
            years,
            ["2010-01-01T00:00:00-11:00", "2011-01-01T00:00:00-10:00", "2012-01-01T00:00:00+14:00"]
        );
    }

    #[test]
    fn too_many_buckets_name_the_grain_that_fits() {
        let zone = Zone::find("UTC", "").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let year = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
        let no = Buckets::cut(year.0, year.1, &zone, Grain::Hour, WeekStart::Monday).unwrap_err();
        assert_eq!(no.code, "too_many_buckets");
        assert!(no.detail.contains("8760") && no.detail.contains("`day` fits"), "{no}");
        let exactly = at("1970-01-01T00:00:00Z") + jiff::SignedDuration::from_hours(5_000);
        let all =
            Buckets::cut(Timestamp::UNIX_EPOCH, exactly, &zone, Grain::Hour, WeekStart::Monday)
                .unwrap();
        assert_eq!(all.len(), 5_000);
        let ages = (at("0001-01-02T00:00:00Z"), at("9999-01-01T00:00:00Z"));
        let no = Buckets::cut(ages.0, ages.1, &zone, Grain::Day, WeekStart::Monday).unwrap_err();
        assert!(no.detail.contains("shorter range"), "{no}");
    }

    #[test]
    fn panels_are_cut_as_fits_their_length() {
        let from: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
        let grain = |hours| fitting(from, from + jiff::SignedDuration::from_hours(hours));
        assert_eq!((grain(24), grain(48), grain(49)), (Grain::Hour, Grain::Hour, Grain::Hour));
        assert_eq!((grain(72), grain(2_400), grain(2_401)), (Grain::Day, Grain::Day, Grain::Day));
        assert_eq!((grain(2_424), grain(24 * 731)), (Grain::Week, Grain::Week));
        assert_eq!(grain(24 * 733), Grain::Month);
    }
}
