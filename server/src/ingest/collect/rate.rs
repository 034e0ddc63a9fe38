//! So many requests a second, with a burst of ten seconds' worth for who was quiet before (the generic
//! cell rate algorithm: one time a key, nothing to refill).

use std::hash::Hash;

use jiff::Timestamp;

use super::fading::Fading;

/// Keys that are remembered at most.
const MOST: usize = 200_000;
/// Seconds' worth of requests that may come at once.
const BURST: i64 = 10;
const SECOND: i64 = 1_000_000;

/// What each key may send.
#[derive(Debug)]
pub(super) struct Rate<K> {
    per_second: u32,
    /// When the key's bucket is empty again, microseconds since 1970.
    full_until: Fading<K, i64>,
}

impl<K: Eq + Hash> Rate<K> {
    pub(super) fn new(per_second: u32) -> Self {
        let per_second = per_second.max(1);
        Self { per_second, full_until: Fading::new(2 * BURST * SECOND, MOST) }
    }

    pub(super) fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Takes one, or tells how many seconds to wait.
    pub(super) fn take(&mut self, key: K, now: Timestamp) -> Result<(), u32> {
        let step = SECOND / i64::from(self.per_second);
        let micros = now.as_microsecond();
        let full_until = self.full_until.get(&key).map_or(micros, |until| micros.max(*until));
        let after = full_until + step - micros - BURST * SECOND;
        if after > 0 {
            return Err(u32::try_from((after - 1) / SECOND + 1).unwrap_or(u32::MAX));
        }
        self.full_until.put(key, full_until + step, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_a_steady_stream() {
        let mut rate = Rate::new(5);
        let at = |ms: i64| Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap();
        for _ in 0..50 {
            assert_eq!(rate.take("a", at(0)), Ok(()));
        }
        assert_eq!(rate.take("a", at(0)), Err(1));
        assert_eq!(rate.take("b", at(0)), Ok(()), "another key has its own");
        assert_eq!(rate.take("a", at(199)), Err(1));
        assert_eq!(rate.take("a", at(200)), Ok(()));
        assert_eq!(rate.take("a", at(200)), Err(1));
        for _ in 0..5 {
            assert_eq!(rate.take("a", at(1_200)), Ok(()));
        }
        assert_eq!(rate.take("a", at(1_200)), Err(1));
    }
}
