//! Which cell each row of a batch goes to. Cell 0 takes the rows that do not count; behind it each
//! group has one cell for each bucket.

use std::ops::Range;

/// The cell of each row.
#[derive(Debug)]
pub(super) enum Cells {
    /// Neighbouring rows share a cell.
    Runs(Vec<(Range<usize>, usize)>),
    /// One for each row.
    Rows(Vec<u32>),
}

impl Cells {
    /// Calls `see` with each row and its cell.
    #[inline]
    pub(super) fn each(&self, mut see: impl FnMut(usize, usize)) {
        match self {
            Self::Runs(runs) => {
                for (rows, cell) in runs {
                    for row in rows.clone() {
                        see(row, *cell);
                    }
                }
            }
            Self::Rows(cells) => {
                for (row, cell) in cells.iter().enumerate() {
                    see(row, *cell as usize);
                }
            }
        }
    }

    /// Adds how many rows each cell takes.
    pub(super) fn count(&self, counts: &mut [i64]) {
        match self {
            Self::Runs(runs) => {
                for (rows, cell) in runs {
                    counts[*cell] += i64::try_from(rows.len()).expect("few rows");
                }
            }
            Self::Rows(cells) => {
                for cell in cells {
                    counts[*cell as usize] += 1;
                }
            }
        }
    }
}
