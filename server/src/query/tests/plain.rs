//! Evaluates a query over events in memory, as plainly as can be.

use std::collections::{BTreeMap, BTreeSet};

use inlay_shared::{Filter, Query};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::plain_filters::{holds, millionths};

pub(super) struct Plain {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) compared: Option<Vec<Vec<Value>>>,
}

pub(super) fn evaluate(events: &[Value], query: &Query, row_filters: &[Filter]) -> Plain {
    let zone = TimeZone::get(&query.time.zone).unwrap();
    let (from, to) = (instant(&query.time.from, &zone), instant(&query.time.to, &zone));
    let world = World { events, query, row_filters, zone };
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
                row[0] = Value::Null;
                let first = 1 + query.dimensions.len();
                row[first..first + query.measures.len()].fill(Value::Null);
                row
            })
        };
        order.iter().map(row).collect()
    });
    Plain { rows: order.iter().map(|index| rows[*index].clone()).collect(), compared }
}

/// The ids of the events in the range that meet every filter, the latest first.
pub(super) fn ids(events: &[Value], query: &Query, row_filters: &[Filter]) -> Vec<Vec<Value>> {
    let zone = TimeZone::get(&query.time.zone).unwrap();
    let (from, to) = (instant(&query.time.from, &zone), instant(&query.time.to, &zone));
    let world = World { events, query, row_filters, zone };
    let mut matching = world.matching(&from, &to);
    // A stable sort, so those of one instant stay in the order in which they came.
    matching.sort_by_key(|(_, time)| time.timestamp());
    matching.iter().rev().map(|(event, _)| vec![event["id"].clone()]).collect()
}

pub(super) struct World<'a> {
    events: &'a [Value],
    pub(super) query: &'a Query,
    row_filters: &'a [Filter],
    pub(super) zone: TimeZone,
}

impl<'a> World<'a> {
    fn matching(&self, from: &Zoned, to: &Zoned) -> Vec<(&'a Value, Zoned)> {
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

    fn group(&self, event: &Value, time: &Zoned) -> Vec<Value> {
        self.query.dimensions.iter().map(|name| dimension(event, time, name)).collect()
    }

    /// The groups of the whole range in their rank, cut at the limit; and whether others make a row.
    fn groups(&self, from: &Zoned, to: &Zoned) -> (Vec<Vec<Value>>, bool) {
        if self.query.dimensions.is_empty() {
            return (vec![Vec::new()], false);
        }
        let mut found: BTreeMap<String, (Vec<Value>, Vec<&Value>)> = BTreeMap::new();
        for (event, time) in self.matching(from, to) {
            let group = self.group(event, &time);
            let entry = found.entry(json!(group).to_string()).or_insert((group, Vec::new()));
            entry.1.push(event);
        }
        let mut groups: Vec<(Vec<Value>, Vec<Value>)> =
            found.into_values().map(|(group, events)| (group, self.measure(&events))).collect();
        let (dimensions, measures) = (&self.query.dimensions, &self.query.measures);
        groups.sort_by(|(left, left_cells), (right, right_cells)| {
            let keys = self.query.order.iter().filter(|key| key.by != "time");
            let mut by_keys =
                keys.map(|key| match measures.iter().position(|name| *name == key.by) {
                    Some(at) => by_number(&left_cells[at], &right_cells[at], key.desc),
                    None => {
                        let at = dimensions.iter().position(|name| *name == key.by).unwrap();
                        by_label(&left[at], &right[at], key.desc)
                    }
                });
            let first = match by_keys.next() {
                None => by_number(&left_cells[0], &right_cells[0], true),
                Some(first) => by_keys.fold(first, std::cmp::Ordering::then),
            };
            (0..dimensions.len())
                .fold(first, |order, at| order.then_with(|| by_label(&left[at], &right[at], false)))
        });
        let limit = usize::try_from(self.query.limit.unwrap_or(1_000)).unwrap();
        let other = self.query.other && groups.len() > limit;
        (groups.into_iter().take(limit).map(|(group, _)| group).collect(), other)
    }

    /// A row for each bucket and group, buckets rising, the others last in each.
    fn rows(
        &self,
        groups: &[Vec<Value>],
        other: bool,
        from: &Zoned,
        to: &Zoned,
    ) -> Vec<Vec<Value>> {
        let buckets = self.buckets(from, to);
        let per_bucket = groups.len() + usize::from(other);
        let mut cells: Vec<Vec<&Value>> = vec![Vec::new(); buckets.len() * per_bucket];
        for (event, time) in self.matching(from, to) {
            let start = self.query.time.grain.map(|_| self.floor(&time));
            let bucket = buckets.iter().position(|bucket| *bucket == start).unwrap();
            let group = self.group(event, &time);
            let group = groups.iter().position(|known| *known == group);
            match group {
                Some(group) => cells[bucket * per_bucket + group].push(event),
                None if other => cells[bucket * per_bucket + groups.len()].push(event),
                None => {}
            }
        }
        let mut rows = Vec::with_capacity(cells.len());
        for (at, events) in cells.iter().enumerate() {
            let mut row = Vec::new();
            if let Some(start) = buckets.get(at / per_bucket).and_then(Option::as_ref) {
                row.push(json!(write(start)));
            }
            match groups.get(at % per_bucket) {
                Some(group) => row.extend(group.clone()),
                None => row.extend(self.query.dimensions.iter().map(|_| Value::Null)),
            }
            row.extend(self.measure(events));
            if self.query.other {
                row.push(json!(at % per_bucket == groups.len()));
            }
            rows.push(row);
        }
        rows
    }

    /// The order of rows: as they are, but buckets may fall, and those of one group alone may be
    /// ordered by a measure.
    fn order(&self, rows: &[Vec<Value>], per_bucket: usize, buckets: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..buckets).collect();
        if self.query.time.grain.is_some() {
            order.sort_by(|a, b| {
                let by_keys = self.query.order.iter().map(|key| {
                    let measure = self.query.measures.iter().position(|name| *name == key.by);
                    match measure {
                        _ if key.by == "time" && key.desc => b.cmp(a),
                        _ if key.by == "time" => a.cmp(b),
                        Some(at) if self.query.dimensions.is_empty() => {
                            by_number(&rows[*a][1 + at], &rows[*b][1 + at], key.desc)
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

    fn measure(&self, events: &[&Value]) -> Vec<Value> {
        let distinct = |field: &str| {
            let values = events.iter().filter_map(|event| event[field].as_str());
            json!(values.filter(|value| !value.is_empty()).collect::<BTreeSet<_>>().len())
        };
        let mut durations: Vec<i64> =
            events.iter().filter_map(|event| event["duration_ms"].as_i64()).collect();
        durations.sort_unstable();
        let measure = |name: &String| match name.as_str() {
            "events" => json!(events.len()),
            "users" => distinct("user"),
            "sessions" => distinct("session"),
            "accounts" => distinct("account"),
            "value" => {
                let amounts = events.iter().filter_map(|event| event["value"].as_str());
                let sum: i128 = amounts.map(millionths).sum();
                let (sign, size) = (if sum < 0 { "-" } else { "" }, sum.abs());
                let mut text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
                // At least two places, more only where they say something.
                while text.ends_with('0') && !text[..text.len() - 2].ends_with('.') {
                    text.pop();
                }
                json!(text)
            }
            _ if durations.is_empty() => Value::Null,
            "duration_avg" => {
                json!(durations.iter().sum::<i64>() as f64 / durations.len() as f64)
            }
            _ => {
                let place = (durations.len() - 1) as f64 * 0.95;
                let (below, above) = (place.floor() as usize, place.ceil() as usize);
                let (low, high) = (durations[below] as f64, durations[above] as f64);
                let value = low + (high - low) * (place - place.floor());
                json!((value * 1e6).round() / 1e6)
            }
        };
        self.query.measures.iter().map(measure).collect()
    }
}

pub(super) fn dimension(event: &Value, time: &Zoned, name: &str) -> Value {
    match name {
        "hour_of_day" => json!(time.hour()),
        "day_of_week" => json!(time.weekday().to_monday_one_offset()),
        name if event[name] == json!("") => Value::Null,
        name => event[name].clone(),
    }
}

pub(super) fn instant(text: &str, zone: &TimeZone) -> Zoned {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()),
        Err(_) => zone.to_zoned(text.parse::<Date>().unwrap().into()).unwrap(),
    }
}

fn write(time: &Zoned) -> String {
    let text = time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    text.strip_suffix("+00:00").map(|utc| format!("{utc}Z")).unwrap_or(text)
}

/// Numbers and amounts, rising or falling; what has no value comes last both ways.
fn by_number(a: &Value, b: &Value, desc: bool) -> std::cmp::Ordering {
    by(a, b, desc, |a, b| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => millionths(a).cmp(&millionths(b)),
        _ => a.as_f64().unwrap().total_cmp(&b.as_f64().unwrap()),
    })
}

/// Values of dimensions, rising or falling; what has no value comes last both ways.
fn by_label(a: &Value, b: &Value, desc: bool) -> std::cmp::Ordering {
    by(a, b, desc, |a, b| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => a.as_i64().cmp(&b.as_i64()),
    })
}

fn by(
    a: &Value,
    b: &Value,
    desc: bool,
    rising: impl Fn(&Value, &Value) -> std::cmp::Ordering,
) -> std::cmp::Ordering {
    match (a.is_null(), b.is_null()) {
        (false, false) if desc => rising(b, a),
        (false, false) => rising(a, b),
        (left, right) => left.cmp(&right),
    }
}
