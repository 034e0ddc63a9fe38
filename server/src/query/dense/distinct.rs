//! Sets of numbers, one for each cell: bits while they are few, pairs where they would be too many.

use datafusion::common::HashSet;

use super::columns::Text;
use super::places::Cells;

/// Words of bits that one measure of one worker may hold: 64 MB.
const MOST_WORDS: usize = 8 * 1024 * 1024;

/// The different values that were seen in each cell.
#[derive(Debug)]
pub(super) enum Distinct {
    /// One bit for each number, for each cell.
    Bits { sets: Vec<Vec<u64>>, words: usize },
    /// Cell and number.
    Pairs(HashSet<(u32, u32)>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Bits { sets: Vec::new(), words: 0 }
    }
}

impl Distinct {
    /// Memory that it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Bits { sets, words } => words * 8 + sets.capacity() * 24,
            Self::Pairs(pairs) => pairs.capacity() * 9,
        }
    }

    /// Takes the texts of a batch, whose numbers stand in `numbers` by place, for so many cells.
    pub(super) fn take(
        &mut self,
        text: Text<'_>,
        numbers: &[u32],
        texts: usize,
        rows: &Cells,
        cells: usize,
    ) {
        if let Self::Bits { sets, words } = self {
            sets.resize_with(cells.max(sets.len()), Vec::new);
            let width = texts.div_ceil(64);
            // At most each row touches another cell, and each touched one grows to this width.
            let touched = match rows {
                Cells::Runs(runs) => runs.len(),
                Cells::Rows(rows) => rows.len().min(cells),
            };
            if *words + touched * width > MOST_WORDS && exact(sets, rows, width) > MOST_WORDS {
                self.pair_up();
            }
        }
        match self {
            Self::Bits { sets, words } => {
                let width = texts.div_ceil(64);
                rows.each(|row, cell| {
                    let place = text.place(row);
                    if place != 0 && cell != 0 {
                        let set = &mut sets[cell];
                        if set.len() < width {
                            *words += width - set.len();
                            set.resize(width, 0);
                        }
                        let number = numbers[place] as usize;
                        set[number / 64] |= 1 << (number % 64);
                    }
                });
            }
            Self::Pairs(pairs) => rows.each(|row, cell| {
                let place = text.place(row);
                if place != 0 && cell != 0 {
                    let cell = u32::try_from(cell).expect("fewer cells than rows");
                    pairs.insert((cell, numbers[place]));
                }
            }),
        }
    }

    fn pair_up(&mut self) {
        let mut pairs = HashSet::new();
        self.each(|cell, number| {
            pairs.insert((u32::try_from(cell).expect("fewer cells than rows"), number));
        });
        *self = Self::Pairs(pairs);
    }

    /// Calls `see` with each cell and each of its numbers.
    fn each(&self, mut see: impl FnMut(usize, u32)) {
        match self {
            Self::Bits { sets, .. } => {
                for (cell, set) in sets.iter().enumerate() {
                    members(set, |number| see(cell, number));
                }
            }
            Self::Pairs(pairs) => {
                for (cell, number) in pairs {
                    see(*cell as usize, *number);
                }
            }
        }
    }
}

/// Words that the bits would take with these rows.
fn exact(sets: &[Vec<u64>], rows: &Cells, width: usize) -> usize {
    let mut grows = vec![false; sets.len()];
    rows.each(|_, cell| grows[cell] = true);
    let size =
        |(set, grows): (&Vec<u64>, bool)| if grows { set.len().max(width) } else { set.len() };
    sets.iter().zip(grows).map(size).sum()
}

fn members(set: &[u64], mut see: impl FnMut(u32)) {
    for (word, bits) in (0_u32..).zip(set) {
        let mut rest = *bits;
        while rest != 0 {
            see(word * 64 + rest.trailing_zeros());
            rest &= rest - 1;
        }
    }
}

/// What one worker saw, and what its cells are called in the end.
#[derive(Debug)]
pub(super) struct Share<'a> {
    pub(super) seen: &'a Distinct,
    pub(super) cells: &'a [usize],
}

/// How many different values each of so many cells has, over all workers. `number` says what a number
/// of a worker is called in the end; it is asked only where several workers saw the same cell.
pub(super) fn count(
    shares: &[Share<'_>],
    cells: usize,
    number: &dyn Fn(usize, u32) -> u32,
) -> Vec<i64> {
    let mut counts = vec![0_i64; cells];
    if shares.iter().any(|share| matches!(share.seen, Distinct::Pairs(_))) {
        let mut all = HashSet::new();
        for (worker, share) in shares.iter().enumerate() {
            share.seen.each(|cell, own| {
                all.insert((share.cells[cell], number(worker, own)));
            });
        }
        for (cell, _) in all {
            counts[cell] += 1;
        }
        return counts;
    }
    let mut parts: Vec<Vec<(usize, &[u64])>> = vec![Vec::new(); cells];
    for (worker, share) in shares.iter().enumerate() {
        if let Distinct::Bits { sets, .. } = share.seen {
            for (cell, set) in sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
                parts[share.cells[cell]].push((worker, set));
            }
        }
    }
    let ones = |set: &[u64]| set.iter().map(|word| i64::from(word.count_ones())).sum::<i64>();
    let mut union: Vec<u64> = Vec::new();
    for (count, parts) in counts.iter_mut().zip(parts) {
        *count = match parts.as_slice() {
            [] => 0,
            // Nobody else saw this cell: what its numbers mean elsewhere does not matter.
            [(_, set)] => ones(set),
            several => {
                union.clear();
                for (worker, set) in several {
                    members(set, |own| {
                        let number = number(*worker, own) as usize;
                        if union.len() <= number / 64 {
                            union.resize(number / 64 + 1, 0);
                        }
                        union[number / 64] |= 1 << (number % 64);
                    });
                }
                ones(&union)
            }
        };
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::StringArray;

    /// Pairs and bits count alike, alone and together, whatever the workers call the same value.
    #[test]
    fn a_value_is_counted_once_for_each_cell() {
        let values = StringArray::from(vec!["a", "b", "c"]);
        let keys = [0, 1, 2, 0, 1, 0];
        let text = Text { keys: &keys, nulls: None, values: &values };
        let rows = Cells::Rows(vec![1, 1, 0, 2, 2, 1]);
        let worker = |pairs: bool| {
            let mut seen = Distinct::default();
            if pairs {
                seen.pair_up();
            }
            seen.take(text, &[0, 0, 1, 2], 3, &rows, 3);
            seen
        };
        for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
            let (left, right) = (worker(left), worker(right));
            let alone = [Share { seen: &left, cells: &[0, 1, 2] }];
            assert_eq!(count(&alone, 3, &|_, own| own), [0, 2, 2]);
            let both = [
                Share { seen: &left, cells: &[0, 1, 2] },
                Share { seen: &right, cells: &[0, 1, 3] },
            ];
            // What the right worker calls 0 is 5 in the end.
            let number = |worker, own| if (worker, own) == (1, 0) { 5 } else { own };
            assert_eq!(count(&both, 4, &number), [0, 3, 2, 2]);
        }
    }
}
