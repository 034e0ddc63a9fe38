//! Which bucket and which hour a time is in.

use super::job::Clock;

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// Finds the last step that begins at or before a time. Times mostly rise, so the step of the row
/// before is nearly always right.
#[derive(Debug)]
pub(super) struct Steps<'a, T> {
    steps: &'a [T],
    start: fn(&T) -> i64,
    at: usize,
    from: i64,
    to: i64,
}

impl<'a> Steps<'a, i64> {
    pub(super) fn buckets(starts: &'a [i64]) -> Self {
        Self { steps: starts, start: |start| *start, at: 0, from: i64::MAX, to: i64::MIN }
    }
}

impl<'a> Steps<'a, (i64, i64)> {
    pub(super) fn offsets(offsets: &'a [(i64, i64)]) -> Self {
        Self { steps: offsets, start: |(from, _)| *from, at: 0, from: i64::MAX, to: i64::MIN }
    }

    /// A part of the local time.
    pub(super) fn clock(&mut self, clock: Clock, time: i64) -> u8 {
        let at = self.find(time);
        let local = time.saturating_add(self.steps.get(at).map_or(0, |(_, offset)| *offset));
        let part = match clock {
            Clock::Hour => local.rem_euclid(DAY) / HOUR,
            // 1970 began on a Thursday.
            Clock::Day => (local.div_euclid(DAY) + 3).rem_euclid(7) + 1,
        };
        u8::try_from(part).expect("an hour or a day of the week")
    }
}

impl<T> Steps<'_, T> {
    /// The index of the step; 0 for what is before the first one.
    pub(super) fn find(&mut self, time: i64) -> usize {
        if time < self.from || time >= self.to {
            let after = self.steps.partition_point(|step| (self.start)(step) <= time);
            self.at = after.saturating_sub(1);
            self.from = if after == 0 { i64::MIN } else { (self.start)(&self.steps[self.at]) };
            self.to = self.steps.get(after).map_or(i64::MAX, self.start);
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_last_bucket_that_begins_before_it() {
        let starts = [10, 20, 30];
        let mut buckets = Steps::buckets(&starts);
        let found: Vec<usize> =
            [10, 19, 20, 29, 30, 1_000, 10, 5, 25].into_iter().map(|t| buckets.find(t)).collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 2, 0, 0, 1]);
    }

    #[test]
    fn the_clock_follows_its_offset() {
        // 1970-01-01, a Thursday; an hour ahead from the second day on.
        let offsets = [(0, 0), (DAY, HOUR)];
        let mut steps = Steps::offsets(&offsets);
        assert_eq!((steps.clock(Clock::Hour, 0), steps.clock(Clock::Day, 0)), (0, 4));
        assert_eq!((steps.clock(Clock::Hour, DAY), steps.clock(Clock::Day, DAY)), (1, 5));
        assert_eq!((steps.clock(Clock::Hour, -1), steps.clock(Clock::Day, -1)), (23, 3));
    }
}
