//! Ranges as a dashboard names them: so many hours, days, weeks or months up to now.

use std::fmt;
use std::str::FromStr;

/// So many units, the present one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    count: u16,
    unit: Unit,
}

/// Unit of a [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Hours on the clock.
    Hour,
    /// Calendar days.
    Day,
    /// Weeks from Monday.
    Week,
    /// Calendar months.
    Month,
}

impl Span {
    /// How many.
    pub const fn count(self) -> u16 {
        self.count
    }

    /// Of what.
    pub const fn unit(self) -> Unit {
        self.unit
    }
}

/// Text that is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no range: write 1 to 999 and `h`, `d`, `w` or `m`, such as `30d`")]
pub struct NoSpan(String);

impl FromStr for Span {
    type Err = NoSpan;

    fn from_str(text: &str) -> Result<Self, NoSpan> {
        let no = || NoSpan(text.chars().take(40).collect());
        let (digits, unit) = match text.split_at_checked(text.len().saturating_sub(1)) {
            Some((digits, "h")) => (digits, Unit::Hour),
            Some((digits, "d")) => (digits, Unit::Day),
            Some((digits, "w")) => (digits, Unit::Week),
            Some((digits, "m")) => (digits, Unit::Month),
            _ => return Err(no()),
        };
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if !plain || digits.len() > 3 {
            return Err(no());
        }
        Ok(Self { count: digits.parse().map_err(|_| no())?, unit })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hour => 'h',
            Unit::Day => 'd',
            Unit::Week => 'w',
            Unit::Month => 'm',
        };
        write!(f, "{}{unit}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        for good in ["1h", "30d", "52w", "999m"] {
            assert_eq!(good.parse::<Span>().unwrap().to_string(), good);
        }
        for bad in ["", "d", "0d", "030d", "1000d", "-1d", "1y", "1.5d", "30 d", "30", "３0d", "ä"]
        {
            assert!(bad.parse::<Span>().is_err(), "{bad:?}");
        }
    }
}
