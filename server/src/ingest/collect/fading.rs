//! A map that forgets: what nobody touched for a while goes, and it never holds more than so much.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::Timestamp;

/// Two generations. An entry lives for at least `life` after it was last put, and at most twice that;
/// where more come than `most` in that time, the older half goes early.
#[derive(Debug)]
pub(super) struct Fading<K, V> {
    fresh: HashMap<K, V>,
    old: HashMap<K, V>,
    since: i64,
    life: i64,
    most: usize,
}

impl<K: Eq + Hash, V> Fading<K, V> {
    /// For entries of `life` microseconds.
    pub(super) fn new(life: i64, most: usize) -> Self {
        Self { fresh: HashMap::new(), old: HashMap::new(), since: 0, life, most }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.fresh.get(key).or_else(|| self.old.get(key))
    }

    pub(super) fn put(&mut self, key: K, value: V, now: Timestamp) {
        let now = now.as_microsecond();
        let full = self.fresh.len() >= self.most / 2 && !self.fresh.contains_key(&key);
        if full || now - self.since >= self.life {
            let idle = now - self.since >= self.life.saturating_mul(2);
            self.old = std::mem::take(&mut self.fresh);
            if idle {
                self.old.clear();
            }
            self.since = now;
        }
        self.fresh.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(1_800_000_000_000_000 + micros).unwrap()
    }

    #[test]
    fn what_is_touched_stays_and_the_rest_goes() {
        let mut map = Fading::new(10, 1_000);
        map.put("a", 1, at(0));
        map.put("b", 2, at(0));
        map.put("a", 3, at(12));
        assert_eq!((map.get(&"a"), map.get(&"b")), (Some(&3), Some(&2)));
        map.put("a", 4, at(24));
        assert_eq!((map.get(&"a"), map.get(&"b")), (Some(&4), None));
        map.put("c", 5, at(100));
        assert_eq!((map.get(&"a"), map.get(&"c")), (None, Some(&5)));
    }

    #[test]
    fn it_never_holds_more_than_so_much() {
        let mut map = Fading::new(i64::MAX, 100);
        for n in 0..10_000 {
            map.put(n, n, at(0));
            assert!(map.fresh.len() + map.old.len() <= 100);
            assert_eq!(map.get(&n), Some(&n));
        }
    }
}
