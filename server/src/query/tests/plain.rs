//! Evaluates a query over events in memory, as plainly as can be.

use std::collections::{BTreeMap, BTreeSet};

use inlay_shared::{Compare, Filter, Grain, Query, WeekStart};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan, Unit, Zoned};
use serde_json::{Value, json};

use super::plain_filters::holds;

pub(super) struct Plain {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) compared: Option<Vec<Vec<Value>>>,
}

pub(super) fn evaluate(events: &[Value], query: &Query, row_filters: &[Filter]) -> Plain {
    let zone = TimeZone::get(&query.time.zone).unwrap();
    let (from, to) = (instant(&query.time.from, &zone), instant(&query.time.to, &zone));
    let world = World { events, query, row_filters, zone };
    let groups = world.groups(&from, &to);
    let rows = world.rows(&groups, &from, &to);
    let order = world.order(&rows);
    let compared = query.compare.as_ref().map(|compare| {
        let (start, end) = world.compared(compare, &from, &to);
        let other = world.rows(&groups, &start, &end);
        let per_bucket = groups.len();
        order
            .iter()
            .map(|index| {
                other.get(*index).cloned().unwrap_or_else(|| {
                    let mut row = vec![Value::Null];
                    row.extend(groups[index % per_bucket].clone());
                    row.extend(query.measures.iter().map(|_| Value::Null));
                    row
                })
            })
            .collect()
    });
    Plain { rows: order.iter().map(|index| rows[*index].clone()).collect(), compared }
}

struct World<'a> {
    events: &'a [Value],
    query: &'a Query,
    row_filters: &'a [Filter],
    zone: TimeZone,
}

impl World<'_> {
    fn matching(&self, from: &Zoned, to: &Zoned) -> Vec<(&Value, Zoned)> {
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

    /// The ends of the period to compare with.
    fn compared(&self, compare: &Compare, from: &Zoned, to: &Zoned) -> (Zoned, Zoned) {
        let day = |date: Date| date.to_zoned(self.zone.clone()).unwrap().start_of_day().unwrap();
        let whole = |at: &Zoned| *at == at.start_of_day().unwrap();
        let before = |at: &Zoned, step: Span| {
            if whole(at) { day(at.date() - step) } else { at - step }
        };
        match compare {
            Compare::PreviousYear => (before(from, 1.year()), before(to, 1.year())),
            Compare::Range { from, to } => (instant(from, &self.zone), instant(to, &self.zone)),
            Compare::PreviousPeriod if whole(from) && whole(to) => {
                let coarse = matches!(
                    self.query.time.grain,
                    Some(Grain::Month | Grain::Quarter | Grain::Year)
                );
                let step = if coarse && from.day() == 1 && to.day() == 1 {
                    from.date().until((Unit::Month, to.date())).unwrap()
                } else {
                    from.date().until(to.date()).unwrap()
                };
                (before(from, step), from.clone())
            }
            Compare::PreviousPeriod => {
                let length = to.timestamp().duration_since(from.timestamp());
                ((from.timestamp() - length).to_zoned(self.zone.clone()), from.clone())
            }
        }
    }

    fn group(&self, event: &Value, time: &Zoned) -> Vec<Value> {
        self.query.dimensions.iter().map(|name| dimension(event, time, name)).collect()
    }

    /// The groups of the whole range in their rank, cut at the limit.
    fn groups(&self, from: &Zoned, to: &Zoned) -> Vec<Vec<Value>> {
        if self.query.dimensions.is_empty() {
            return vec![Vec::new()];
        }
        let mut found: BTreeMap<String, (Vec<Value>, Vec<&Value>)> = BTreeMap::new();
        for (event, time) in self.matching(from, to) {
            let group = self.group(event, &time);
            let entry = found.entry(json!(group).to_string()).or_insert((group, Vec::new()));
            entry.1.push(event);
        }
        let mut groups: Vec<(Vec<Value>, Vec<Value>)> =
            found.into_values().map(|(group, events)| (group, self.measure(&events))).collect();
        groups.sort_by(|a, b| {
            let all = |(labels, cells): &(Vec<Value>, Vec<Value>)| {
                [labels.clone(), cells.clone()].concat()
            };
            let (left, right) = (all(a), all(b));
            let names: Vec<_> = self.query.dimensions.iter().chain(&self.query.measures).collect();
            let (key, desc) = match self.query.order.first() {
                Some(order) => (names.iter().position(|n| **n == order.by).unwrap(), order.desc),
                None => (self.query.dimensions.len(), true),
            };
            let first = compare(&left[key], &right[key], desc);
            (0..self.query.dimensions.len())
                .fold(first, |order, at| order.then_with(|| compare(&left[at], &right[at], false)))
        });
        let limit = usize::try_from(self.query.limit.unwrap_or(1_000)).unwrap();
        groups.into_iter().take(limit).map(|(group, _)| group).collect()
    }

    /// A row for each bucket and group, buckets rising.
    fn rows(&self, groups: &[Vec<Value>], from: &Zoned, to: &Zoned) -> Vec<Vec<Value>> {
        let matching = self.matching(from, to);
        let mut rows = Vec::new();
        let buckets = match self.query.time.grain {
            None => vec![None],
            Some(_) => self.buckets(from, to).into_iter().map(Some).collect(),
        };
        for bucket in buckets {
            for group in groups {
                let events: Vec<&Value> = matching
                    .iter()
                    .filter(|(event, time)| {
                        let fits = bucket.as_ref().is_none_or(|start| self.floor(time) == *start);
                        fits && self.group(event, time) == *group
                    })
                    .map(|(event, _)| *event)
                    .collect();
                let mut row: Vec<Value> = bucket.iter().map(|start| json!(write(start))).collect();
                row.extend(group.clone());
                row.extend(self.measure(&events));
                rows.push(row);
            }
        }
        rows
    }

    /// The beginning of the bucket that an instant is in.
    fn floor(&self, time: &Zoned) -> Zoned {
        let day = |date: Date| date.to_zoned(self.zone.clone()).unwrap().start_of_day().unwrap();
        let down = |unit| jiff::ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Floor);
        match self.query.time.grain.unwrap() {
            Grain::Minute => time.round(down(Unit::Minute)).unwrap(),
            Grain::Hour => time.round(down(Unit::Hour)).unwrap(),
            Grain::Day => time.start_of_day().unwrap(),
            Grain::Week => {
                let mut date = time.date();
                let first = match self.query.time.week_start {
                    None | Some(WeekStart::Monday) => Weekday::Monday,
                    Some(WeekStart::Sunday) => Weekday::Sunday,
                    Some(WeekStart::Saturday) => Weekday::Saturday,
                    Some(other) => panic!("{other:?} is not asked for here"),
                };
                while date.weekday() != first {
                    date = date.yesterday().unwrap();
                }
                day(date)
            }
            Grain::Month => day(time.date().first_of_month()),
            Grain::Quarter => {
                let mut date = time.date().first_of_month();
                while ![1, 4, 7, 10].contains(&date.month()) {
                    date = date.yesterday().unwrap().first_of_month();
                }
                day(date)
            }
            Grain::Year => day(time.date().first_of_year()),
        }
    }

    /// Every bucket that an instant of the range is in, found by walking through it in steps of a
    /// quarter of an hour, or of a minute.
    fn buckets(&self, from: &Zoned, to: &Zoned) -> Vec<Zoned> {
        let fine = self.query.time.grain == Some(Grain::Minute);
        let step = SignedDuration::from_mins(if fine { 1 } else { 15 });
        let mut starts = Vec::new();
        let mut at = from.timestamp();
        let last = to.timestamp() - 1.microsecond();
        loop {
            let start = self.floor(&at.min(last).to_zoned(self.zone.clone()));
            if starts.last() != Some(&start) {
                starts.push(start);
            }
            if at >= last {
                return starts;
            }
            at += step;
        }
    }

    /// The order of rows: as they are, but buckets of one group alone may be ordered by a measure.
    fn order(&self, rows: &[Vec<Value>]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        if self.query.time.grain.is_some()
            && self.query.dimensions.is_empty()
            && let Some(key) = self.query.order.first()
        {
            let at = 1 + self.query.measures.iter().position(|name| *name == key.by).unwrap();
            order.sort_by(|a, b| compare(&rows[*a][at], &rows[*b][at], key.desc));
        }
        order
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
                let cents = events.iter().filter_map(|event| event["value"].as_str());
                let cents: i64 =
                    cents.map(|text| text.replace('.', "").parse::<i64>().unwrap()).sum();
                let sign = if cents < 0 { "-" } else { "" };
                json!(format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100))
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

fn instant(text: &str, zone: &TimeZone) -> Zoned {
    match text.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()),
        Err(_) => zone.to_zoned(text.parse::<Date>().unwrap().into()).unwrap(),
    }
}

fn write(time: &Zoned) -> String {
    let text = time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    text.strip_suffix("+00:00").map(|utc| format!("{utc}Z")).unwrap_or(text)
}

fn compare(a: &Value, b: &Value, desc: bool) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let rising = match (a, b) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) => return Ordering::Greater,
        (_, Value::Null) => return Ordering::Less,
        (Value::String(a), Value::String(b)) => match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => a.cmp(b),
        },
        _ => a.as_f64().unwrap().total_cmp(&b.as_f64().unwrap()),
    };
    if desc { rising.reverse() } else { rising }
}
