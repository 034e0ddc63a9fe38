//! An instant with its wall-clock reading, as the server wrote it.
//!
//! Buckets are cut by the server in the viewer's zone, and each time comes with that zone's offset.
//! So the reading is in the string, and the widget needs no zone database.

/// An instant and how a clock in its zone read then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stamp {
    /// Milliseconds since 1970 UTC.
    pub epoch_ms: f64,
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl Stamp {
    /// Reads `2026-10-01T00:00:00+02:00`, `…Z`, or a bare date, which is its midnight in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let year = digits(bytes, 0, 4)?;
        let month = digits(bytes, 5, 2)?;
        let day = digits(bytes, 8, 2)?;
        let (mut hour, mut minute, mut second, mut offset) = (0, 0, 0, 0);
        if bytes.len() > 10 {
            hour = digits(bytes, 11, 2)?;
            minute = digits(bytes, 14, 2)?;
            second = digits(bytes, 17, 2)?;
            offset = offset_minutes(bytes.get(19..)?)?;
        }
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 {
            return None;
        }
        let minutes = days_from_civil(year, month, day) * 1_440 + i64::from(hour * 60 + minute)
            - i64::from(offset);
        Some(Self {
            epoch_ms: minutes as f64 * 60_000.0 + f64::from(second) * 1_000.0,
            year,
            month: month as u8,
            day: day as u8,
            hour: hour as u8,
            minute: minute as u8,
        })
    }

    /// Days since 1970-01-01 on the zone's own calendar.
    pub fn day_number(&self) -> i64 {
        days_from_civil(self.year, i32::from(self.month), i32::from(self.day))
    }

    /// Monday is 0.
    pub fn weekday(&self) -> u8 {
        (self.day_number() + 3).rem_euclid(7) as u8
    }

    /// Months since year 0, for counting.
    pub fn month_number(&self) -> i32 {
        self.year * 12 + i32::from(self.month) - 1
    }
}

fn digits(bytes: &[u8], at: usize, count: usize) -> Option<i32> {
    bytes.get(at..at + count)?.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0'))
    })
}

/// What follows the seconds: an optional fraction, then `Z` or `±hh:mm`.
fn offset_minutes(rest: &[u8]) -> Option<i32> {
    let fraction = match rest.first() {
        Some(b'.') => 1 + rest[1..].iter().take_while(|digit| digit.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = &rest[fraction..];
    match zone.first()? {
        b'Z' | b'z' => Some(0),
        sign @ (b'+' | b'-') => {
            let minutes = digits(zone, 1, 2)? * 60 + digits(zone, 4, 2)?;
            Some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar. Years begin in March here,
/// so that the leap day is the last one.
fn days_from_civil(year: i32, month: i32, day: i32) -> i64 {
    let year = i64::from(if month <= 2 { year - 1 } else { year });
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_moves_the_instant_and_not_the_reading() {
        let berlin = Stamp::parse("2026-10-01T00:00:00+02:00").unwrap();
        assert_eq!(berlin.epoch_ms, 1_790_805_600_000.0);
        assert_eq!((berlin.year, berlin.month, berlin.day, berlin.hour), (2026, 10, 1, 0));
        let utc = Stamp::parse("2026-09-30T22:00:00Z").unwrap();
        assert_eq!(utc.epoch_ms, berlin.epoch_ms);
    }

    #[test]
    fn fractions_and_bare_dates_are_read() {
        assert_eq!(Stamp::parse("1970-01-01T00:00:01.250Z").unwrap().epoch_ms, 1_000.0);
        assert_eq!(Stamp::parse("1970-01-02").unwrap().epoch_ms, 86_400_000.0);
        assert_eq!(Stamp::parse("2000-02-29T23:30:00-03:30").unwrap().epoch_ms, 951_879_600_000.0);
    }

    #[test]
    fn weekdays_begin_on_monday() {
        assert_eq!(Stamp::parse("2026-11-23").unwrap().weekday(), 0);
        assert_eq!(Stamp::parse("1969-12-28").unwrap().weekday(), 6);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "2026", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "x"] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }
}
