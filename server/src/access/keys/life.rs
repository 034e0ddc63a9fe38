//! Which key signs at a moment, and which has done its work. Pure: everybody who reads the same keys
//! comes to the same answer, without a word between them.

use jiff::{SignedDuration, Timestamp};

use crate::access::token::{ACCESS_TTL, MAX_EMBED_TTL};
use crate::store::StoredKey;

/// A key verifies for so long after the next one began to sign: as long as a token lives, and a minute
/// for the clock of another node.
const LINGERS: SignedDuration = {
    let longest = if ACCESS_TTL > MAX_EMBED_TTL { ACCESS_TTL } else { MAX_EMBED_TTL };
    SignedDuration::from_secs(longest as i64 + 60)
};

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// It can be found, and does not sign yet.
    Published,
    /// It signs.
    Signing,
    /// It signs no more; tokens of it may be alive.
    Retired,
    /// Nothing that it signed is believed.
    Withdrawn,
}

/// The keys that were not withdrawn, in the order in which they sign.
pub(super) fn live(keys: &[StoredKey]) -> Vec<StoredKey> {
    keys.iter().filter(|key| key.withdrawn_at.is_none()).cloned().collect()
}

/// The place of the key that signs at `now`, among keys by the time from which each signs: the last
/// that may. Where none may yet (a clock was set back), the first does.
pub(super) fn signing(
    from: impl DoubleEndedIterator<Item = Timestamp> + ExactSizeIterator,
    now: Timestamp,
) -> Option<usize> {
    let first = (from.len() > 0).then_some(0);
    from.enumerate().rev().find(|(_, from)| *from <= now).map(|(place, _)| place).or(first)
}

/// Where each key stands.
pub(super) fn lives(keys: &[StoredKey], now: Timestamp) -> Vec<Life> {
    let live = live(keys);
    let signer = signing(live.iter().map(|key| key.signs_from), now).map(|place| &live[place]);
    let stands = |key: &StoredKey| match (key.withdrawn_at, signer) {
        (Some(_), _) => Life::Withdrawn,
        (None, Some(signer)) if signer.kid == key.kid => Life::Signing,
        (None, Some(signer)) if signer.signs_from >= key.signs_from => Life::Retired,
        _ => Life::Published,
    };
    keys.iter().map(stands).collect()
}

/// Is it time for the next key? Not while one waits to sign.
pub(super) fn is_due(live: &[StoredKey], every: SignedDuration, now: Timestamp) -> bool {
    live.last()
        .is_some_and(|last| last.signs_from <= now && now.duration_since(last.signs_from) >= every)
}

/// The keys whose every token is dead.
pub(super) fn dead(live: &[StoredKey], now: Timestamp) -> Vec<&str> {
    let pairs = live.iter().zip(live.iter().skip(1));
    pairs
        .filter(|(_, next)| now.duration_since(next.signs_from) >= LINGERS)
        .map(|(key, _)| key.kid.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn key(kid: &str, from: i64) -> StoredKey {
        StoredKey {
            kid: kid.into(),
            algorithm: "ES256".into(),
            private_key: String::new(),
            created_at: at(from),
            signs_from: at(from),
            withdrawn_at: None,
        }
    }

    #[test]
    fn a_key_is_published_signs_retires_and_is_forgotten() {
        let keys = [key("a", 0), key("b", 1_000)];
        let stand = |second| lives(&keys, at(second));
        assert_eq!(stand(0), [Life::Signing, Life::Published]);
        assert_eq!(stand(999), [Life::Signing, Life::Published]);
        assert_eq!(stand(1_000), [Life::Retired, Life::Signing]);
        assert_eq!(stand(-5), [Life::Signing, Life::Published], "a clock was set back");
        // A token of the last moment lives 900 seconds.
        assert!(dead(&keys, at(1_959)).is_empty());
        assert_eq!(dead(&keys, at(1_960)), ["a"]);
    }

    #[test]
    fn a_withdrawn_key_is_nobodys_successor() {
        let mut keys = [key("a", 0), key("b", 1_000)];
        keys[1].withdrawn_at = Some(at(1_100));
        assert_eq!(lives(&keys, at(2_000)), [Life::Signing, Life::Withdrawn]);
        assert!(dead(&live(&keys), at(9_000)).is_empty());
    }

    #[test]
    fn the_next_key_is_due_when_the_last_has_signed_long_enough() {
        let day = SignedDuration::from_hours(24);
        assert!(!is_due(&[key("a", 0)], day, at(86_399)));
        assert!(is_due(&[key("a", 0)], day, at(86_400)));
        assert!(!is_due(&[key("a", 0), key("b", 86_500)], day, at(86_400)), "one waits");
    }
}
