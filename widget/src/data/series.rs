//! An answer over time as the lines of a chart.

use inlay_shared::{Answer, Column, Grain, Role};

use super::{cell, stamp::Stamp};

/// Lines beyond these would be told apart by nobody; they stay readable in the table.
pub const MOST_LINES: usize = 6;

/// Lines over common buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Start of each bucket.
    pub times: Vec<Stamp>,
    /// Categories, where there are no buckets.
    pub names: Vec<String>,
    /// Width of the buckets.
    pub grain: Grain,
    /// At most [`MOST_LINES`], the largest first where they are groups.
    pub lines: Vec<Line>,
    /// How many lines were left out.
    pub left_out: usize,
    /// The column whose unit the axis has.
    pub measure: Column,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The measure's label, or the group's value.
    pub name: String,
    /// A value per bucket; a gap where there is none.
    pub values: Vec<Option<f64>>,
    /// The comparison's values, by place.
    pub before: Option<Vec<Option<f64>>>,
}

impl Line {
    pub(super) fn empty(name: String, buckets: usize, compared: bool) -> Self {
        let gaps = vec![None; buckets];
        Self { name, before: compared.then(|| gaps.clone()), values: gaps }
    }

    fn weight(&self) -> f64 {
        self.values.iter().flatten().map(|value| value.abs()).sum()
    }
}

impl Series {
    /// Reads an answer with a grain. Without dimensions each measure is a line; with some, each
    /// group's first measure is one. `None` where there is no time or no measure.
    pub fn read(answer: &Answer) -> Option<Self> {
        let time = place_of(answer, Role::Time)?;
        let measure = place_of(answer, Role::Measure)?;
        let groups: Vec<usize> = places_of(answer, Role::Dimension).collect();
        let (times, bucket_of) = buckets(answer, time);
        let compare = answer.compare.as_ref();
        let compared = compare.is_some();

        // Each line: its name and the column that it reads; rows find their line by group.
        let mut lines: Vec<Line> = Vec::new();
        let mut columns: Vec<usize> = Vec::new();
        if groups.is_empty() {
            for column in places_of(answer, Role::Measure) {
                if answer.columns[column].format == answer.columns[measure].format {
                    columns.push(column);
                    let name = answer.columns[column].label.clone();
                    lines.push(Line::empty(name, times.len(), compared));
                }
            }
        }
        for (row, cells) in answer.rows.iter().enumerate() {
            let Some(bucket) = bucket_of[row] else { continue };
            let before = compare.and_then(|compare| compare.rows.get(row));
            let targets = if groups.is_empty() {
                0..lines.len()
            } else {
                let name = group_name(cells, &groups, place_of(answer, Role::Other));
                let known = lines.iter().position(|line| line.name == name);
                let line = known.unwrap_or(lines.len());
                if known.is_none() {
                    lines.push(Line::empty(name, times.len(), compared));
                }
                line..line + 1
            };
            for target in targets {
                let column = columns.get(target).copied().unwrap_or(measure);
                let line = &mut lines[target];
                line.values[bucket] = cells.get(column).and_then(cell::number);
                if let (Some(old), Some(row)) = (&mut line.before, before) {
                    old[bucket] = row.get(column).and_then(cell::number);
                }
            }
        }
        let left_out = lines.len().saturating_sub(MOST_LINES);
        if groups.is_empty() {
            lines.truncate(MOST_LINES);
        } else {
            lines = largest(lines);
        }
        Some(Self {
            times,
            names: Vec::new(),
            grain: answer.time.grain.unwrap_or(Grain::Day),
            lines,
            left_out,
            measure: answer.columns[measure].clone(),
        })
    }

    /// How many buckets or categories there are.
    pub fn len(&self) -> usize {
        self.times.len().max(self.names.len())
    }

    /// There is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No bucket has a value other than zero.
    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.values.iter().flatten().all(|value| *value == 0.0))
    }
}

/// The largest lines, the largest first.
pub(super) fn largest(mut lines: Vec<Line>) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    while out.len() < MOST_LINES {
        // The first of equals: `max_by` would take the last.
        let heaviest =
            (0..lines.len()).rev().max_by(|a, b| lines[*a].weight().total_cmp(&lines[*b].weight()));
        match heaviest {
            Some(place) => out.push(lines.remove(place)),
            None => break,
        }
    }
    out
}

pub(super) fn places_of(answer: &Answer, role: Role) -> impl Iterator<Item = usize> {
    answer.columns.iter().enumerate().filter(move |(_, column)| column.role == role).map(|it| it.0)
}

/// The first column of that role.
pub fn place_of(answer: &Answer, role: Role) -> Option<usize> {
    places_of(answer, role).next()
}

/// The row of all groups past the limit: no group of its own.
pub const ALL_OTHERS: &str = "(all others)";

/// A group's name: its values, joined. `other` is the column that marks the row of all others.
pub fn group_name(cells: &[serde_json::Value], groups: &[usize], other: Option<usize>) -> String {
    let is_other = other.and_then(|place| cells.get(place)).and_then(serde_json::Value::as_bool);
    if is_other == Some(true) {
        return ALL_OTHERS.into();
    }
    let mut name = String::new();
    for group in groups {
        if !name.is_empty() {
            name.push_str(" · ");
        }
        if let Some(value) = cells.get(*group) {
            name.push_str(&cell::words(value));
        }
    }
    name
}

/// The buckets in order of time, and for each row the place of its bucket.
fn buckets(answer: &Answer, time: usize) -> (Vec<Stamp>, Vec<Option<usize>>) {
    let stamp_of = |row: &Vec<serde_json::Value>| Stamp::parse(row.get(time)?.as_str()?);
    let stamps: Vec<Option<Stamp>> = answer.rows.iter().map(stamp_of).collect();
    let mut times: Vec<Stamp> = Vec::new();
    let find = |times: &[Stamp], stamp: &Stamp| {
        times.binary_search_by(|time| time.epoch_ms.total_cmp(&stamp.epoch_ms))
    };
    // Rows come in order of time, so a new bucket is nearly always the last one.
    for stamp in stamps.iter().flatten() {
        if let Err(place) = find(&times, stamp) {
            times.insert(place, *stamp);
        }
    }
    let place = |stamp: &Stamp| find(&times, stamp).ok();
    let places = stamps.iter().map(|stamp| stamp.as_ref().and_then(place)).collect();
    (times, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(columns: serde_json::Value, rows: serde_json::Value) -> Answer {
        serde_json::from_value(json!({
            "columns": columns, "rows": rows, "version": "1", "source": "lake", "elapsed_ms": 1.0,
            "time": {"from": "2026-10-01", "to": "2026-10-03", "zone": "UTC", "grain": "day"},
        }))
        .unwrap()
    }

    fn column(name: &str, role: &str) -> serde_json::Value {
        let kind = if role == "measure" { "integer" } else { "string" };
        json!({"name": name, "label": name.to_uppercase(), "role": role, "type": kind})
    }

    #[test]
    fn each_measure_is_a_line() {
        let mut answer = answer(
            json!([
                column("time", "time"),
                column("events", "measure"),
                column("users", "measure")
            ]),
            json!([["2026-10-01T00:00:00Z", 5, 2], ["2026-10-02T00:00:00Z", null, 3]]),
        );
        answer.compare = serde_json::from_value(json!({
            "time": answer.time, "rows": [["2026-09-29T00:00:00Z", 4, 1], [null, null, null]],
        }))
        .unwrap();
        let series = Series::read(&answer).unwrap();
        assert_eq!(series.times.len(), 2);
        assert_eq!(series.lines[0].name, "EVENTS");
        assert_eq!(series.lines[0].values, [Some(5.0), None]);
        assert_eq!(series.lines[0].before, Some(vec![Some(4.0), None]));
        assert_eq!(series.lines[1].values, [Some(2.0), Some(3.0)]);
        assert!(!series.is_blank());
    }

    #[test]
    fn each_group_is_a_line_and_the_largest_comes_first() {
        let rows: Vec<_> = (0..8)
            .flat_map(|group| {
                let name = format!("g{group}");
                [
                    json!(["2026-10-02T00:00:00Z", name, group * 2]),
                    json!(["2026-10-01T00:00:00Z", name, group]),
                ]
            })
            .collect();
        let columns =
            json!([column("time", "time"), column("page", "dimension"), column("n", "measure")]);
        let series = Series::read(&answer(columns, json!(rows))).unwrap();
        assert_eq!(series.lines.len(), MOST_LINES);
        assert_eq!(series.left_out, 2);
        assert_eq!(series.lines[0].name, "g7");
        assert_eq!(series.lines[0].values, [Some(7.0), Some(14.0)]);
    }

    #[test]
    fn without_time_or_measure_there_is_no_line() {
        assert_eq!(Series::read(&answer(json!([column("n", "measure")]), json!([[1]]))), None);
        assert_eq!(Series::read(&answer(json!([column("time", "time")]), json!([]))), None);
    }

    #[test]
    fn nothing_but_zeros_and_gaps_is_blank() {
        let columns = json!([column("time", "time"), column("n", "measure")]);
        let rows = json!([["2026-10-01T00:00:00Z", 0], ["2026-10-02T00:00:00Z", null]]);
        assert!(Series::read(&answer(columns, rows)).unwrap().is_blank());
    }
}
