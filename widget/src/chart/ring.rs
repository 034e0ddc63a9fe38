//! A ring cut into shares.

/// One slice, in percent of the way round from the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    /// Where it begins.
    pub from: f64,
    /// How long it is.
    pub length: f64,
}

/// Cuts the ring by the values' shares of their sum. What is not above zero has no slice.
pub fn slices(values: &[Option<f64>]) -> Vec<Slice> {
    let size = |value: &Option<f64>| value.unwrap_or(0.0).max(0.0);
    let sum: f64 = values.iter().map(size).sum();
    let mut from = 0.0;
    let mut out = Vec::new();
    for value in values {
        let length = if sum > 0.0 { size(value) / sum * 100.0 } else { 0.0 };
        out.push(Slice { from, length });
        from += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_go_round_once_and_what_is_not_above_zero_has_none() {
        let cut = slices(&[Some(3.0), None, Some(-2.0), Some(1.0)]);
        let pairs: Vec<_> = cut.iter().map(|slice| (slice.from, slice.length)).collect();
        assert_eq!(pairs, [(0.0, 75.0), (75.0, 0.0), (75.0, 0.0), (75.0, 25.0)]);
        assert_eq!(slices(&[Some(0.0)])[0].length, 0.0);
    }
}
