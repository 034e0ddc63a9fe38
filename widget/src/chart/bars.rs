//! Ranked horizontal bars, as shares of the width they are given.

use super::scale::{Scale, extent_with_zero};

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
pub fn bars(values: &[(Option<f64>, Option<f64>)]) -> Vec<Bar> {
    let all = values.iter().flat_map(|(value, before)| [value, before]).flatten().copied();
    let (least, most) = extent_with_zero(all);
    let blank = least == most;
    let scale = Scale { domain: (least, most), range: (0.0, 100.0) };
    let bar = |(value, before): &(Option<f64>, Option<f64>)| {
        let before = before.filter(|_| !blank).map(|before| scale.at(before));
        match value.filter(|_| !blank) {
            Some(value) => {
                let (zero, end) = (scale.at(0.0), scale.at(value));
                let length = if value == 0.0 { 0.0 } else { (end - zero).abs().max(LEAST) };
                let from = if value < 0.0 { zero - length } else { zero };
                Bar { from, length, before }
            }
            None => Bar { from: 0.0, length: 0.0, before },
        }
    };
    values.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(values: &[Option<f64>]) -> Vec<(f64, f64)> {
        let pairs: Vec<_> = values.iter().map(|value| (*value, None)).collect();
        bars(&pairs).iter().map(|bar| (bar.from, bar.length)).collect()
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
        let bars = bars(&[(Some(5.0), Some(10.0)), (None, Some(5.0))]);
        assert_eq!(bars[0], Bar { from: 0.0, length: 50.0, before: Some(100.0) });
        assert_eq!(bars[1].before, Some(50.0));
    }
}
