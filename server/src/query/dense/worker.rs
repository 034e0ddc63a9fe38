//! Goes through batches and keeps what they add up to.

use std::ops::Range;
use std::sync::Arc;

use datafusion::common::Result;

use super::amounts::{Mean, Money, take_mean, take_money};
use super::columns::Columns;
use super::distinct::Distinct;
use super::groups::{Combination, Groups};
use super::job::{Clock, Job, Key, What};
use super::keep::kept;
use super::places::Cells;
use super::sketches::Sketches;
use super::texts::Texts;
use super::times::Steps;
use crate::query::cells::{Group, Label};

/// Most entries of a table from combined keys to cells, unless there are more rows.
const TABLE: usize = 65_536;
/// In that table: nobody looked yet.
const UNKNOWN: u32 = u32::MAX;

/// What a worker knows about the rows of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// All of them are in the range.
    pub(super) covered: bool,
    /// All of them are in this bucket.
    pub(super) bucket: Option<usize>,
}

/// What was seen of one part, by cell.
#[derive(Debug)]
pub(super) enum Seen {
    Count(Vec<i64>),
    Distinct(Distinct),
    Sketch(Sketches),
    Money(Vec<Money>),
    Mean(Vec<Mean>),
}

/// Everything that one thread saw.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) job: Arc<Job>,
    /// The texts of each column of the job.
    pub(super) texts: Vec<Texts>,
    pub(super) groups: Groups,
    pub(super) seen: Vec<Seen>,
}

impl Worker {
    pub(super) fn new(job: Arc<Job>) -> Self {
        let mut texts = vec![Texts::default(); job.columns.len()];
        let groups = match &job.wanted {
            Some(wanted) if !job.keys.is_empty() => {
                Groups::only(wanted.iter().map(|group| combination(&job, &mut texts, group)))
            }
            _ => {
                let mut groups = Groups::default();
                if job.keys.is_empty() {
                    groups.place(Combination::default());
                }
                groups
            }
        };
        let seen = job.parts.iter().map(|part| match part.what {
            What::Count => Seen::Count(Vec::new()),
            What::Distinct(_) => Seen::Distinct(Distinct::default()),
            What::Sketch(_) => Seen::Sketch(Sketches::default()),
            What::Money { .. } => Seen::Money(Vec::new()),
            What::Sum(_) | What::Mean(_) => Seen::Mean(Vec::new()),
        });
        let seen = seen.collect();
        Self { job, texts, groups, seen }
    }

    /// Cells that there are now.
    pub(super) fn cells(&self) -> usize {
        1 + self.groups.len() * self.job.width()
    }

    /// Memory that it holds, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let seen = self.seen.iter().map(|seen| match seen {
            Seen::Count(counts) => counts.capacity() * 8,
            Seen::Distinct(distinct) => distinct.bytes(),
            Seen::Sketch(sketches) => sketches.bytes(),
            Seen::Money(sums) => sums.capacity() * size_of::<Money>(),
            Seen::Mean(sums) => sums.capacity() * size_of::<Mean>(),
        });
        let texts = self.texts.iter().map(Texts::bytes);
        seen.chain(texts).sum::<usize>() + self.groups.bytes()
    }

    /// Takes in the rows of a batch that count.
    pub(super) fn take(&mut self, columns: &Columns, about: About) -> Result<()> {
        let times = columns.times()?;
        let mut outside = None;
        if let (false, Some(times)) = (about.covered, times) {
            let (from, to) = (self.job.from, self.job.to);
            if times.is_sorted() {
                let first = times.partition_point(|time| *time < from);
                let end = times.partition_point(|time| *time < to);
                if first >= end {
                    return Ok(());
                }
                if end - first < columns.rows() {
                    let inside = columns.slice(first, end);
                    return self.take(&inside, About { covered: true, ..about });
                }
            } else {
                outside = Some(times.iter().map(|time| *time >= from && *time < to).collect());
            }
        }
        let kept = match (kept(&self.job.tests, &self.job, columns)?, outside) {
            (kept, None) => kept,
            (None, outside) => outside,
            (Some(kept), Some(inside)) => {
                let inside: Vec<bool> = inside;
                Some(kept.into_iter().zip(inside).map(|(a, b)| a && b).collect())
            }
        };
        let buckets = self.buckets(columns, about)?;
        let rows = if self.job.keys.is_empty() {
            Cells::whole(columns.rows(), buckets, kept.as_deref())
        } else {
            let places = self.places(columns, kept.as_deref())?;
            Cells::grouped(places, &buckets)
        };
        self.add(columns, &rows)
    }

    /// The bucket of each row.
    fn buckets(&self, columns: &Columns, about: About) -> Result<Vec<(Range<usize>, u32)>> {
        let narrow = |bucket: usize| u32::try_from(bucket).expect("few buckets");
        let starts = &self.job.buckets;
        if starts.len() < 2 {
            return Ok(vec![(0..columns.rows(), 0)]);
        }
        if let Some(bucket) = about.bucket {
            return Ok(vec![(0..columns.rows(), narrow(bucket))]);
        }
        let times = columns.times()?.unwrap_or_default();
        let mut steps = Steps::buckets(starts);
        let mut runs = Vec::new();
        if times.is_sorted() {
            let mut row = 0;
            while row < times.len() {
                let bucket = steps.find(times[row]);
                let next = starts.get(bucket + 1).copied().unwrap_or(i64::MAX);
                // At least this row: its time is before the next bucket, or there is none.
                let rest = &times[row + 1..];
                let end = row + 1 + rest.partition_point(|time| *time < next);
                runs.push((row..end, narrow(bucket)));
                row = end;
            }
        } else {
            for (row, time) in times.iter().enumerate() {
                let bucket = narrow(steps.find(*time));
                match runs.last_mut() {
                    Some((rows, last)) if *last == bucket => {
                        let rows: &mut Range<usize> = rows;
                        rows.end = row + 1;
                    }
                    _ => runs.push((row..row + 1, bucket)),
                }
            }
        }
        Ok(runs)
    }

    /// The first cell of each row's group, 0 for a row that does not count.
    fn places(&mut self, columns: &Columns, kept: Option<&[bool]>) -> Result<Vec<u32>> {
        let rows = columns.rows();
        // For each key: the number of each row in the batch's own count, and what it is called here.
        let mut keys = Vec::with_capacity(self.job.keys.len());
        for key in &self.job.keys {
            keys.push(match *key {
                Key::Text(column) => {
                    let text = columns.text(column)?;
                    let known = &mut self.texts[column];
                    let names = text.table(0, |text| known.number(text) + 1);
                    let locals: Vec<u32> = (0..rows)
                        .map(|row| u32::try_from(text.place(row)).expect("keys are 32 bits wide"))
                        .collect();
                    (locals, names)
                }
                Key::Clock(clock) => (self.clock(clock, columns)?, (0..25).collect()),
            });
        }
        let size = keys.iter().try_fold(1_usize, |size, (_, names)| size.checked_mul(names.len()));
        let width = u32::try_from(self.job.width()).expect("few buckets");
        let first = |place: Option<u32>| place.map_or(0, |place| 1 + place * width);
        let counts = |row: usize| kept.is_none_or(|kept| kept[row]);
        let name = |keys: &[(Vec<u32>, Vec<u32>)], row: usize| {
            let mut combination = Combination::default();
            for (at, (locals, names)) in keys.iter().enumerate() {
                combination[at] = names[locals[row] as usize];
            }
            combination
        };
        let mut places = vec![0; rows];
        match size {
            Some(size) if size <= TABLE.max(rows) => {
                let mut table = vec![UNKNOWN; size];
                for (row, place) in places.iter_mut().enumerate() {
                    if !counts(row) {
                        continue;
                    }
                    let mut at = 0;
                    for (locals, names) in &keys {
                        at = at * names.len() + locals[row] as usize;
                    }
                    if table[at] == UNKNOWN {
                        table[at] = first(self.groups.place(name(&keys, row)));
                    }
                    *place = table[at];
                }
            }
            _ => {
                for (row, place) in places.iter_mut().enumerate() {
                    if counts(row) {
                        *place = first(self.groups.place(name(&keys, row)));
                    }
                }
            }
        }
        Ok(places)
    }

    fn clock(&self, clock: Clock, columns: &Columns) -> Result<Vec<u32>> {
        let mut steps = Steps::offsets(&self.job.offsets);
        let times = columns.times()?.unwrap_or_default();
        Ok(times.iter().map(|time| u32::from(steps.clock(clock, *time)) + 1).collect())
    }

    fn add(&mut self, columns: &Columns, rows: &Cells) -> Result<()> {
        let cells = self.cells();
        for (part, seen) in self.job.parts.iter().zip(&mut self.seen) {
            let only = kept(&part.tests, &self.job, columns)?.map(|kept| rows.only(&kept));
            let rows = only.as_ref().unwrap_or(rows);
            match (part.what, seen) {
                (What::Count, Seen::Count(counts)) => {
                    counts.resize(cells, 0);
                    match columns.events()? {
                        None => rows.count(counts),
                        Some(events) => rows.each(|row, cell| counts[cell] += events[row]),
                    }
                }
                (What::Distinct(column), Seen::Distinct(distinct)) => {
                    let text = columns.text(column)?;
                    let known = &mut self.texts[column];
                    let numbers = text.table(0, |text| known.number(text));
                    distinct.take(text, &numbers, known.len(), rows, cells);
                }
                (What::Sketch(column), Seen::Sketch(sketches)) => match columns.sketches(column)? {
                    Some(stored) => sketches.merge(stored, rows)?,
                    None => sketches.take(columns.text(column)?, rows),
                },
                (What::Money { value, currency }, Seen::Money(sums)) => {
                    sums.resize(cells, Money::default());
                    let rolled_up = columns.events()?.is_some();
                    let (amounts, currency) = (columns.amounts(value)?, columns.text(currency)?);
                    take_money(sums, amounts, currency, rolled_up, rows);
                }
                (What::Sum(column) | What::Mean(column), Seen::Mean(sums)) => {
                    sums.resize(cells, Mean::default());
                    take_mean(sums, columns.integers(column)?, columns.durations()?, rows);
                }
                _ => unreachable!("each part has its own kind: see `new`"),
            }
        }
        Ok(())
    }
}

/// The numbers of a group that is wanted.
fn combination(job: &Job, texts: &mut [Texts], group: &Group) -> Combination {
    let mut combination = Combination::default();
    for ((slot, key), label) in combination.iter_mut().zip(&job.keys).zip(group) {
        *slot = match (key, label) {
            (Key::Text(column), Label::Text(text)) => texts[*column].number(text) + 1,
            (Key::Clock(_), Label::Number(number)) => {
                u32::try_from(*number).map_or(0, |number| number + 1)
            }
            _ => 0,
        };
    }
    combination
}
