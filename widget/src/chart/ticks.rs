//! Round numbers along an axis: steps of 1, 2 or 5 times a power of ten.

/// A step, kept as a whole number or as one over a whole number, so that ticks below one are
/// divided and not summed: 0.3 and not 0.30000000000000004.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Times(f64),
    Over(f64),
}

impl Step {
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Times(step) => value / step,
            Self::Over(parts) => value * parts,
        }
    }

    fn value(self, place: f64) -> f64 {
        match self {
            Self::Times(step) => place * step,
            Self::Over(parts) => place / parts,
        }
    }
}

/// The step that cuts a length into about `count` pieces.
fn step(length: f64, count: f64) -> Option<Step> {
    let rough = length / count;
    if !(rough.is_finite() && rough > 0.0) {
        return None;
    }
    // Powers by repeated multiplication: `log10` and `powi` would bring a maths library along.
    let mut power = 1.0;
    let mut below_one = false;
    if rough >= 1.0 {
        while rough / power >= 10.0 {
            power *= 10.0;
        }
    } else {
        below_one = true;
        while rough * power < 1.0 {
            power *= 10.0;
        }
    }
    let lead = if below_one { rough * power } else { rough / power };
    // Borders are the geometric means of neighbours: √2, √10 and √50.
    let factor = match lead {
        lead if lead >= 7.071_067_811_865_475 => 10.0,
        lead if lead >= 3.162_277_660_168_379_5 => 5.0,
        lead if lead >= std::f64::consts::SQRT_2 => 2.0,
        _ => 1.0,
    };
    Some(if below_one && power > factor {
        Step::Over(power / factor)
    } else if below_one {
        Step::Times(factor / power)
    } else {
        Step::Times(power * factor)
    })
}

/// Round numbers from `from` to `to`, about `count` of them. None where the range is empty or not
/// finite.
pub fn ticks(from: f64, to: f64, count: f64) -> Vec<f64> {
    if from == to {
        return vec![from];
    }
    let Some(step) = step(to - from, count) else { return Vec::new() };
    let first = step.place(from).round();
    let first = if step.value(first) < from { first + 1.0 } else { first };
    let last = step.place(to).round();
    let last = if step.value(last) > to { last - 1.0 } else { last };
    let many = (last - first) as i64;
    (0..=many).map(|place| step.value(first + place as f64)).collect()
}

/// The range widened to round numbers. A range without width gets one: nothing but zeros stands on
/// an axis from 0 to 1.
pub fn nice(from: f64, to: f64, count: f64) -> (f64, f64) {
    if from == to {
        return if from == 0.0 { (0.0, 1.0) } else { nice(from.min(0.0), to.max(0.0), count) };
    }
    let (mut from, mut to) = (from, to);
    let mut before = None;
    // The wider range may ask for a coarser step, at most a few times. With the same step it is round
    // already, and rounding it once more could only add an error of the last digit.
    for _ in 0..10 {
        let next = step(to - from, count);
        let Some(step) = next.filter(|_| next != before) else { break };
        from = step.value(step.place(from).floor());
        to = step.value(step.place(to).ceil());
        before = next;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values are what d3-array 3 gives for `ticks(from, to, count)`.
    #[test]
    fn ticks_are_those_of_d3() {
        assert_eq!(ticks(0.0, 97.0, 5.0), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(ticks(0.0, 1.0, 5.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(ticks(0.0, 1.0, 10.0), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(ticks(-5.0, 5.0, 4.0), [-4.0, -2.0, 0.0, 2.0, 4.0]);
        assert_eq!(ticks(-100.0, 100.0, 5.0), [-100.0, -50.0, 0.0, 50.0, 100.0]);
        assert_eq!(ticks(1.0, 9.0, 3.0), [2.0, 4.0, 6.0, 8.0]);
        assert_eq!(ticks(0.0, 12_345.0, 4.0), [0e3, 2e3, 4e3, 6e3, 8e3, 10e3, 12e3]);
        assert_eq!(ticks(0.0, 3.0, 4.0), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn very_small_and_very_large_ranges_are_round_too() {
        assert_eq!(ticks(0.0, 1e-9, 5.0), [0.0, 2e-10, 4e-10, 6e-10, 8e-10, 1e-9]);
        assert_eq!(ticks(0.0, 1e12, 4.0), [0.0, 2e11, 4e11, 6e11, 8e11, 1e12]);
        assert_eq!(ticks(1e12, 1e12 + 4.0, 4.0).len(), 5);
    }

    #[test]
    fn degenerate_ranges_do_not_break() {
        assert_eq!(ticks(7.0, 7.0, 5.0), [7.0]);
        assert!(ticks(0.0, f64::NAN, 5.0).is_empty());
        assert!(ticks(0.0, f64::INFINITY, 5.0).is_empty());
        assert!(ticks(9.0, 1.0, 5.0).is_empty());
    }

    #[test]
    fn nice_ranges_end_on_ticks() {
        assert_eq!(nice(0.0, 97.0, 5.0), (0.0, 100.0));
        assert_eq!(nice(-3.0, 97.0, 5.0), (-20.0, 100.0));
        assert_eq!(nice(0.0, 0.0, 4.0), (0.0, 1.0));
        assert_eq!(nice(42.0, 42.0, 4.0), (0.0, 50.0));
        assert_eq!(nice(-42.0, -42.0, 4.0), (-50.0, 0.0));
        assert_eq!(nice(0.0, 0.9e-9, 4.0), (0.0, 1e-9));
    }
}
