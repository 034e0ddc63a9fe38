//! Ranked horizontal bars, as shares of the width they are given.

use crate::data::ranking::Ranked;

use super::scale::Scale;

/// One bar, in percent of the track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Where it begins.
    pub from: f64,
    /// How long it is.
    pub length: f64,
    /// Where the comparison stands.
    pub before: Option<f64>,
}

/// A bar that has a value is never thinner than this.
const LEAST: f64 = 0.5;

/// Lays out values with their comparisons on one scale that holds zero.
pub fn bars(rows: &[Ranked]) -> Vec<Bar> {
    let (mut least, mut most) = (0.0_f64, 0.0_f64);
    for value in rows.iter().flat_map(|row| [row.value, row.before]).flatten() {
        (least, most) = (least.min(value), most.max(value));
    }
    let blank = least == most;
    let scale = Scale { domain: (least, most), range: (0.0, 100.0) };
    let bar = |row: &Ranked| {
        let before = row.before.filter(|_| !blank).map(|before| scale.at(before));
        match row.value.filter(|_| !blank) {
            Some(value) => {
                let (zero, end) = (scale.at(0.0), scale.at(value));
                let length = if value == 0.0 { 0.0 } else { (end - zero).abs().max(LEAST) };
                let from = if value < 0.0 { zero - length } else { zero };
                Bar { from, length, before }
            }
            None => Bar { from: 0.0, length: 0.0, before },
        }
    };
    rows.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Option<f64>, before: Option<f64>) -> Ranked {
        Ranked { name: String::new(), value, before }
    }

    fn shape(values: &[Option<f64>]) -> Vec<(f64, f64)> {
        let rows: Vec<_> = values.iter().map(|value| row(*value, None)).collect();
        bars(&rows).iter().map(|bar| (bar.from, bar.length)).collect()
    }

    #[test]
    fn the_largest_fills_the_track() {
        assert_eq!(shape(&[Some(8.0), Some(2.0), None]), [(0.0, 100.0), (0.0, 25.0), (0.0, 0.0)]);
    }

    #[test]
    fn negative_values_lie_left_of_zero() {
        assert_eq!(shape(&[Some(3.0), Some(-1.0)]), [(25.0, 75.0), (0.0, 25.0)]);
    }

    #[test]
    fn zeros_have_no_length_and_small_values_are_seen() {
        assert_eq!(shape(&[Some(0.0), Some(0.0)]), [(0.0, 0.0), (0.0, 0.0)]);
        assert_eq!(shape(&[Some(1e12), Some(1e-9), Some(0.0)])[1..], [(0.0, 0.5), (0.0, 0.0)]);
    }

    #[test]
    fn a_larger_comparison_widens_the_scale() {
        let bars = bars(&[row(Some(5.0), Some(10.0)), row(None, Some(5.0))]);
        assert_eq!(bars[0], Bar { from: 0.0, length: 50.0, before: Some(100.0) });
        assert_eq!(bars[1].before, Some(50.0));
    }
}
