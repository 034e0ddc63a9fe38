//! Draws events and questions about them.

use inlay_shared::{
    Compare, Filter, FilterOp, Grain, ModelDefinition, Order, Query, TimeRange, WeekStart,
};
use rand::RngExt;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use super::random_model::{self, ALIASES, MONEY, ODD, PROPERTIES};

/// Three weeks of events that share few values, so that groups have something in them; and what asks
/// about them. Each of them has a night in which some clock is put, or the end of a year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weeks {
    month: &'static str,
    next: &'static str,
}

/// Those in which Europe begins its summer.
pub(super) const SPRING: Weeks = Weeks { month: "2026-03", next: "2026-04" };

const WEEKS: [Weeks; 3] = [
    SPRING,
    Weeks { month: "2026-10", next: "2026-11" },
    Weeks { month: "2025-12", next: "2026-01" },
];

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
];

const MEASURES: [&str; 7] =
    ["events", "users", "sessions", "accounts", "value", "duration_avg", "duration_p95"];
const DIMENSIONS: [&str; 8] =
    ["name", "page", "country", "account", "user", "currency", "hour_of_day", "day_of_week"];

pub(super) fn one<T: Copy>(random: &mut ChaCha20Rng, from: &[T]) -> T {
    from[random.random_range(0..from.len())]
}

fn some(random: &mut ChaCha20Rng, from: &[&str], most: usize) -> Vec<String> {
    let mut picked: Vec<String> = Vec::new();
    for _ in 0..random.random_range(0..=most) {
        let name = one(random, from).to_owned();
        if !picked.contains(&name) {
            picked.push(name);
        }
    }
    picked
}

impl Weeks {
    pub(super) fn any(random: &mut ChaCha20Rng) -> Self {
        one(random, &WEEKS)
    }

    /// Events of these weeks in no order.
    pub(super) fn events(self, random: &mut ChaCha20Rng, count: usize) -> Vec<Value> {
        let first: jiff::Timestamp = format!("{}-20T00:00:00Z", self.month).parse().unwrap();
        let first = first.as_microsecond();
        let day = 86_400_000_000_i64;
        let mut events = Vec::with_capacity(count);
        for n in 0..count {
            // Half of them at a full hour, where buckets begin and end.
            let mut time = first + random.random_range(0..20 * day);
            if random.random_bool(0.5) {
                time -= time % 3_600_000_000;
            }
            let time = jiff::Timestamp::from_microsecond(time).unwrap().to_string();
            let name = one(random, &["view", "click", "buy"]);
            let mut event = json!({"id": format!("e-{n}"), "name": name, "time": time});
            let user = format!("u{}", random.random_range(0..23));
            let session = format!("s{}", random.random_range(0..97));
            let page = format!("/p/{}", random.random_range(0..6));
            for (field, value) in [
                ("user", json!(user)),
                ("account", json!(one(random, &ODD))),
                ("session", json!(session)),
                ("page", json!(page)),
                ("country", json!(one(random, &["DE", "FR", "US"]))),
                ("duration_ms", json!(random.random_range(0..60_000))),
            ] {
                if random.random_bool(0.8) {
                    event[field] = value;
                }
            }
            if random.random_bool(0.5) {
                let millionths = random.random_range(-5_000_000_000_i64..100_000_000_000);
                let (sign, size) = (if millionths < 0 { "-" } else { "" }, millionths.abs());
                event["value"] =
                    json!(format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000));
                event["currency"] = json!("EUR");
            } else if random.random_bool(0.2) {
                // Nothing is worth the same in every currency.
                event["value"] = json!("0.00");
                event["currency"] = json!("USD");
            }
            if random.random_bool(0.7) {
                event["properties"] = random_model::properties(random, self.month);
            }
            events.push(event);
        }
        events
    }

    /// A question about these weeks, and row filters. What is built in is asked for as often as what
    /// the model declares.
    pub(super) fn query(
        self,
        random: &mut ChaCha20Rng,
        model: &ModelDefinition,
    ) -> (Query, Vec<Filter>) {
        let declared: Vec<&str> =
            model.measures.iter().map(|measure| measure.name.as_str()).collect();
        let mut measures = some(random, &MEASURES, 3);
        if random.random_bool(0.5) {
            measures.extend(some(random, &declared, 3));
        }
        if measures.is_empty() {
            measures.push("events".to_owned());
        }
        let mut dimensions = some(random, &DIMENSIONS, 3);
        if random.random_bool(0.3) {
            let names = PROPERTIES.iter().map(|(name, _)| *name);
            let names = names.chain(ALIASES.iter().map(|(name, _)| *name));
            let names: Vec<&str> =
                names.chain(["properties.note_text", "properties.plan"]).collect();
            dimensions.truncate(2);
            dimensions.extend(some(random, &names, 2));
        }
        let filters = (0..random.random_range(0..3)).map(|_| self.filter(random, 0)).collect();
        let narrowed = random.random_bool(0.2);
        let row_filters = if narrowed { vec![self.filter(random, 0)] } else { Vec::new() };
        let time = self.time(random);
        let mut order = Vec::new();
        // Between few small numbers many interpolated ones are nearly the same, and which of them is
        // larger is not said to a millionth.
        measures.sort_by_key(|name| name == "seats_pc");
        if measures[0] == "seats_pc" {
            measures.insert(0, "events".to_owned());
        }
        let mut names: Vec<String> = measures.iter().chain(&dimensions).cloned().collect();
        names.retain(|name| name != "seats_pc");
        if time.grain.is_some() {
            names.push("time".to_owned());
        }
        for _ in 0..random.random_range(0..3) {
            let by = names[random.random_range(0..names.len())].clone();
            order.push(Order { by, desc: random.random_bool(0.5) });
        }
        let fine = matches!(time.grain, Some(Grain::Minute | Grain::Hour));
        // Many groups in many buckets would be more rows than an answer may have.
        let limit = (fine || random.random_bool(0.5)).then(|| random.random_range(1..6));
        let compare = match random.random_range(0..6) {
            0 | 1 => Some(Compare::PreviousPeriod),
            2 => Some(Compare::PreviousYear),
            3 if time.grain != Some(Grain::Minute) => {
                let (from, to) = (format!("{}-22", self.month), format!("{}-31", self.month));
                Some(Compare::Range { from, to })
            }
            _ => None,
        };
        let by_currency = dimensions.iter().any(|name| name == "currency");
        let money = measures.iter().any(|name| MONEY.contains(&name.as_str()));
        let mixed = by_currency && money;
        let other = !dimensions.is_empty() && !mixed && random.random_bool(0.4);
        let query = Query {
            measures,
            dimensions,
            time,
            filters,
            order,
            limit,
            other,
            compare,
            approximate: false,
        };
        (query, row_filters)
    }

    fn time(self, random: &mut ChaCha20Rng) -> TimeRange {
        let zone = one(random, &ZONES).to_owned();
        let week_start = one(random, &[None, Some(WeekStart::Sunday), Some(WeekStart::Saturday)]);
        let (first, last) = (random.random_range(20..28), random.random_range(1..9));
        if random.random_bool(0.1) {
            let from = format!("{}-{first}T07:30:17Z", self.month);
            let to = format!("{}-{}T01:12:34.5+02:00", self.month, first + 2);
            return TimeRange { from, to, zone, grain: Some(Grain::Minute), week_start };
        }
        let (from, to) = if random.random_bool(0.3) {
            (
                format!("{}-{first}T07:30:00Z", self.month),
                format!("{}-{last:02}T21:12:34.5+02:00", self.next),
            )
        } else if random.random_bool(0.2) {
            (format!("{}-01", self.month), format!("{}-01", self.next))
        } else {
            (format!("{}-{first}", self.month), format!("{}-{last:02}", self.next))
        };
        let grains = [
            None,
            None,
            None,
            Some(Grain::Hour),
            Some(Grain::Day),
            Some(Grain::Day),
            Some(Grain::Week),
            Some(Grain::Month),
            Some(Grain::Quarter),
            Some(Grain::Year),
        ];
        TimeRange { from, to, zone, grain: one(random, &grains), week_start }
    }

    /// A condition or a group of some.
    pub(super) fn filter(self, random: &mut ChaCha20Rng, depth: usize) -> Filter {
        let group = |random: &mut ChaCha20Rng| {
            (0..random.random_range(1..4)).map(|_| self.filter(random, depth + 1)).collect()
        };
        if depth < 2 {
            match random.random_range(0..6) {
                0 => return Filter::And(group(random)),
                1 => return Filter::Or(group(random)),
                2 => return Filter::Not(Box::new(self.filter(random, depth + 1))),
                _ => {}
            }
        }
        let texts: [(&str, &[&str]); 8] = [
            ("country", &["DE", "FR", "US"]),
            ("account", &ODD),
            ("page", &["/p/1", "/p", "1", "p/", "%", "_"]),
            ("name", &["view", "click", "i"]),
            ("user", &["u1", "u", "u22", "x"]),
            ("plan", &["pro", "p", "7", "A", "", "100%_"]),
            ("properties.note_text", &["inner", "2.5", "false", "ä"]),
            ("market", &["DE", "FR"]),
        ];
        let (text, words) = one(random, &texts);
        let early = format!("{}-25T00:00:00Z", self.month);
        let late = format!("{}-01T12:00:00+02:00", self.next);
        let times = [early.as_str(), late.as_str()];
        let numbers: [(&str, &[&str]); 10] = [
            ("hour_of_day", &["3", "14", "15"]),
            ("day_of_week", &["1", "7"]),
            ("value", &["0", "12.5", "-3.000001", "50000.00", "999999999999999.999999"]),
            ("duration_ms", &["0", "100", "30000", "59999"]),
            ("time", &times),
            ("seats", &["-2", "0", "3", "9223372036854775807"]),
            ("price", &["-999999999999999.999999", "-0.5", "0", "12.50"]),
            ("score", &["-1e3", "-0.25", "0", "-0", "1.5", "7e2"]),
            ("due_on", &times),
            ("took", &["0", "100", "30000", "59999"]),
        ];
        let (number, ends) = one(random, &numbers);
        let end = vec![one(random, ends).to_owned()];
        let both = vec![ends[0].to_owned(), ends[ends.len() - 1].to_owned()];
        let truth = vec![one(random, &["true", "false"]).to_owned()];
        let (dimension, op, values) = match random.random_range(0..15) {
            0 | 1 => (text, FilterOp::In, some(random, words, 3)),
            2 | 3 => (text, FilterOp::NotIn, some(random, words, 3)),
            4 => (text, FilterOp::Contains, some(random, words, 2)),
            5 => (text, FilterOp::NotContains, some(random, words, 2)),
            6 => (text, FilterOp::StartsWith, some(random, words, 2)),
            7 => (number, FilterOp::Gt, end),
            8 => (number, FilterOp::Gte, end),
            9 => (number, FilterOp::Lt, end),
            10 => (number, FilterOp::Lte, end),
            11 if number == "value" => {
                (number, FilterOp::Between, vec!["0".into(), "50000".into()])
            }
            11 => (number, FilterOp::Between, both),
            12 => (one(random, &[text, number, "trial"]), FilterOp::IsSet, Vec::new()),
            13 => ("trial", one(random, &[FilterOp::In, FilterOp::NotIn]), truth),
            _ if random.random_bool(0.5) => {
                (one(random, &[text, number]), FilterOp::NotSet, Vec::new())
            }
            _ => (number, one(random, &[FilterOp::In, FilterOp::NotIn]), end),
        };
        Filter::condition(dimension, op, values)
    }
}
