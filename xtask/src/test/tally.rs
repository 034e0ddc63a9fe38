//! Tests counted, from the lines in which each test program sums itself up.

use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Tally {
    /// Reads `test result: ok. 12 passed; 0 failed; …`; any other line counts nothing.
    pub(crate) fn of_line(line: &str) -> Self {
        let Some((_, counts)) =
            line.trim().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return Self::default();
        };
        let count = |label: &str| {
            let part = counts.split(';').find_map(|part| part.trim().strip_suffix(label));
            part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        Self { passed: count("passed"), failed: count("failed") }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_summary_counts() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(Tally::of_line(line), Tally { passed: 12, failed: 3 });
        let line = "test result: ok. 7 passed; 0 failed; 0 ignored";
        assert_eq!(Tally::of_line(line), Tally { passed: 7, failed: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["test a ... ok", "running 3 tests", "", "test result: "] {
            assert_eq!(Tally::of_line(line), Tally::default(), "{line}");
        }
    }
}
