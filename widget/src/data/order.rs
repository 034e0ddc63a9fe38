//! The order of a table's rows, and the sizes of its cells.

use std::cmp::Ordering;

use serde_json::Value;

use super::{cell, twin::Twin};

/// By which column rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Place of the column.
    pub column: usize,
    /// The largest first.
    pub down: bool,
}

impl Sort {
    /// What a click on a column's head leads to: numbers begin with the largest, words with the first
    /// letter, then the other way, then as they came.
    pub fn next(now: Option<Self>, column: usize, is_number: bool) -> Option<Self> {
        match now.filter(|now| now.column == column) {
            None => Some(Self { column, down: is_number }),
            Some(now) if now.down == is_number => Some(Self { column, down: !is_number }),
            Some(_) => None,
        }
    }
}

/// What a row is sorted by.
struct Key {
    number: Option<f64>,
    words: String,
}

/// Sorts the rows. Those without a value come last, whichever way; equals stay as they came.
pub fn sort(twin: &mut Twin, sort: Sort) {
    let mut keys = Vec::new();
    for row in &twin.rows {
        let cell = row.get(sort.column).unwrap_or(&Value::Null);
        let mut words = cell::words(cell);
        words.make_ascii_lowercase();
        keys.push(Key { number: cell::number(cell), words });
    }
    let mut places: Vec<usize> = (0..keys.len()).collect();
    merge_sort(&mut places, &|one, other| stands_before(&keys[one], &keys[other], sort.down));
    let mut rows = std::mem::take(&mut twin.rows);
    for place in places {
        twin.rows.push(std::mem::take(&mut rows[place]));
    }
}

fn stands_before(one: &Key, other: &Key, down: bool) -> bool {
    let lacks = |key: &Key| key.number.is_none() && key.words.is_empty();
    if lacks(one) || lacks(other) {
        return !lacks(one) && lacks(other);
    }
    let order = match (one.number, other.number) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => one.words.cmp(&other.words),
    };
    order == if down { Ordering::Greater } else { Ordering::Less }
}

/// A plain merge sort, stable. The standard one is faster, and four kilobytes.
fn merge_sort(places: &mut [usize], before: &dyn Fn(usize, usize) -> bool) {
    let middle = places.len() / 2;
    if middle == 0 {
        return;
    }
    merge_sort(&mut places[..middle], before);
    merge_sort(&mut places[middle..], before);
    let left = places[..middle].to_vec();
    let (mut from_left, mut from_right) = (0, middle);
    for slot in 0..places.len() {
        let right = places.get(from_right).copied();
        match (left.get(from_left), right) {
            (Some(left), Some(right)) if before(right, *left) => {
                places[slot] = right;
                from_right += 1;
            }
            (Some(left), _) => {
                places[slot] = *left;
                from_left += 1;
            }
            (None, _) => return,
        }
    }
}

/// The greatest size in each column.
pub fn most(twin: &Twin) -> Vec<f64> {
    let size = |row: &Vec<Value>, place: usize| row.get(place).and_then(cell::number);
    (0..twin.heads.len())
        .map(|place| {
            let sizes = twin.rows.iter().filter_map(|row| size(row, place));
            sizes.fold(0.0, |most, size| size.abs().max(most))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use inlay_shared::Answer;
    use serde_json::json;

    fn twin(rows: Value) -> Twin {
        let answer: Answer = serde_json::from_value(json!({
            "columns": [
                {"name": "page", "label": "Page", "role": "dimension", "type": "string"},
                {"name": "events", "label": "Events", "role": "measure", "type": "integer"},
            ],
            "rows": rows, "version": "1", "source": "lake", "elapsed_ms": 1.0,
            "time": {"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC"},
        }))
        .unwrap();
        Twin::read(&answer)
    }

    fn names(twin: &Twin) -> Vec<&str> {
        twin.rows.iter().map(|row| row[0].as_str().unwrap_or("-")).collect()
    }

    #[test]
    fn rows_are_sorted_by_number_or_word_and_what_lacks_a_value_is_last() {
        let mut table = twin(json!([["b", 9], ["A", 10], [null, 11], ["c", null], ["d", "9.5"]]));
        for (column, down, expected) in [
            (1, true, ["-", "A", "d", "b", "c"]),
            (1, false, ["b", "d", "A", "-", "c"]),
            (0, false, ["A", "b", "c", "d", "-"]),
            (0, true, ["d", "c", "b", "A", "-"]),
        ] {
            sort(&mut table, Sort { column, down });
            assert_eq!(names(&table), expected, "{column} {down}");
        }
    }

    #[test]
    fn clicks_go_round() {
        let once = Sort::next(None, 1, true);
        assert_eq!(once, Some(Sort { column: 1, down: true }));
        let twice = Sort::next(once, 1, true);
        assert_eq!(twice, Some(Sort { column: 1, down: false }));
        assert_eq!(Sort::next(twice, 1, true), None);
        assert_eq!(Sort::next(twice, 0, false), Some(Sort { column: 0, down: false }));
    }

    #[test]
    fn sizes_count_without_their_sign() {
        assert_eq!(most(&twin(json!([["a", -9], ["b", 4]]))), [0.0, 9.0]);
    }
}
