//! Decides how a number is written, before `Intl` writes it in the viewer's language.

use inlay_shared::{Column, Format};

/// Where a number stands decides how much of it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The big figure of a number panel.
    Figure,
    /// A table's cell or a readout: everything that matters.
    Cell,
    /// Beside an axis: short.
    Axis,
}

/// A number to write: options of `Intl.NumberFormat` and the value in that unit. A duration may
/// have two parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The value in the part's unit.
    pub value: f64,
    /// Names and values of the options.
    pub options: Vec<(&'static str, String)>,
}

/// Shapes a column's value.
pub fn shape(value: f64, column: &Column, place: Place) -> Vec<Part> {
    match column.format {
        Some(Format::Duration) => duration(value, place),
        Some(Format::Percent) => vec![percent(value)],
        Some(Format::Money) => vec![money(value, column.currency.as_deref(), place)],
        _ => vec![plain(value, place)],
    }
}

/// What stands before a column's numbers: the sign of an estimate. An axis is not about one number.
pub fn about(column: &Column, place: Place) -> &'static str {
    if column.approximate.is_some() && place != Place::Axis { "≈" } else { "" }
}

/// A share such as `+12.4 %`.
pub fn percent(share: f64) -> Part {
    // Beyond tenfold the decimals are noise.
    let digits = if share.abs() < 10.0 { "1" } else { "0" };
    let options = vec![
        ("style", "percent".into()),
        ("maximumFractionDigits", digits.into()),
        ("signDisplay", "exceptZero".into()),
    ];
    Part { value: share, options }
}

/// A part of a whole, such as `41 %`.
pub fn share(share: f64) -> Part {
    // Below a tenth the first decimal tells more than nothing.
    let digits = if share != 0.0 && share < 0.1 { "1" } else { "0" };
    let options = vec![("style", "percent".into()), ("maximumFractionDigits", digits.into())];
    Part { value: share, options }
}

/// How many units, in words: `30 days`.
pub fn units(count: f64, unit: &'static str) -> Part {
    let options =
        vec![("style", "unit".into()), ("unit", unit.into()), ("unitDisplay", "long".into())];
    Part { value: count, options }
}

fn plain(value: f64, place: Place) -> Part {
    let mut options = Vec::new();
    digits(value, place, "2", &mut options);
    Part { value, options }
}

fn money(value: f64, currency: Option<&str>, place: Place) -> Part {
    let mut options = Vec::new();
    if let Some(currency) = currency {
        options.push(("style", "currency".into()));
        options.push(("currency", currency.into()));
        options.push(("currencyDisplay", "narrowSymbol".into()));
    }
    match place {
        // The currency knows its own digits: cents for euros, none for yen.
        Place::Cell => {}
        Place::Figure if value.abs() < 1_000.0 => {}
        Place::Figure if value.abs() < 1e6 => {
            options.push(("maximumFractionDigits", "0".into()));
        }
        _ => digits(value, place, "2", &mut options),
    }
    Part { value, options }
}

/// Compact where the number is long and the place short.
fn digits(value: f64, place: Place, most: &str, options: &mut Vec<(&'static str, String)>) {
    let size = value.abs();
    let compact = match place {
        Place::Figure => size >= 1e6,
        Place::Cell => false,
        Place::Axis => size >= 1e3,
    };
    if compact {
        options.push(("notation", "compact".into()));
    }
    if size > 0.0 && size < 1.0 || place == Place::Axis {
        options.push(("maximumSignificantDigits", "4".into()));
    } else {
        let most = if place == Place::Figure && !compact { "1" } else { most };
        options.push(("maximumFractionDigits", most.into()));
    }
}

/// Milliseconds in the unit in which people say them: `820 ms`, `12.4 s`, `3 min 12 s`, `2 h 5 min`.
fn duration(ms: f64, place: Place) -> Vec<Part> {
    const SECOND: f64 = 1_000.0;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    let part = |value: f64, unit: &str, most: &str| Part {
        value,
        options: vec![
            ("style", "unit".into()),
            ("unit", unit.into()),
            ("unitDisplay", "short".into()),
            ("maximumFractionDigits", most.into()),
        ],
    };
    let size = ms.abs();
    // Compared after rounding: 59,960 ms are `1 min`, not `60 s`.
    if size < 0.5 {
        return vec![part(ms, "millisecond", "3")];
    }
    if size.round() < SECOND {
        return vec![part(ms, "millisecond", if size < 10.0 { "1" } else { "0" })];
    }
    if (size / 100.0).round() * 100.0 < MINUTE {
        return vec![part(ms / SECOND, "second", if size < 10.0 * SECOND { "2" } else { "1" })];
    }
    let ((small, small_unit), (large, large_unit)) = if (size / SECOND).round() * SECOND < HOUR {
        ((SECOND, "second"), (MINUTE, "minute"))
    } else {
        ((MINUTE, "minute"), (HOUR, "hour"))
    };
    if place == Place::Axis {
        return vec![part(ms / large, large_unit, "2")];
    }
    let whole = (size / small).round();
    let ratio = large / small;
    let (head, tail) = ((whole / ratio).floor(), whole % ratio);
    let mut parts = vec![part(if ms < 0.0 { -head } else { head }, large_unit, "0")];
    if tail > 0.0 {
        parts.push(part(tail, small_unit, "0"));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use inlay_shared::{Approximate, ColumnType, Role};

    fn column(format: Option<Format>, currency: Option<&str>) -> Column {
        Column {
            name: "n".into(),
            label: "N".into(),
            role: Role::Measure,
            kind: ColumnType::Number,
            format,
            currency: currency.map(Into::into),
            approximate: None,
        }
    }

    fn option<'a>(part: &'a Part, name: &str) -> Option<&'a str> {
        part.options.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn axes_are_short_and_cells_are_whole() {
        let column = column(None, None);
        let axis = &shape(12_500.0, &column, Place::Axis)[0];
        assert_eq!(option(axis, "notation"), Some("compact"));
        let cell = &shape(12_500.25, &column, Place::Cell)[0];
        assert_eq!((option(cell, "notation"), cell.value), (None, 12_500.25));
        let figure = &shape(2_345_678.0, &column, Place::Figure)[0];
        assert_eq!(option(figure, "notation"), Some("compact"));
        let tiny = &shape(1e-9, &column, Place::Cell)[0];
        assert_eq!(option(tiny, "maximumSignificantDigits"), Some("4"));
    }

    #[test]
    fn an_estimate_is_marked() {
        let exact = column(None, None);
        let approximate = Some(Approximate { relative_error: 0.016 });
        let estimate = Column { approximate, ..exact.clone() };
        assert_eq!(about(&exact, Place::Figure), "");
        assert_eq!([Place::Figure, Place::Cell].map(|place| about(&estimate, place)), ["≈"; 2]);
        assert_eq!(about(&estimate, Place::Axis), "");
    }

    #[test]
    fn money_names_its_currency() {
        let euros = column(Some(Format::Money), Some("EUR"));
        assert_eq!(option(&shape(12.5, &euros, Place::Cell)[0], "currency"), Some("EUR"));
        let big = &shape(12_500.5, &euros, Place::Figure)[0];
        assert_eq!(option(big, "maximumFractionDigits"), Some("0"));
        let unknown = column(Some(Format::Money), None);
        assert_eq!(option(&shape(12.5, &unknown, Place::Cell)[0], "style"), None);
    }

    #[test]
    fn durations_are_said_as_people_say_them() {
        let said = |ms: f64| -> Vec<(f64, String)> {
            duration(ms, Place::Cell)
                .iter()
                .map(|part| (part.value, option(part, "unit").unwrap().into()))
                .collect()
        };
        let one = |value: f64, unit: &str| vec![(value, unit.to_string())];
        let two = |a: f64, first: &str, b: f64, second: &str| {
            vec![(a, first.to_string()), (b, second.to_string())]
        };
        assert_eq!(said(0.0), one(0.0, "millisecond"));
        assert_eq!(said(820.0), one(820.0, "millisecond"));
        assert_eq!(said(12_400.0), one(12.4, "second"));
        assert_eq!(said(59_960.0), one(1.0, "minute"));
        assert_eq!(said(192_000.0), two(3.0, "minute", 12.0, "second"));
        assert_eq!(said(-192_000.0), two(-3.0, "minute", 12.0, "second"));
        assert_eq!(said(3_599_700.0), one(1.0, "hour"));
        assert_eq!(said(7_500_000.0), two(2.0, "hour", 5.0, "minute"));
    }

    #[test]
    fn shares_lose_their_decimals_when_they_are_huge() {
        assert_eq!(option(&percent(0.124), "maximumFractionDigits"), Some("1"));
        assert_eq!(option(&percent(42.0), "maximumFractionDigits"), Some("0"));
    }
}
