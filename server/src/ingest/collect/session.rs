//! Visits: what a visitor does until half an hour passes in silence. They are kept in memory only, so a
//! restart, or another process, begins a new one.

use jiff::Timestamp;

use super::fading::Fading;
use super::visitor::{Salt, Session, Visitor};

/// Microseconds of silence that end a visit: 30 minutes.
const GAP: i64 = 30 * 60 * 1_000_000;
/// Visitors that are remembered at most, about 30 MB of them.
const MOST: usize = 500_000;

/// The visits under way.
#[derive(Debug)]
pub(super) struct Sessions(Fading<Visitor, Visit>);

#[derive(Debug)]
struct Visit {
    session: Session,
    /// Microseconds since 1970.
    last: i64,
}

impl Default for Sessions {
    fn default() -> Self {
        Self(Fading::new(GAP, MOST))
    }
}

impl Sessions {
    /// The visit that goes on, or a new one.
    pub(super) fn of(&mut self, salt: &Salt, visitor: Visitor, now: Timestamp) -> Session {
        let micros = now.as_microsecond();
        let session = match self.0.get(&visitor) {
            Some(visit) if micros - visit.last < GAP => visit.session,
            _ => salt.session(visitor, micros),
        };
        self.0.put(visitor, Visit { session, last: micros }, now);
        session
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_hour_of_silence_ends_a_visit() {
        let salt = Salt::new(1, [1; 32]);
        let who =
            |address: &str| salt.visitor(&"acme".parse().unwrap(), address.parse().unwrap(), "A");
        let at = |minute: i64| Timestamp::from_second(1_800_000_000 + minute * 60).unwrap();
        let (one, other) = (who("192.0.2.1"), who("192.0.2.2"));
        let mut sessions = Sessions::default();
        let first = sessions.of(&salt, one, at(0));
        assert_eq!(sessions.of(&salt, one, at(29)), first);
        assert_ne!(sessions.of(&salt, other, at(29)), first);
        assert_eq!(sessions.of(&salt, one, at(58)), first, "29 minutes after the last");
        assert_ne!(sessions.of(&salt, one, at(88)), first);
    }
}
