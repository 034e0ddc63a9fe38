//! Exact sums: of amounts with their currencies, and of integers for a mean.

use super::columns::{Numbers, Text};
use super::places::Cells;

/// The sum of a cell and the least and greatest code of its currencies: an amount of nothing has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Money {
    pub(super) sum: i128,
    pub(super) least: i32,
    pub(super) greatest: i32,
}

impl Default for Money {
    fn default() -> Self {
        Self { sum: 0, least: i32::MAX, greatest: i32::MIN }
    }
}

impl Money {
    pub(super) fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
    }
}

/// The sum of a cell and of how many numbers it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    pub(super) sum: i128,
    pub(super) count: i64,
}

impl Mean {
    pub(super) fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }
}

pub(super) fn take_money(
    sums: &mut [Money],
    amounts: Numbers<'_, i128>,
    currency: Text<'_>,
    rolled_up: bool,
    rows: &Cells,
) {
    let codes = currency.table(0, crate::query::functions::currency_number);
    rows.each(|row, cell| {
        let amount = amounts.values[row];
        // Nothing has no currency. A sum that comes to nothing has: it would be null without amounts.
        if (amount != 0 || rolled_up) && amounts.nulls.is_none_or(|nulls| nulls.is_valid(row)) {
            let code = codes[currency.place(row)];
            sums[cell].add(Money { sum: amount, least: code, greatest: code });
        }
    });
}

/// `counts`: of how many numbers each is the sum, if of more than one.
pub(super) fn take_mean(
    sums: &mut [Mean],
    numbers: Numbers<'_, i64>,
    counts: Option<&[i64]>,
    rows: &Cells,
) {
    rows.each(|row, cell| {
        if numbers.nulls.is_none_or(|nulls| nulls.is_valid(row)) {
            let count = counts.map_or(1, |counts| counts[row]);
            sums[cell].add(Mean { sum: numbers.values[row].into(), count });
        }
    });
}
