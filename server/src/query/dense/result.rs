//! Puts what the workers saw together.

use std::cell::OnceCell;
use std::cmp::Ordering;

use datafusion::execution::memory_pool::MemoryReservation;

use super::amounts::{Mean, Money};
use super::distinct::{self, Share};
use super::groups::{Combination, Groups};
use super::job::{Job, Key, Part, What};
use super::sketches::Sketches;
use super::texts::Texts;
use super::worker::{Seen, Worker};
use crate::query::cells::{Cell, Label};
use crate::query::read::{Findings, Found};

/// In which order groups stand, and how many are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::query) struct Order {
    pub(in crate::query) keys: Vec<(By, bool)>,
    pub(in crate::query) limit: usize,
}

/// What groups are ordered by: a part or a key of the job, falling if the flag beside it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum By {
    Part(usize),
    Key(usize),
}

/// The groups with their cells, one for each bucket, and the currencies of all of them.
pub(super) fn findings(workers: &[(Worker, MemoryReservation)], order: Option<&Order>) -> Findings {
    let Some((first, _)) = workers.first() else { return Findings::default() };
    let workers: Vec<&Worker> = workers.iter().map(|(worker, _)| worker).collect();
    let job = &first.job;
    let whole = Whole::new(job, &workers);
    let (columns, currencies) = whole.columns();
    let mut places: Vec<usize> = (0..whole.groups.len()).collect();
    if let Some(order) = order {
        let cell = |place: usize, part: usize| &columns[part][1 + place * job.width()];
        let compare = |a: &usize, b: &usize| {
            let by_keys = order.keys.iter().map(|(by, desc)| match *by {
                By::Part(part) => cell(*a, part).compare(cell(*b, part), *desc),
                By::Key(key) => whole.compare(key, *a, *b, *desc),
            });
            let by_labels = (0..job.keys.len()).map(|key| whole.compare(key, *a, *b, false));
            by_keys.chain(by_labels).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        if order.limit > 0 && order.limit < places.len() {
            places.select_nth_unstable_by(order.limit, compare);
        }
        places.truncate(order.limit);
        places.sort_unstable_by(compare);
    }
    let rows = places.iter().flat_map(|place| {
        let group: Vec<Label> = (0..job.keys.len()).map(|key| whole.label(key, *place)).collect();
        let (place, columns) = (*place, &columns);
        (0..job.width()).map(move |bucket| {
            let cell = 1 + place * job.width() + bucket;
            let cells = columns.iter().map(|column| column[cell].clone()).collect();
            Found { group: group.clone(), bucket, cells }
        })
    });
    Findings { rows: rows.collect(), currencies, ..Findings::default() }
}

/// The groups of all workers.
struct Whole<'a> {
    job: &'a Job,
    workers: &'a [&'a Worker],
    /// By column; empty for one that is no key.
    texts: Vec<Texts>,
    groups: Groups,
    /// What each worker's cells are called here.
    cells: Vec<Vec<usize>>,
}

impl<'a> Whole<'a> {
    fn new(job: &'a Job, workers: &'a [&'a Worker]) -> Self {
        let mut texts = vec![Texts::default(); job.columns.len()];
        let mut groups = Groups::default();
        let width = job.width();
        let cells = workers.iter().map(|worker| {
            let names: Vec<Vec<u32>> = job
                .keys
                .iter()
                .map(|key| match key {
                    Key::Text(column) => texts[*column].take_in(&worker.texts[*column]),
                    Key::Clock(_) => Vec::new(),
                })
                .collect();
            let mut cells = vec![0];
            for own in worker.groups.seen() {
                let mut combination = Combination::default();
                for (at, names) in names.iter().enumerate() {
                    combination[at] = match (job.keys[at], own[at]) {
                        (Key::Text(_), number) if number > 0 => names[number as usize - 1] + 1,
                        (_, number) => number,
                    };
                }
                let place = groups.place(combination).expect("these groups are open") as usize;
                cells.extend((0..width).map(|bucket| 1 + place * width + bucket));
            }
            cells
        });
        let cells = cells.collect();
        Self { job, workers, texts, groups, cells }
    }

    /// For each part the value of each cell; then the currencies.
    fn columns(&self) -> (Vec<Vec<Cell>>, Vec<i32>) {
        let mut currencies = Vec::new();
        let count = 1 + self.groups.len() * self.job.width();
        let column = |(at, part): (usize, &Part)| match part.what {
            What::Count => {
                let mut counts = vec![0_i64; count];
                self.each(
                    at,
                    |seen| match seen {
                        Seen::Count(counts) => counts,
                        _ => &[],
                    },
                    |cell, n| counts[cell] += n,
                );
                counts.into_iter().map(Cell::Integer).collect()
            }
            What::Distinct(column) => self.distinct(at, column, count),
            What::Sketch(_) => self.estimates(at, count),
            What::Money { .. } => {
                let mut sums = vec![Money::default(); count];
                self.each(
                    at,
                    |seen| match seen {
                        Seen::Money(sums) => sums,
                        _ => &[],
                    },
                    |cell, sum| sums[cell].add(sum),
                );
                let codes = sums.iter().skip(1).filter(|sum| sum.least <= sum.greatest);
                currencies.extend(codes.flat_map(|sum| [sum.least, sum.greatest]));
                sums.into_iter().map(|sum| Cell::Decimal(sum.sum)).collect()
            }
            What::Sum(_) | What::Mean(_) => {
                let mut sums = vec![Mean::default(); count];
                self.each(
                    at,
                    |seen| match seen {
                        Seen::Mean(sums) => sums,
                        _ => &[],
                    },
                    |cell, sum| sums[cell].add(sum),
                );
                let sum = |sum: Mean| Cell::whole(sum.sum);
                let cell = if matches!(part.what, What::Sum(_)) { sum } else { mean };
                sums.into_iter().map(cell).collect()
            }
        };
        let columns = self.job.parts.iter().enumerate().map(column).collect();
        (columns, currencies)
    }

    /// Calls `add` with each worker's values of a part, by cell.
    fn each<T: Copy + 'a>(
        &self,
        part: usize,
        values: impl Fn(&'a Seen) -> &'a [T],
        mut add: impl FnMut(usize, T),
    ) {
        for (worker, cells) in self.workers.iter().zip(&self.cells) {
            for (value, cell) in values(&worker.seen[part]).iter().zip(cells) {
                add(*cell, *value);
            }
        }
    }

    fn distinct(&self, part: usize, column: usize, count: usize) -> Vec<Cell> {
        let shares: Vec<Share<'_>> = self
            .workers
            .iter()
            .zip(&self.cells)
            .filter_map(|(worker, cells)| match &worker.seen[part] {
                Seen::Distinct(seen) => Some(Share { seen, cells }),
                _ => None,
            })
            .collect();
        let numbers = OnceCell::new();
        let number = |worker: usize, own: u32| {
            let numbers: &Vec<Vec<u32>> = numbers.get_or_init(|| {
                let mut all = Texts::default();
                let take_in = |worker: &&Worker| all.take_in(&worker.texts[column]);
                self.workers.iter().map(take_in).collect()
            });
            numbers[worker][own as usize]
        };
        distinct::count(&shares, count, &number).into_iter().map(Cell::Integer).collect()
    }

    fn estimates(&self, part: usize, count: usize) -> Vec<Cell> {
        let mut all = Sketches::default();
        for (worker, cells) in self.workers.iter().zip(&self.cells) {
            if let Seen::Sketch(seen) = &worker.seen[part] {
                all.add(seen, cells);
            }
        }
        all.estimates(count).into_iter().map(Cell::Integer).collect()
    }

    fn label(&self, key: usize, place: usize) -> Label {
        let number = self.groups.seen()[place][key];
        match self.job.keys[key] {
            _ if number == 0 => Label::Null,
            Key::Text(column) => Label::Text(self.texts[column].text(number - 1).to_owned()),
            Key::Clock(_) => Label::Number(i64::from(number - 1)),
        }
    }

    /// As [`Label::compare`] does.
    fn compare(&self, key: usize, a: usize, b: usize, desc: bool) -> Ordering {
        let number = |place: usize| self.groups.seen()[place][key];
        let rising = match (number(a), number(b), self.job.keys[key]) {
            (0, 0, _) => return Ordering::Equal,
            (0, ..) => return Ordering::Greater,
            (_, 0, _) => return Ordering::Less,
            (a, b, Key::Text(column)) => {
                let text = |number: u32| self.texts[column].text(number - 1);
                text(a).cmp(text(b))
            }
            (a, b, Key::Clock(_)) => a.cmp(&b),
        };
        if desc { rising.reverse() } else { rising }
    }
}

fn mean(of: Mean) -> Cell {
    if of.count == 0 {
        return Cell::Null;
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean is a rounded number")]
    let mean = of.sum as f64 / of.count as f64;
    Cell::Number(mean)
}
