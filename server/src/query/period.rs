//! The time of a query: what is asked for, what it is compared with, and ranges by name.

use inlay_shared::{Compare, Grain, TimeRange};
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::QueryError;
use super::buckets::Buckets;
use super::zone::{Zone, earlier};
use crate::model::{Invalid, Span, Unit};

/// A half-open range in a zone, cut into buckets if a grain was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) zone: Zone,
    pub(super) grain: Option<Grain>,
    pub(super) buckets: Option<Buckets>,
}

impl Period {
    pub(super) fn read(time: &TimeRange) -> Result<Self, Invalid> {
        let zone = Zone::find(&time.zone, "/time/zone")?;
        let from = instant(&time.from, &zone, "/time/from")?;
        let to = instant(&time.to, &zone, "/time/to")?;
        if from >= to {
            let detail = "`from` must be before `to`, which is not in the range itself";
            return Err(Invalid::new("invalid_range", "/time/to", detail));
        }
        Self::new(from, to, zone, time.grain)
    }

    fn new(
        from: Timestamp,
        to: Timestamp,
        zone: Zone,
        grain: Option<Grain>,
    ) -> Result<Self, Invalid> {
        let buckets = grain.map(|grain| Buckets::cut(from, to, &zone, grain)).transpose()?;
        Ok(Self { from, to, zone, grain, buckets })
    }

    /// The period to compare with.
    ///
    /// Just before: a range of whole days moves by days, so that it stays one whatever the clock
    /// does; a range of whole months cut into months moves by months; others by their length.
    pub(super) fn compared(&self, how: Compare) -> Result<Self, Invalid> {
        let (from, to) = match how {
            Compare::PreviousPeriod => (self.before(), Some(self.from)),
            Compare::PreviousYear => {
                (self.zone.year_before(self.from), self.zone.year_before(self.to))
            }
        };
        match (from, to) {
            (Some(from), Some(to)) if from < to => {
                Self::new(from, to, self.zone.clone(), self.grain)
            }
            _ => {
                let detail = "there is no such period to compare with";
                Err(Invalid::new("invalid_range", "/compare", detail))
            }
        }
    }

    fn before(&self) -> Option<Timestamp> {
        let (Some(from), Some(to)) =
            (self.day_that_begins(self.from), self.day_that_begins(self.to))
        else {
            return earlier(self.from, self.to.duration_since(self.from));
        };
        let whole_months = from.day() == 1 && to.day() == 1;
        let date = if whole_months && self.grain == Some(Grain::Month) {
            let months = i32::from(to.year() - from.year()) * 12 + i32::from(to.month())
                - i32::from(from.month());
            from.checked_sub(months.months()).ok()?
        } else {
            from.checked_sub(from.until(to).ok()?).ok()?
        };
        self.zone.midnight(date)
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
        }
    }
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
/// whole, cut at the zone's own midnight.
///
/// # Errors
/// [`QueryError::Invalid`] with the code `invalid_range` or `unknown_zone`.
pub fn resolve_range(range: &str, zone: &str, now: Timestamp) -> Result<TimeRange, QueryError> {
    let span: Span = range.parse().map_err(|error: crate::model::NoSpan| {
        Invalid::new("invalid_range", "/range", error.to_string())
    })?;
    let zone = Zone::find(zone, "/zone")?;
    let (from, to) = ends(span, &zone, now).ok_or_else(|| {
        Invalid::new("invalid_range", "/range", "the range is at the edge of the calendar")
    })?;
    Ok(Period { from, to, zone, grain: None, buckets: None }.wire())
}

fn ends(span: Span, zone: &Zone, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let count = i64::from(span.count());
    let today = zone.date(now);
    let (first, end) = match span.unit() {
        Unit::Hour => {
            let to = zone.floor(now, 3_600)?.checked_add(SignedDuration::from_hours(1)).ok()?;
            return Some((earlier(to, SignedDuration::from_hours(count))?, to));
        }
        Unit::Day => {
            let end = today.tomorrow().ok()?;
            (end.checked_sub(count.days()).ok()?, end)
        }
        Unit::Week => {
            let days = i64::from(today.weekday().since(Weekday::Monday));
            let end = today.checked_sub(days.days()).ok()?.checked_add(7.days()).ok()?;
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
        TimeRange { from: from.into(), to: to.into(), zone: zone.into(), grain }
    }

    fn before(from: &str, to: &str, zone: &str, grain: Option<Grain>) -> (String, String) {
        let period = Period::read(&range(from, to, zone, grain)).unwrap();
        let wire = period.compared(Compare::PreviousPeriod).unwrap().wire();
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
    fn the_year_before_is_the_same_calendar_range() {
        let leap = Period::read(&range("2024-02-29", "2024-03-01", "UTC", None)).unwrap();
        let wire = leap.compared(Compare::PreviousYear).unwrap().wire();
        assert_eq!((&*wire.from, &*wire.to), ("2023-02-28T00:00:00Z", "2023-03-01T00:00:00Z"));
        let berlin = range("2026-03-29", "2026-04-05", "Europe/Berlin", Some(Grain::Day));
        let wire = Period::read(&berlin).unwrap().compared(Compare::PreviousYear).unwrap().wire();
        assert_eq!(wire.from, "2025-03-29T00:00:00+01:00");
        assert_eq!(wire.to, "2025-04-05T00:00:00+02:00");
    }

    #[test]
    fn ranges_by_name_include_the_present() {
        let now = "2026-03-31T22:30:00Z".parse().unwrap();
        let resolve = |range: &str, zone: &str| {
            let time = resolve_range(range, zone, now).unwrap();
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
        assert!(resolve_range("1y", "UTC", now).is_err());
        assert_eq!(resolve_range("1d", "Nowhere", now).unwrap_err().code(), "unknown_zone");
    }
}
