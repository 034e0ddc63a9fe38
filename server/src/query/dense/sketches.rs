//! Estimates of how many different values there are, by cell.

use datafusion::arrow::array::{Array, BinaryArray};
use datafusion::common::{Result, exec_datafusion_err};
use datasketches::hll::{HllSketch, HllUnion};

use super::columns::Text;
use super::places::Cells;
use crate::lake::rollup::{SKETCH_TYPE, sketch_union};

/// The sketch of each cell; none where nothing was seen.
#[derive(Debug, Default)]
pub(super) struct Sketches {
    cells: Vec<Option<HllUnion>>,
    bytes: usize,
}

impl Sketches {
    /// Memory that they hold, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    fn at(&mut self, cell: usize) -> &mut HllUnion {
        if self.cells.len() <= cell {
            self.cells.resize_with(cell + 1, || None);
        }
        self.cells[cell].get_or_insert_with(sketch_union)
    }

    /// Takes stored sketches in, one for each row.
    pub(super) fn merge(&mut self, stored: &BinaryArray, rows: &Cells) -> Result<()> {
        let mut outcome = Ok(());
        rows.each(|row, cell| {
            if cell != 0 && stored.is_valid(row) && outcome.is_ok() {
                match HllSketch::deserialize(stored.value(row)) {
                    Ok(sketch) => self.at(cell).update(&sketch),
                    Err(error) => {
                        outcome = Err(exec_datafusion_err!("a sketch does not parse: {error}"));
                    }
                }
            }
        });
        self.weigh();
        outcome
    }

    /// Takes the texts of rows in.
    pub(super) fn take(&mut self, text: Text<'_>, rows: &Cells) {
        rows.each(|row, cell| {
            if let (true, Some(at)) = (cell != 0, text.place(row).checked_sub(1)) {
                self.at(cell).update_value(text.values.value(at));
            }
        });
        self.weigh();
    }

    fn weigh(&mut self) {
        let sketches = self.cells.iter().flatten().map(HllUnion::estimated_size).sum::<usize>();
        self.bytes = sketches + self.cells.capacity() * size_of::<Option<HllUnion>>();
    }

    /// Adds another worker's; `cells` says what its cells are called here.
    pub(super) fn add(&mut self, other: &Self, cells: &[usize]) {
        for (sketch, cell) in other.cells.iter().zip(cells) {
            if let Some(sketch) = sketch {
                self.at(*cell).update(&sketch.to_sketch(SKETCH_TYPE));
            }
        }
    }

    /// The estimate of each of so many cells.
    pub(super) fn estimates(&self, count: usize) -> Vec<i64> {
        let estimate = |cell: usize| match self.cells.get(cell) {
            #[expect(clippy::cast_possible_truncation, reason = "fewer values than events")]
            Some(Some(sketch)) => sketch.estimate().round() as i64,
            _ => 0,
        };
        (0..count).map(estimate).collect()
    }
}
