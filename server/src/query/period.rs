//! The time of a query: what is asked for, what it is compared with, and ranges by name.

use inlay_shared::{Compare, Grain, TimeRange, WeekStart};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use super::QueryError;
use super::buckets::{Buckets, first_of_week};
use super::zone::{Zone, earlier};
use crate::model::{self, Invalid, Unit};

/// A half-open range in a zone, cut into buckets if a grain was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) zone: Zone,
    pub(super) grain: Option<Grain>,
    /// As it was given; without it, weeks begin on Monday.
    pub(super) week_start: Option<WeekStart>,
    pub(super) buckets: Option<Buckets>,
}

impl Period {
    pub(super) fn read(time: &TimeRange) -> Result<Self, Invalid> {
        let zone = Zone::find(&time.zone, "/time/zone")?;
        let ends = ends_of(&time.from, &time.to, &zone, "/time")?;
        let none =
            Self { from: ends.0, to: ends.1, zone, grain: None, week_start: None, buckets: None };
        Self { grain: time.grain, week_start: time.week_start, ..none }.over(ends.0, ends.1)
    }

    /// Another range, cut in the same way.
    fn over(&self, from: Timestamp, to: Timestamp) -> Result<Self, Invalid> {
        let week_start = self.week_start.unwrap_or(WeekStart::Monday);
        let cut = |grain| Buckets::cut(from, to, &self.zone, grain, week_start);
        let buckets = self.grain.map(cut).transpose()?;
        Ok(Self { from, to, buckets, ..self.clone() })
    }

    /// The period to compare with.
    ///
    /// Just before: a range of whole days moves by days, so that it stays one whatever the clock
    /// does; a range of whole months cut into months moves by months; others by their length.
    pub(super) fn compared(&self, how: &Compare) -> Result<Self, Invalid> {
        let (from, to) = match how {
            Compare::PreviousPeriod => (self.earlier(self.from, how), Some(self.from)),
            Compare::PreviousYear => (self.earlier(self.from, how), self.earlier(self.to, how)),
            Compare::Range { from, to } => {
                let (from, to) = ends_of(from, to, &self.zone, "/compare")?;
                (Some(from), Some(to))
            }
        };
        match (from, to) {
            (Some(from), Some(to)) if from < to => self.over(from, to),
            _ => {
                let detail = "there is no such period to compare with";
                Err(Invalid::new("invalid_range", "/compare", detail))
            }
        }
    }

    /// The part of the period to compare with that lies as far back as the part of this one up to
    /// `now`; none if this one is wholly past or wholly to come, or is held against a given range.
    ///
    /// A month of which 20 days are over would look poor beside 30 days of the one before.
    pub(super) fn compared_so_far(&self, how: &Compare, now: Timestamp) -> Option<Compare> {
        if !(self.from < now && now < self.to) || matches!(how, Compare::Range { .. }) {
            return None;
        }
        let whole = self.compared(how).ok()?;
        let so_far = self.earlier(now, how)?.clamp(whole.from, whole.to);
        if so_far <= whole.from {
            return None;
        }
        let write = |at| self.zone.write(at);
        Some(Compare::Range { from: write(whole.from), to: write(so_far) })
    }

    /// The instant of the period to compare with that corresponds to one of this period.
    fn earlier(&self, at: Timestamp, how: &Compare) -> Option<Timestamp> {
        if *how == Compare::PreviousYear {
            return self.zone.earlier(at, 1.year());
        }
        match (self.day_that_begins(self.from), self.day_that_begins(self.to)) {
            (Some(from), Some(to)) => {
                let months =
                    i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
                let whole_months = from.day() == 1 && to.day() == 1;
                let by_months =
                    matches!(self.grain, Some(Grain::Month | Grain::Quarter | Grain::Year));
                let step = if whole_months && by_months {
                    Span::new().try_months(months).ok()?
                } else {
                    from.until(to).ok()?
                };
                self.zone.earlier(at, step)
            }
            _ => at.checked_sub(self.to.duration_since(self.from)).ok(),
        }
    }

    fn day_that_begins(&self, at: Timestamp) -> Option<Date> {
        let date = self.zone.date(at);
        (self.zone.midnight(date) == Some(at)).then_some(date)
    }

    /// As it stands in an answer.
    pub(super) fn wire(&self) -> TimeRange {
        TimeRange {
            from: self.zone.write(self.from),
            to: self.zone.write(self.to),
            zone: self.zone.name().to_owned(),
            grain: self.grain,
            week_start: self.week_start,
        }
    }
}

/// Both ends of a range that has some length; `at` says where they stand.
fn ends_of(from: &str, to: &str, zone: &Zone, at: &str) -> Result<(Timestamp, Timestamp), Invalid> {
    let from = instant(from, zone, &format!("{at}/from"))?;
    let to = instant(to, zone, &format!("{at}/to"))?;
    if from >= to {
        let detail = "`from` must be before `to`, which is not in the range itself";
        return Err(Invalid::new("invalid_range", format!("{at}/to"), detail));
    }
    Ok((from, to))
}

/// A date-time, or a date, which means its midnight in the zone.
fn instant(text: &str, zone: &Zone, pointer: &str) -> Result<Timestamp, Invalid> {
    let parsed = if text.len() == 10 {
        text.parse::<Date>().ok().and_then(|date| zone.midnight(date))
    } else {
        text.parse::<Timestamp>().ok()
    };
    parsed.ok_or_else(|| {
        let detail = "write a date as `2026-07-03`, or an RFC 3339 date-time with its offset as \
                      `2026-07-03T10:00:00Z`";
        Invalid::new("invalid_range", pointer, detail)
    })
}

/// The range of that name (`30d`): so many hours, days, weeks or months, the present one included and
/// whole, cut at the zone's own midnight. Without a `week_start`, weeks begin on Monday.
///
/// Its end is to come. A number of a panel is therefore compared with the same part of the period
/// before, see [`Engine::panel`](super::Engine::panel).
///
/// # Errors
/// [`QueryError::Invalid`] with the code `invalid_range` or `unknown_zone`.
pub fn resolve_range(
    range: &str,
    zone: &str,
    week_start: Option<WeekStart>,
    now: Timestamp,
) -> Result<TimeRange, QueryError> {
    let span: model::Span = range.parse().map_err(|error: crate::model::NoSpan| {
        Invalid::new("invalid_range", "/range", error.to_string())
    })?;
    let zone = Zone::find(zone, "/zone")?;
    let first_day = week_start.unwrap_or(WeekStart::Monday);
    let (from, to) = ends(span, &zone, first_day, now).ok_or_else(|| {
        Invalid::new("invalid_range", "/range", "the range is at the edge of the calendar")
    })?;
    Ok(Period { from, to, zone, grain: None, week_start, buckets: None }.wire())
}

/// The range between two given ends, as in a query.
///
/// # Errors
/// [`QueryError::Invalid`] with the code `invalid_range` or `unknown_zone`.
pub fn resolve_between(
    from: &str,
    to: &str,
    zone: &str,
    week_start: Option<WeekStart>,
) -> Result<TimeRange, QueryError> {
    let zone = Zone::find(zone, "/zone")?;
    let (from, to) = ends_of(from, to, &zone, "")?;
    Ok(Period { from, to, zone, grain: None, week_start, buckets: None }.wire())
}

/// Can the range be cut into its buckets?
///
/// # Errors
/// [`QueryError::Invalid`] with the code `too_many_buckets`.
pub fn check_grain(time: &TimeRange) -> Result<(), QueryError> {
    Ok(Period::read(time).map(drop)?)
}

fn ends(
    span: model::Span,
    zone: &Zone,
    week_start: WeekStart,
    now: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let count = i64::from(span.count());
    let today = zone.date(now);
    let (first, end) = match span.unit() {
        Unit::Hour => {
            let to = zone.next(zone.floor(now, jiff::Unit::Hour)?, jiff::Unit::Hour)?;
            return Some((earlier(to, SignedDuration::from_hours(count))?, to));
        }
        Unit::Day => {
            let end = today.tomorrow().ok()?;
            (end.checked_sub(count.days()).ok()?, end)
        }
        Unit::Week => {
            let end = first_of_week(today, week_start)?.checked_add(7.days()).ok()?;
            (end.checked_sub((7 * count).days()).ok()?, end)
        }
        Unit::Month => {
            let end = today.first_of_month().checked_add(1.month()).ok()?;
            (end.checked_sub(count.months()).ok()?, end)
        }
    };
    Some((zone.midnight(first)?, zone.midnight(end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str, zone: &str, grain: Option<Grain>) -> TimeRange {
        TimeRange { from: from.into(), to: to.into(), zone: zone.into(), grain, week_start: None }
    }

    fn before(from: &str, to: &str, zone: &str, grain: Option<Grain>) -> (String, String) {
        let period = Period::read(&range(from, to, zone, grain)).unwrap();
        let wire = period.compared(&Compare::PreviousPeriod).unwrap().wire();
        (wire.from, wire.to)
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.into(), to.into())
    }

    #[test]
    fn a_date_is_its_midnight_in_the_zone() {
        let berlin = range("2026-03-29", "2026-03-30", "Europe/Berlin", None);
        let period = Period::read(&berlin).unwrap();
        assert_eq!(period.to.duration_since(period.from).as_hours(), 23);
        assert_eq!(period.wire().from, "2026-03-29T00:00:00+01:00");
        assert_eq!(period.wire().to, "2026-03-30T00:00:00+02:00");
    }

    #[test]
    fn bad_ranges_say_where_they_are_wrong() {
        for (from, to, pointer) in [
            ("2026-01-02", "2026-01-02", "/time/to"),
            ("2026-01-02", "2026-01-01", "/time/to"),
            ("2026-13-02", "2026-01-01", "/time/from"),
            ("2026-01-02T10:00:00", "2026-01-03", "/time/from"),
            ("2026-01-01", "", "/time/to"),
        ] {
            let no = Period::read(&range(from, to, "UTC", None)).unwrap_err();
            assert_eq!((no.code, no.pointer.as_str()), ("invalid_range", pointer), "{from} {to}");
        }
    }

    #[test]
    fn the_period_before_is_as_many_days_whatever_the_clock_does() {
        assert_eq!(
            before("2026-03-30", "2026-04-06", "Europe/Berlin", None),
            pair("2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        );
        assert_eq!(
            before("2026-07-01", "2026-08-01", "UTC", None),
            pair("2026-05-31T00:00:00Z", "2026-07-01T00:00:00Z"),
        );
        assert_eq!(
            before("2026-07-01", "2026-10-01", "UTC", Some(Grain::Month)),
            pair("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        );
        assert_eq!(
            before("2026-07-01T06:30:00Z", "2026-07-01T07:00:00Z", "UTC", None),
            pair("2026-07-01T06:00:00Z", "2026-07-01T06:30:00Z"),
        );
    }

    #[test]
    fn a_given_range_is_in_the_same_zone_and_cut_alike() {
        let weeks = range("2026-07-01", "2026-07-15", "Europe/Berlin", Some(Grain::Week));
        let period = Period::read(&weeks).unwrap();
        let given = |from: &str, to: &str| Compare::Range { from: from.into(), to: to.into() };
        let other = period.compared(&given("2026-01-05", "2026-01-19")).unwrap();
        assert_eq!(other.wire().from, "2026-01-05T00:00:00+01:00");
        assert_eq!(other.buckets.unwrap().len(), 2);
        let no = period.compared(&given("2026-01-05", "2026-01-05")).unwrap_err();
        assert_eq!((no.code, &*no.pointer), ("invalid_range", "/compare/to"));
        let no = period.compared(&given("soon", "2026-01-05")).unwrap_err();
        assert_eq!((no.code, &*no.pointer), ("invalid_range", "/compare/from"));
    }

    #[test]
    fn an_unfinished_period_is_held_against_the_same_part_of_the_one_before() {
        let now = "2026-04-01T12:30:00Z".parse().unwrap();
        let so_far = |range: &str, zone: &str, how: Compare| {
            let period = Period::read(&resolve_range(range, zone, None, now).unwrap()).unwrap();
            match period.compared_so_far(&how, now) {
                Some(Compare::Range { from, to }) => pair(&from, &to),
                other => panic!("{other:?}"),
            }
        };
        let (before, year) = (Compare::PreviousPeriod, Compare::PreviousYear);
        // 14:30 in Berlin, on either side of the night with 23 hours.
        assert_eq!(
            so_far("4d", "Europe/Berlin", before.clone()),
            pair("2026-03-25T00:00:00+01:00", "2026-03-28T14:30:00+01:00"),
        );
        assert_eq!(so_far("1d", "UTC", year), pair("2025-04-01T00:00:00Z", "2025-04-01T12:30:00Z"),);
        assert_eq!(
            so_far("1h", "UTC", before.clone()),
            pair("2026-04-01T11:00:00Z", "2026-04-01T11:30:00Z"),
        );
        let past = range("2026-03-01", "2026-04-01", "UTC", None);
        assert_eq!(Period::read(&past).unwrap().compared_so_far(&before, now), None);
        let to_come = range("2026-05-01", "2026-06-01", "UTC", None);
        assert_eq!(Period::read(&to_come).unwrap().compared_so_far(&before, now), None);
    }

    #[test]
    fn whole_quarters_move_by_quarters() {
        assert_eq!(
            before("2026-04-01", "2026-07-01", "UTC", Some(Grain::Quarter)),
            pair("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        );
        assert_eq!(
            before("2024-01-01", "2025-01-01", "UTC", Some(Grain::Year)),
            pair("2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        );
    }

    #[test]
    fn the_year_before_is_the_same_calendar_range() {
        let leap = Period::read(&range("2024-02-29", "2024-03-01", "UTC", None)).unwrap();
        let wire = leap.compared(&Compare::PreviousYear).unwrap().wire();
        assert_eq!((&*wire.from, &*wire.to), ("2023-02-28T00:00:00Z", "2023-03-01T00:00:00Z"));
        let berlin = range("2026-03-29", "2026-04-05", "Europe/Berlin", Some(Grain::Day));
        let wire = Period::read(&berlin).unwrap().compared(&Compare::PreviousYear).unwrap().wire();
        assert_eq!(wire.from, "2025-03-29T00:00:00+01:00");
        assert_eq!(wire.to, "2025-04-05T00:00:00+02:00");
    }

    #[test]
    fn ranges_by_name_include_the_present() {
        let now = "2026-03-31T22:30:00Z".parse().unwrap();
        let resolve = |range: &str, zone: &str| {
            let time = resolve_range(range, zone, None, now).unwrap();
            (time.from, time.to)
        };
        // In Berlin it is already April.
        let berlin = |range| resolve(range, "Europe/Berlin");
        assert_eq!(berlin("1d"), pair("2026-04-01T00:00:00+02:00", "2026-04-02T00:00:00+02:00"));
        assert_eq!(berlin("4d"), pair("2026-03-29T00:00:00+01:00", "2026-04-02T00:00:00+02:00"));
        assert_eq!(berlin("1w"), pair("2026-03-30T00:00:00+02:00", "2026-04-06T00:00:00+02:00"));
        assert_eq!(berlin("2m"), pair("2026-03-01T00:00:00+01:00", "2026-05-01T00:00:00+02:00"));
        assert_eq!(berlin("2h"), pair("2026-03-31T23:00:00+02:00", "2026-04-01T01:00:00+02:00"));
        let nepal = pair("2026-04-01T04:00:00+05:45", "2026-04-01T05:00:00+05:45");
        assert_eq!(resolve("1h", "Asia/Kathmandu"), nepal);
        let sunday = resolve_range("1w", "UTC", Some(WeekStart::Sunday), now).unwrap();
        assert_eq!((&*sunday.from, &*sunday.to), ("2026-03-29T00:00:00Z", "2026-04-05T00:00:00Z"));
        assert!(resolve_range("1y", "UTC", None, now).is_err());
        assert_eq!(resolve_range("1d", "Nowhere", None, now).unwrap_err().code(), "unknown_zone");
    }
}
