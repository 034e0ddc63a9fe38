//! Evaluates a query over events in memory, as plainly as can be.

use std::collections::BTreeMap;

use inlay_shared::{Filter, ModelDefinition, Query};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::plain_filters::holds;
use super::plain_values::{Worth, worth};

/// An event and when it happened, in the zone of the question.
pub(super) type Timed<'a> = (&'a Value, Zoned);

pub(super) struct Plain {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) compared: Option<Vec<Vec<Value>>>,
}

pub(super) fn evaluate(
    events: &[Value],
    model: &ModelDefinition,
    query: &Query,
    row_filters: &[Filter],
) -> Plain {
    let zone = TimeZone::get(&query.time.zone).unwrap();
    let (from, to) = (instant(&query.time.from, &zone), instant(&query.time.to, &zone));
    let world = World { events, model, query, row_filters, zone };
    let (groups, other) = world.groups(&from, &to);
    let buckets = world.buckets(&from, &to);
    let rows = world.rows(&groups, other, &from, &to);
    let per_bucket = groups.len() + usize::from(other);
    let order = world.order(&rows, per_bucket, buckets.len());
    let compared = query.compare.as_ref().map(|compare| {
        let (start, end) = world.compared(compare, &from, &to);
        let earlier = world.rows(&groups, other, &start, &end);
        let row = |index: &usize| {
            earlier.get(*index).cloned().unwrap_or_else(|| {
                // A period without that bucket has neither time nor numbers there.
                let mut row = rows[*index].clone();
                row[0] = Worth::Nothing;
                let first = 1 + query.dimensions.len();
                row[first..first + query.measures.len()].fill(Worth::Nothing);
                row
            })
        };
        order.iter().map(|index| world.json(&row(index))).collect()
    });
    Plain { rows: order.iter().map(|index| world.json(&rows[*index])).collect(), compared }
}

/// The ids of the events in the range that meet every filter, the latest first.
pub(super) fn ids(events: &[Value], query: &Query, row_filters: &[Filter]) -> Vec<Vec<Value>> {
    let zone = TimeZone::get(&query.time.zone).unwrap();
    let (from, to) = (instant(&query.time.from, &zone), instant(&query.time.to, &zone));
    let model = &ModelDefinition::default();
    let world = World { events, model, query, row_filters, zone };
    let mut matching = world.matching(&from, &to);
    // A stable sort, so those of one instant stay in the order in which they came.
    matching.sort_by_key(|(_, time)| time.timestamp());
    matching.iter().rev().map(|(event, _)| vec![event["id"].clone()]).collect()
}

pub(super) struct World<'a> {
    events: &'a [Value],
    pub(super) model: &'a ModelDefinition,
    pub(super) query: &'a Query,
    row_filters: &'a [Filter],
    pub(super) zone: TimeZone,
}

impl<'a> World<'a> {
    /// A row as it stands in an answer.
    fn json(&self, row: &[Worth]) -> Vec<Value> {
        row.iter().map(|cell| cell.json(&self.zone)).collect()
    }

    fn matching(&self, from: &Zoned, to: &Zoned) -> Vec<Timed<'a>> {
        let filters = self.query.filters.iter().chain(self.row_filters);
        let filters: Vec<_> = filters.collect();
        let timed = self.events.iter().map(|event| {
            let time: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
            (event, time.to_zoned(self.zone.clone()))
        });
        timed
            .filter(|(_, time)| time >= from && time < to)
            .filter(|(event, time)| filters.iter().all(|filter| holds(filter, event, time)))
            .collect()
    }

    fn group(&self, event: &Value, time: &Zoned) -> Vec<Worth> {
        self.query.dimensions.iter().map(|name| worth(event, time, name)).collect()
    }

    /// The groups of the whole range in their rank, cut at the limit; and whether others make a row.
    fn groups(&self, from: &Zoned, to: &Zoned) -> (Vec<Vec<Worth>>, bool) {
        if self.query.dimensions.is_empty() {
            return (vec![Vec::new()], false);
        }
        let mut found: BTreeMap<String, (Vec<Worth>, Vec<Timed>)> = BTreeMap::new();
        for (event, time) in self.matching(from, to) {
            let group = self.group(event, &time);
            let entry = found.entry(format!("{group:?}")).or_insert((group, Vec::new()));
            entry.1.push((event, time));
        }
        let mut groups: Vec<(Vec<Worth>, Vec<Worth>)> =
            found.into_values().map(|(group, events)| (group, self.numbers(&events))).collect();
        let (dimensions, measures) = (&self.query.dimensions, &self.query.measures);
        groups.sort_by(|(left, left_cells), (right, right_cells)| {
            let keys = self.query.order.iter().filter(|key| key.by != "time");
            let mut by_keys =
                keys.map(|key| match measures.iter().position(|name| *name == key.by) {
                    Some(at) => left_cells[at].compare(&right_cells[at], key.desc),
                    None => {
                        let at = dimensions.iter().position(|name| *name == key.by).unwrap();
                        left[at].compare(&right[at], key.desc)
                    }
                });
            let first = match by_keys.next() {
                None => left_cells[0].compare(&right_cells[0], true),
                Some(first) => by_keys.fold(first, std::cmp::Ordering::then),
            };
            (0..dimensions.len())
                .fold(first, |order, at| order.then_with(|| left[at].compare(&right[at], false)))
        });
        let limit = usize::try_from(self.query.limit.unwrap_or(1_000)).unwrap();
        let other = self.query.other && groups.len() > limit;
        (groups.into_iter().take(limit).map(|(group, _)| group).collect(), other)
    }

    /// A row for each bucket and group, buckets rising, the others last in each.
    fn rows(
        &self,
        groups: &[Vec<Worth>],
        other: bool,
        from: &Zoned,
        to: &Zoned,
    ) -> Vec<Vec<Worth>> {
        let buckets = self.buckets(from, to);
        let per_bucket = groups.len() + usize::from(other);
        let mut cells: Vec<Vec<Timed>> = vec![Vec::new(); buckets.len() * per_bucket];
        for (event, time) in self.matching(from, to) {
            let start = self.query.time.grain.map(|_| self.floor(&time));
            let bucket = buckets.iter().position(|bucket| *bucket == start).unwrap();
            let group = self.group(event, &time);
            let group = groups.iter().position(|known| *known == group);
            match group {
                Some(group) => cells[bucket * per_bucket + group].push((event, time)),
                None if other => cells[bucket * per_bucket + groups.len()].push((event, time)),
                None => {}
            }
        }
        let nothing = self.numbers(&[]);
        let mut rows: Vec<Vec<Worth>> = Vec::with_capacity(cells.len());
        for (at, events) in cells.iter().enumerate() {
            let mut row = Vec::new();
            if let Some(start) = buckets.get(at / per_bucket).and_then(Option::as_ref) {
                row.push(Worth::Instant(start.timestamp().as_microsecond().into()));
            }
            match groups.get(at % per_bucket) {
                Some(group) => row.extend(group.clone()),
                None => row.extend(self.query.dimensions.iter().map(|_| Worth::Nothing)),
            }
            let numbers = if events.is_empty() { nothing.clone() } else { self.numbers(events) };
            for (name, mut number) in self.query.measures.iter().zip(numbers) {
                if let (true, Some(before)) = (self.runs(name), at.checked_sub(per_bucket)) {
                    number = rows[before][row.len()].plus(&number);
                }
                row.push(number);
            }
            if self.query.other {
                row.push(Worth::Truth(at % per_bucket == groups.len()));
            }
            rows.push(row);
        }
        rows
    }

    /// The order of rows: as they are, but buckets may fall, and those of one group alone may be
    /// ordered by a measure.
    fn order(&self, rows: &[Vec<Worth>], per_bucket: usize, buckets: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..buckets).collect();
        if self.query.time.grain.is_some() {
            order.sort_by(|a, b| {
                let by_keys = self.query.order.iter().map(|key| {
                    let measure = self.query.measures.iter().position(|name| *name == key.by);
                    match measure {
                        _ if key.by == "time" && key.desc => b.cmp(a),
                        _ if key.by == "time" => a.cmp(b),
                        Some(at) if self.query.dimensions.is_empty() => {
                            rows[*a][1 + at].compare(&rows[*b][1 + at], key.desc)
                        }
                        _ => std::cmp::Ordering::Equal,
                    }
                });
                by_keys.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            });
        }
        order
            .into_iter()
            .flat_map(|bucket| (0..per_bucket).map(move |at| bucket * per_bucket + at))
            .collect()
    }
}

pub(super) fn instant(text: &str, zone: &TimeZone) -> Zoned {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()),
        Err(_) => zone.to_zoned(text.parse::<Date>().unwrap().into()).unwrap(),
    }
}
