//! Bars at equal distances.

/// Places of bars along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// Where the first begins.
    pub first: f64,
    /// From the beginning of one to that of the next.
    pub step: f64,
    /// How wide each is.
    pub width: f64,
}

/// Divides the length from `from` to `to` among `count` bars. `inner` is the share of a step between
/// two bars, and half of it is left at both ends.
pub fn bands(count: usize, from: f64, to: f64, inner: f64) -> Bands {
    let step = (to - from) / (count as f64).max(1.0);
    let width = step * (1.0 - inner);
    Bands { first: from + (step - width) / 2.0, step, width }
}

impl Bands {
    /// Where a bar begins.
    pub fn at(&self, place: usize) -> f64 {
        self.first + self.step * place as f64
    }

    /// The middle of a bar.
    pub fn middle(&self, place: usize) -> f64 {
        self.at(place) + self.width / 2.0
    }
}
