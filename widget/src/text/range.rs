//! Names of ranges: `24h`, `7d`, `12w`, `12m`.

/// A range's count and unit, the unit as `Intl` names it.
pub fn parse(range: &str) -> Option<(f64, &'static str)> {
    let digits = range.len().checked_sub(1)?;
    let (count, unit) = (range.get(..digits)?, range.get(digits..)?);
    let unit = match unit {
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "m" => "month",
        _ => return None,
    };
    let count: u32 = count.parse().ok()?;
    (count > 0).then_some((f64::from(count), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_counts_of_units() {
        assert_eq!(parse("24h"), Some((24.0, "hour")));
        assert_eq!(parse("30d"), Some((30.0, "day")));
        assert_eq!(parse("12m"), Some((12.0, "month")));
    }

    #[test]
    fn anything_else_is_none() {
        for range in ["", "d", "0d", "-7d", "7", "7y", "7é", "99999999999d"] {
            assert_eq!(parse(range), None, "{range}");
        }
    }
}
