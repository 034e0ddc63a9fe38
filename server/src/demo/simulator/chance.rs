//! Chance for the simulator: one seeded stream per purpose and place, so that any hour can be drawn
//! again without drawing the hours before it.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is for. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Who works for a customer.
    Cast = 1,
    /// How busy a day is beyond the pattern.
    Mood = 2,
    /// The visits that begin in an hour.
    Visits = 3,
    /// The visits of a live run.
    Live = 4,
}

/// A deterministic stream of draws.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of one seed, customer, purpose and place.
    pub(super) fn new(seed: u64, customer: u64, purpose: Purpose, place: i64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&customer.to_le_bytes());
        key[16..24].copy_from_slice(&(purpose as u64).to_le_bytes());
        key[24..].copy_from_slice(&place.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Evenly in `[0, 1)`, on the 2^53 steps that an `f64` can hold.
    pub(super) fn unit(&mut self) -> f64 {
        const STEPS: f64 = 9_007_199_254_740_992.0;
        (self.0.next_u64() >> 11) as f64 / STEPS
    }

    /// Evenly in `[from, to)`.
    pub(super) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Evenly in `0..n`; `n` is at least 1.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// True in `share` of the cases.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of the items, each as likely as the others.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// One of the items, each as likely as its weight.
    pub(super) fn weighted<T: Copy>(&mut self, items: &[(T, f64)]) -> T {
        let total: f64 = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.unit() * total;
        for (item, weight) in items {
            left -= weight;
            if left < 0.0 {
                return *item;
            }
        }
        items[items.len() - 1].0
    }

    /// Exponential with that mean.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Log-normal: half of the draws are below `median`; `spread` is the deviation of the logarithm.
    pub(super) fn around(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }

    /// How many of something that happens `mean` times on average (Poisson).
    pub(super) fn count(&mut self, mean: f64) -> usize {
        if mean > 40.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as usize;
        }
        let limit = (-mean).exp();
        let (mut count, mut product) = (0, self.unit());
        while product > limit {
            count += 1;
            product *= self.unit();
        }
        count
    }

    /// Standard normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_seed_customer_purpose_and_place() {
        let draw = |seed, customer, purpose, place| {
            Chance::new(seed, customer, purpose, place).0.next_u64()
        };
        let one = draw(42, 0, Purpose::Visits, 7);
        assert_eq!(one, draw(42, 0, Purpose::Visits, 7));
        assert_ne!(one, draw(43, 0, Purpose::Visits, 7));
        assert_ne!(one, draw(42, 1, Purpose::Visits, 7));
        assert_ne!(one, draw(42, 0, Purpose::Live, 7));
        assert_ne!(one, draw(42, 0, Purpose::Visits, 8));
    }

    #[test]
    fn draws_have_the_means_they_promise() {
        let mut chance = Chance::new(1, 2, Purpose::Cast, 3);
        let n = 20_000;
        let mean = |draws: Vec<f64>| draws.iter().sum::<f64>() / draws.len() as f64;
        let small = mean((0..n).map(|_| chance.count(3.2) as f64).collect());
        assert!((small - 3.2).abs() < 0.1, "{small}");
        let large = mean((0..n).map(|_| chance.count(90.0) as f64).collect());
        assert!((large - 90.0).abs() < 0.5, "{large}");
        let waiting = mean((0..n).map(|_| chance.exponential(7.0)).collect());
        assert!((waiting - 7.0).abs() < 0.25, "{waiting}");
    }
}
