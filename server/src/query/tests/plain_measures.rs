//! The number of a measure about some events, as plainly as can be.

use std::collections::BTreeSet;

use inlay_shared::{MeasureDefinition, MeasureKind};

use super::plain::{Timed, World};
use super::plain_filters::holds;
use super::plain_values::{Worth, worth};
use super::random_model::{ALIASES, PROPERTIES};

impl World<'_> {
    /// The number of each measure of the question about these events.
    pub(super) fn numbers(&self, events: &[Timed]) -> Vec<Worth> {
        self.query.measures.iter().map(|name| self.number(name, events)).collect()
    }

    /// Is it a running total over the buckets?
    pub(super) fn runs(&self, name: &str) -> bool {
        match self.declared(name) {
            Some(measure) if measure.kind == MeasureKind::Filtered => {
                self.runs(measure.of.as_ref().unwrap())
            }
            Some(measure) => measure.kind == MeasureKind::Cumulative,
            None => false,
        }
    }

    fn declared(&self, name: &str) -> Option<&MeasureDefinition> {
        self.model.measures.iter().find(|measure| measure.name == name)
    }

    fn number(&self, name: &str, events: &[Timed]) -> Worth {
        let Some(measure) = self.declared(name) else {
            return match name {
                "events" => count(events.len()),
                "users" => distinct("user", events),
                "sessions" => distinct("session", events),
                "accounts" => distinct("account", events),
                "value" => sum("value", events),
                "duration_avg" => average("duration_ms", events),
                "duration_p95" => percentile("duration_ms", 0.95, events),
                _ => panic!("there is no measure {name}"),
            };
        };
        let meets = |(event, time): &&Timed| {
            measure.filters.iter().all(|filter| holds(filter, event, time))
        };
        let events: Vec<Timed> = events.iter().filter(meets).cloned().collect();
        let events = events.as_slice();
        let of = measure.of.as_deref().unwrap_or_default();
        let extreme = |desc: bool| {
            let mut all = values(of, events);
            all.sort_by(|a, b| a.compare(b, desc));
            all.first().cloned().unwrap_or(Worth::Nothing)
        };
        match measure.kind {
            MeasureKind::Count => count(events.len()),
            MeasureKind::Distinct => distinct(of, events),
            MeasureKind::Sum => sum(of, events),
            MeasureKind::Average => average(of, events),
            MeasureKind::Min => extreme(false),
            MeasureKind::Max => extreme(true),
            MeasureKind::Percentile => percentile(of, measure.percent.unwrap() / 100.0, events),
            MeasureKind::Ratio => {
                let side = |name: &Option<String>| self.number(name.as_ref().unwrap(), events);
                divided(&side(&measure.over), &side(&measure.under))
            }
            MeasureKind::Filtered | MeasureKind::Cumulative => self.number(of, events),
        }
    }
}

/// The values that there are.
fn values(of: &str, events: &[Timed]) -> Vec<Worth> {
    let all = events.iter().map(|(event, time)| worth(event, time, of));
    all.filter(|value| !value.is_nothing()).collect()
}

fn count(count: usize) -> Worth {
    Worth::Whole(count.try_into().unwrap())
}

fn distinct(of: &str, events: &[Timed]) -> Worth {
    let texts = values(of, events).into_iter().map(|value| format!("{value:?}"));
    count(texts.collect::<BTreeSet<_>>().len())
}

fn sum(of: &str, events: &[Timed]) -> Worth {
    let of = ALIASES.iter().find(|(alias, _)| *alias == of).map_or(of, |(_, of)| of);
    let kind = PROPERTIES.iter().find(|(name, _)| *name == of).map(|(_, kind)| *kind);
    let zero = match (of, kind) {
        ("value", _) | (_, Some("decimal")) => Worth::Millionths(0),
        (_, Some("number")) => Worth::Float(0.0),
        _ => Worth::Whole(0),
    };
    values(of, events).iter().fold(zero, |sum, value| sum.plus(value))
}

impl Worth {
    pub(super) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Self::Whole(a + b),
            (Self::Millionths(a), Self::Millionths(b)) => Self::Millionths(a + b),
            (Self::Float(a), Self::Float(b)) => Self::Float(a + b),
            _ => panic!("{self:?} and {other:?} cannot be added"),
        }
    }

    fn float(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Millionths(amount) => Some(*amount as f64 / 1e6),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

fn average(of: &str, events: &[Timed]) -> Worth {
    let all = values(of, events);
    if all.is_empty() {
        return Worth::Nothing;
    }
    match sum(of, events) {
        amount @ Worth::Millionths(_) => divided(&amount, &count(all.len())),
        sum => Worth::Float(sum.float().unwrap() / all.len() as f64),
    }
}

fn percentile(of: &str, part: f64, events: &[Timed]) -> Worth {
    let mut all: Vec<f64> = values(of, events).iter().filter_map(Worth::float).collect();
    if all.is_empty() {
        return Worth::Nothing;
    }
    all.sort_by(f64::total_cmp);
    let place = (all.len() - 1) as f64 * part;
    let (low, high) = (all[place.floor() as usize], all[place.ceil() as usize]);
    Worth::Float(low + (high - low) * (place - place.floor()))
}

/// An amount for each of something is an amount, rounded half away from zero; else it is a number.
fn divided(over: &Worth, under: &Worth) -> Worth {
    if let (Worth::Millionths(over), Worth::Whole(under)) = (over, under) {
        if *under == 0 {
            return Worth::Nothing;
        }
        let size = (2 * over.abs() + under.abs()) / (2 * under.abs());
        return Worth::Millionths(size * over.signum() * under.signum());
    }
    match (over.float(), under.float()) {
        (Some(over), Some(under)) if under != 0.0 => Worth::Float(over / under),
        _ => Worth::Nothing,
    }
}
