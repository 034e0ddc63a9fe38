//! Time as an input: whoever needs "now" takes a [`Clock`], so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time, wall and monotonic.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it. Clones share its hands.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.as_microsecond()))))
    }

    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(hands) => Timestamp::from_microsecond(hands.load(Ordering::SeqCst))
                .expect("a manual clock only holds valid times"),
        }
    }

    /// Moves a manual clock forward. The machine's own clock cannot be moved: that is a bug of the
    /// caller and panics.
    pub fn advance(&self, by: std::time::Duration) {
        let Source::Manual(hands) = &self.0 else { panic!("only a manual clock can be moved") };
        let micros = i64::try_from(by.as_micros()).expect("a step of less than 292,000 years");
        hands.fetch_add(micros, Ordering::SeqCst);
    }

    /// A reading of the monotonic clock, to measure how long something took.
    #[expect(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }
}

/// Measures how long something took, on the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Milliseconds since it was started.
    pub fn elapsed_ms(self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e3
    }
}
