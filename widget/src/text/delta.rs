//! How a number changed.

/// A change against the comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delta {
    /// Which way.
    pub way: Way,
    /// By which share of the number before; none where that was zero.
    pub share: Option<f64>,
}

/// Which way a number went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It grew.
    Up,
    /// It shrank.
    Down,
    /// It is the same, as far as it is written.
    Level,
}

/// Compares two numbers.
pub fn delta(now: f64, before: f64) -> Delta {
    let share = (before != 0.0).then(|| (now - before) / before.abs());
    let written = share.map_or(now - before, |share| (share * 1_000.0).round());
    let way = if written > 0.0 {
        Way::Up
    } else if written < 0.0 {
        Way::Down
    } else {
        Way::Level
    };
    Delta { way, share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_way_and_a_share() {
        assert_eq!(delta(112.0, 100.0), Delta { way: Way::Up, share: Some(0.12) });
        assert_eq!(delta(50.0, 100.0), Delta { way: Way::Down, share: Some(-0.5) });
        assert_eq!(delta(-50.0, -100.0).way, Way::Up);
    }

    #[test]
    fn a_change_that_is_not_written_is_none() {
        assert_eq!(delta(100_001.0, 100_000.0).way, Way::Level);
    }

    #[test]
    fn from_zero_there_is_no_share() {
        assert_eq!(delta(5.0, 0.0), Delta { way: Way::Up, share: None });
        assert_eq!(delta(0.0, 0.0), Delta { way: Way::Level, share: None });
    }
}
