//! Reads what an aggregation found out of its columns.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Decimal128Type, Float64Type, Int32Type, Int64Type};

use super::cells::{Cell, Group, Label};
use super::compile::width;
use crate::model::{Compute, Measure, Part};

/// One row of a family: its group, its bucket, and the cells of its measures.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) group: Group,
    pub(super) bucket: usize,
    pub(super) cells: Vec<Cell>,
}

/// How the columns of an aggregation are read.
pub(super) struct Shape {
    pub(super) buckets: bool,
    pub(super) parts: Vec<Part>,
    pub(super) measures: Vec<&'static Measure>,
}

impl Shape {
    pub(super) fn read(
        &self,
        batch: &RecordBatch,
        found: &mut Vec<Found>,
        currencies: &mut Vec<i32>,
    ) {
        let labels = usize::from(self.buckets);
        for row in 0..batch.num_rows() {
            let bucket = if self.buckets {
                let index = batch.column(0).as_primitive::<Int32Type>().value(row);
                usize::try_from(index).unwrap_or(0)
            } else {
                0
            };
            let group = self
                .parts
                .iter()
                .enumerate()
                .map(|(index, part)| label(batch.column(labels + index), *part, row))
                .collect();
            let mut at = labels + self.parts.len();
            let mut cells = Vec::with_capacity(self.measures.len());
            for measure in &self.measures {
                let columns = &batch.columns()[at..at + width(measure)];
                cells.push(cell(measure, columns, row, currencies));
                at += width(measure);
            }
            found.push(Found { group, bucket, cells });
        }
    }
}

fn label(column: &dyn Array, part: Part, row: usize) -> Label {
    if column.is_null(row) {
        return Label::Null;
    }
    match part {
        Part::Column(_) => Label::Text(column.as_string_view().value(row).to_owned()),
        Part::HourOfDay | Part::DayOfWeek => {
            Label::Number(column.as_primitive::<Int32Type>().value(row))
        }
    }
}

fn cell(
    measure: &Measure,
    columns: &[Arc<dyn Array>],
    row: usize,
    currencies: &mut Vec<i32>,
) -> Cell {
    let integer = |column: &dyn Array| column.as_primitive::<Int64Type>().value(row);
    let first = &columns[0];
    match measure.compute {
        Compute::Count | Compute::Distinct(_) => Cell::Integer(integer(first)),
        Compute::Money(_) => {
            for code in &columns[1..] {
                if code.is_valid(row) {
                    currencies.push(code.as_primitive::<Int32Type>().value(row));
                }
            }
            if first.is_null(row) {
                return Cell::nothing(measure);
            }
            Cell::Decimal(first.as_primitive::<Decimal128Type>().value(row))
        }
        Compute::Mean(_) => match integer(&columns[1]) {
            0 => Cell::Null,
            count => {
                let sum = first.as_primitive::<Decimal128Type>().value(row);
                #[expect(clippy::cast_precision_loss, reason = "a mean is a rounded number")]
                let mean = sum as f64 / count as f64;
                Cell::Number(mean)
            }
        },
        Compute::Percentile(..) if first.is_null(row) => Cell::Null,
        Compute::Percentile(..) => {
            // DataFusion interpolates in millionths of the gap: what is finer than a tenth of a
            // millisecond is noise.
            let value = first.as_primitive::<Float64Type>().value(row);
            Cell::Number((value * 10.0).round() / 10.0)
        }
    }
}
