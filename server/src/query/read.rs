//! Reads what an aggregation found out of its columns.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};

use super::cells::{Cell, Group, Label, rounded};
use super::families::{own_width, width};
use crate::model::{Aggregate, Compute, NumberType, Part, PropertyType};

/// One row of a family: its group, its bucket, and the cells of its numbers.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) group: Group,
    pub(super) bucket: usize,
    pub(super) cells: Vec<Cell>,
}

/// What an aggregation came to.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) rows: Vec<Found>,
    /// The currencies of its amounts.
    pub(super) currencies: Vec<i32>,
    /// Some of it was read from rollups.
    pub(super) rolled_up: bool,
    /// Which of its numbers are estimates, by their place.
    pub(super) estimated: Vec<usize>,
}

/// How the columns of an aggregation are read.
pub(super) struct Shape {
    pub(super) buckets: bool,
    pub(super) parts: Vec<Part>,
    pub(super) aggregates: Vec<Aggregate>,
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
                .map(|(index, part)| label(batch.column(labels + index), part, row))
                .collect();
            let mut at = labels + self.parts.len();
            let mut cells = Vec::with_capacity(self.aggregates.len());
            for aggregate in &self.aggregates {
                let columns = &batch.columns()[at..at + width(aggregate)];
                cells.push(cell(&aggregate.compute, columns, row, currencies));
                at += width(aggregate);
            }
            found.push(Found { group, bucket, cells });
        }
    }
}

pub(super) fn label(column: &dyn Array, part: &Part, row: usize) -> Label {
    if column.is_null(row) {
        return Label::Null;
    }
    match part {
        Part::Column(_, kind) => match kind {
            PropertyType::String => Label::Text(column.as_string_view().value(row).to_owned()),
            PropertyType::Integer => Label::Number(column.as_primitive::<Int64Type>().value(row)),
            PropertyType::Decimal => {
                Label::Decimal(column.as_primitive::<Decimal128Type>().value(row))
            }
            PropertyType::Number => {
                Label::Float(column.as_primitive::<Float64Type>().value(row).to_bits())
            }
            PropertyType::Boolean => Label::Boolean(column.as_boolean().value(row)),
            PropertyType::Time => {
                Label::Time(column.as_primitive::<TimestampMicrosecondType>().value(row))
            }
        },
        Part::HourOfDay | Part::DayOfWeek => {
            Label::Number(column.as_primitive::<Int32Type>().value(row).into())
        }
    }
}

fn cell(
    compute: &Compute,
    columns: &[Arc<dyn Array>],
    row: usize,
    currencies: &mut Vec<i32>,
) -> Cell {
    let integer = |column: &dyn Array| column.as_primitive::<Int64Type>().value(row);
    let decimal = |column: &dyn Array| column.as_primitive::<Decimal128Type>().value(row);
    let float = |column: &dyn Array| column.as_primitive::<Float64Type>().value(row);
    let (own, codes) = columns.split_at(own_width(compute));
    for code in codes {
        if code.is_valid(row) {
            currencies.push(code.as_primitive::<Int32Type>().value(row));
        }
    }
    let first = &own[0];
    if first.is_null(row) {
        return Cell::nothing(compute);
    }
    match compute {
        Compute::Count | Compute::Distinct(_) => Cell::Integer(integer(first)),
        Compute::Sum(numbers) => match numbers.kind {
            NumberType::Integer => Cell::whole(decimal(first)),
            NumberType::Decimal => Cell::Decimal(decimal(first)),
            NumberType::Float => Cell::Number(float(first)),
        },
        Compute::Min(numbers) | Compute::Max(numbers) => match numbers.kind {
            NumberType::Integer => Cell::Integer(integer(first)),
            NumberType::Decimal => Cell::Decimal(decimal(first)),
            NumberType::Float => Cell::Number(float(first)),
        },
        Compute::Mean(numbers) => {
            let count = integer(&own[1]);
            #[expect(clippy::cast_precision_loss, reason = "a mean is a rounded number")]
            match numbers.kind {
                _ if count == 0 => Cell::Null,
                NumberType::Integer => Cell::Number(decimal(first) as f64 / count as f64),
                NumberType::Decimal => {
                    rounded(decimal(first), count.into()).map_or(Cell::Null, Cell::Decimal)
                }
                NumberType::Float => Cell::Number(float(first) / count as f64),
            }
        }
        Compute::Percentile(numbers, _) => {
            let value = float(first);
            // DataFusion interpolates in millionths of the gap: what is finer than a tenth of a
            // millisecond is noise.
            let whole = numbers.kind == NumberType::Integer;
            Cell::Number(if whole { (value * 10.0).round() / 10.0 } else { value })
        }
    }
}
