//! Whether a job has the same answer from what segments add up to, hour by hour, and from which table.

use super::job::{Job, Key, Kind, Test, What};
use crate::lake::rollup::{HOUR, Table, is_sketched};
use crate::model::Field;

/// The table that a job can be answered from, by columns of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its key.
    pub(super) key: Option<usize>,
    /// What it must have sketches of.
    sketches: Vec<usize>,
}

impl Wanted {
    /// None: some rows of an hour count and others do not, or are told apart by what no table has.
    pub(super) fn by(job: &Job) -> Option<Self> {
        if !in_hours(job) || !job.all_tests().all(of_texts) {
            return None;
        }
        let mut texts = job.texts();
        let mut sketches = Vec::new();
        for part in &job.parts {
            match part.what {
                What::Distinct(column) => texts.push(column),
                What::Sketch(column) => sketches.push(column),
                What::Count | What::Money { .. } | What::Sum(_) | What::Mean(_) => {}
            }
        }
        let name = |column: usize| job.columns[column].name.as_str();
        texts.retain(|column| name(*column) != Field::Currency.column());
        texts.sort_unstable();
        texts.dedup();
        let has = job.columns.iter().all(|column| match column.kind {
            Kind::Text => true,
            Kind::Integer => column.name == Field::Duration.column(),
            Kind::Decimal => column.name == Field::Value.column(),
        });
        match texts.as_slice() {
            _ if !has => None,
            [] => Some(Self { key: None, sketches }),
            [key] => Some(Self { key: Some(*key), sketches }),
            _ => None,
        }
    }

    /// The place of the table among those of a rollup.
    pub(super) fn find(&self, job: &Job, tables: &[Table]) -> Option<usize> {
        let name = |column: usize| job.columns[column].name.as_str();
        let key = self.key.map(name);
        tables.iter().position(|table| {
            let has = |column: &usize| table.sketches.iter().any(|known| known == name(*column));
            table.key.as_deref() == key && self.sketches.iter().all(has)
        })
    }
}

impl Job {
    fn all_tests(&self) -> impl Iterator<Item = &Test> {
        self.tests.iter().chain(self.parts.iter().flat_map(|part| &part.tests))
    }

    /// The columns whose texts rows are grouped by or must pass a test with.
    fn texts(&self) -> Vec<usize> {
        let keys = self.keys.iter().filter_map(|key| match key {
            Key::Text(column) => Some(*column),
            Key::Clock(_) => None,
        });
        let mut texts = keys.collect();
        self.all_tests().for_each(|test| texts_of(test, &mut texts));
        texts
    }

    /// The same, with sketches in the place of sets where a rollup can have them. A column whose texts
    /// are looked at besides cannot be one.
    pub(super) fn estimating(mut self) -> Self {
        let texts = self.texts();
        for part in &mut self.parts {
            if let What::Distinct(column) = part.what
                && is_sketched(&self.columns[column].name)
                && !texts.contains(&column)
            {
                part.what = What::Sketch(column);
            }
        }
        self
    }

    /// The same without any estimate.
    pub(super) fn exactly(&self) -> Self {
        let mut job = self.clone();
        for part in &mut job.parts {
            if let What::Sketch(column) = part.what {
                part.what = What::Distinct(column);
            }
        }
        job
    }
}

/// Does every hour of UTC belong to one bucket and one part of the local time, whole?
fn in_hours(job: &Job) -> bool {
    let whole = |time: &i64| time % HOUR == 0;
    let ends = whole(&job.from) && whole(&job.to);
    let shifts = job.offsets.iter();
    let mut shifts =
        shifts.map(|(from, offset)| whole(offset) && (*from <= job.from || whole(from)));
    ends && job.buckets.iter().all(whole) && (!job.reads_clock() || shifts.all(|whole| whole))
}

/// Does it ask for nothing but texts and parts of the local time?
fn of_texts(test: &Test) -> bool {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().all(of_texts),
        Test::Not(other) => of_texts(other),
        Test::Text(..) | Test::Clock(..) => true,
        Test::Integer(..) | Test::Amount(..) | Test::Time(_) => false,
    }
}

fn texts_of(test: &Test, texts: &mut Vec<usize>) {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().for_each(|part| texts_of(part, texts)),
        Test::Not(other) => texts_of(other, texts),
        Test::Text(column, _) => texts.push(*column),
        Test::Integer(..) | Test::Amount(..) | Test::Time(_) | Test::Clock(..) => {}
    }
}
