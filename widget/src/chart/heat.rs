//! Which shade a value has.

/// Shades beside that of nothing.
pub const SHADES: usize = 5;

/// The shade of a value between zero and `most`: 0 for nothing, then one of five steps of equal length.
pub fn shade(value: f64, most: f64) -> usize {
    if !(value > 0.0 && most > 0.0) {
        return 0;
    }
    let step = (value / most * SHADES as f64).floor() as usize;
    step.min(SHADES - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_shade_and_the_most_has_the_last() {
        let shades = [0.0, 0.1, 19.9, 20.0, 99.0, 100.0].map(|value| shade(value, 100.0));
        assert_eq!(shades, [0, 1, 1, 2, 5, 5]);
        assert_eq!([shade(5.0, 0.0), shade(-1.0, 10.0), shade(f64::NAN, 1.0)], [0, 0, 0]);
    }
}
