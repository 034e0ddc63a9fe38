//! A straight line from values to pixels.

/// Maps a domain onto a range of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// First and last value.
    pub domain: (f64, f64),
    /// Their pixels.
    pub range: (f64, f64),
}

impl Scale {
    /// The pixel of a value. A domain without width maps to the middle of the range.
    pub fn at(&self, value: f64) -> f64 {
        let (from, to) = self.domain;
        let share = if to == from { 0.5 } else { (value - from) / (to - from) };
        self.range.0 + share * (self.range.1 - self.range.0)
    }
}

/// Least and greatest of the values, zero included: lengths and heights are read from zero.
pub fn extent_with_zero(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0, 0.0), |(least, most), value| (value.min(least), value.max(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_map_to_ends() {
        let scale = Scale { domain: (0.0, 10.0), range: (200.0, 0.0) };
        assert_eq!((scale.at(0.0), scale.at(5.0), scale.at(10.0)), (200.0, 100.0, 0.0));
        assert_eq!(scale.at(-5.0), 300.0);
    }

    #[test]
    fn a_domain_without_width_is_the_middle() {
        assert_eq!(Scale { domain: (3.0, 3.0), range: (0.0, 50.0) }.at(3.0), 25.0);
    }

    #[test]
    fn the_extent_holds_zero() {
        assert_eq!(extent_with_zero([3.0, 7.0].into_iter()), (0.0, 7.0));
        assert_eq!(extent_with_zero([-3.0, -1.0].into_iter()), (-3.0, 0.0));
        assert_eq!(extent_with_zero(std::iter::empty()), (0.0, 0.0));
    }
}
