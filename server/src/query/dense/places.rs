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
    /// Rows that are not grouped: one cell for each bucket.
    pub(super) fn whole(
        rows: usize,
        buckets: Vec<(Range<usize>, u32)>,
        kept: Option<&[bool]>,
    ) -> Self {
        let Some(kept) = kept else {
            let cell = |(rows, bucket)| (rows, 1 + bucket as usize);
            return Self::Runs(buckets.into_iter().map(cell).collect());
        };
        let mut cells = vec![0; rows];
        for (rows, bucket) in buckets {
            for row in rows {
                cells[row] = if kept[row] { 1 + bucket } else { 0 };
            }
        }
        Self::Rows(cells)
    }

    /// Rows that are grouped: from the first cell of the group to that of the bucket.
    pub(super) fn grouped(mut first: Vec<u32>, buckets: &[(Range<usize>, u32)]) -> Self {
        for (rows, bucket) in buckets.iter().filter(|(_, bucket)| *bucket > 0) {
            for cell in &mut first[rows.clone()] {
                *cell = if *cell == 0 { 0 } else { *cell + bucket };
            }
        }
        Self::Rows(first)
    }

    /// The same, but rows that are not kept do not count.
    pub(super) fn only(&self, kept: &[bool]) -> Self {
        let mut cells = vec![0; kept.len()];
        self.each(|row, cell| {
            if kept[row] {
                cells[row] = u32::try_from(cell).expect("fewer cells than rows");
            }
        });
        Self::Rows(cells)
    }

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
