//! The engine against a plain evaluation in memory, and its promises one by one.

mod engines;
mod measure;
mod plain;
mod plain_filters;
mod promises;

use inlay_shared::{
    Answer, Compare, Filter, FilterOp, Grain, Order, Query, Source, TimeRange, WeekStart,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use super::{Engine, QueryError};
use crate::ingest::Ingest;
use crate::lake::Lake;
use crate::policy::TenantScope;
use crate::store::testing::{Folder, scope};

/// A house with ingest, lake and engine, for the tenant `acme`.
pub(super) struct House {
    folder: Folder,
    ingest: Ingest,
    lake: Lake,
    pub(super) engine: Engine,
    pub(super) scope: TenantScope,
}

impl House {
    pub(super) async fn new() -> Self {
        let folder = Folder::new().await;
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        let ingest = Ingest::new(store.clone(), clock.clone(), folder.entropy.clone());
        let root = folder.folder.path().join("lake");
        let lake = Lake::open(root, store, clock.clone(), folder.entropy.clone()).await.unwrap();
        let engine = Engine::new(lake.clone(), clock);
        Self { folder, ingest, lake, engine, scope: scope("acme") }
    }

    pub(super) async fn send(&self, events: &[Value]) {
        let texts = events.iter().map(Value::to_string).collect();
        let receipt = self.ingest.accept_events(&self.scope, texts).await.unwrap();
        assert_eq!(receipt.rejected, []);
    }

    pub(super) async fn flush(&self) {
        self.lake.flush_now(&self.scope).await.unwrap();
    }

    async fn ask(&self, query: &Query) -> Result<Answer, QueryError> {
        self.engine.answer(&self.scope, query, &[]).await
    }
}

fn query(value: Value) -> Query {
    serde_json::from_value(value).unwrap()
}

/// Events that share few values, so that groups have something in them.
pub(super) fn events(seed: u64, count: usize) -> Vec<Value> {
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let from = "2026-03-20T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let mut events = Vec::new();
    for n in 0..count {
        let time = from + random.random_range(0..20 * 86_400_000_000_i64);
        let time = jiff::Timestamp::from_microsecond(time).unwrap();
        let name = ["view", "click", "buy"][random.random_range(0..3)];
        let mut event = json!({"id": format!("e-{n}"), "name": name, "time": time.to_string()});
        let mut may = |event: &mut Value, field: &str, value: Value| {
            if random.random_bool(0.8) {
                event[field] = value;
            }
        };
        may(&mut event, "user", json!(format!("u{}", n * 7919 % 23)));
        may(&mut event, "account", json!(["a", "b", "ä", "", "long account name here"][n % 5]));
        may(&mut event, "session", json!(format!("s{}", n * 31 % 97)));
        may(&mut event, "page", json!(format!("/p/{}", n * 13 % 6)));
        may(&mut event, "country", json!(["DE", "FR", "US"][n * 17 % 3]));
        let cents = random.random_range(-5_000_i64..100_000);
        let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.abs());
        if random.random_bool(0.5) {
            event["value"] = json!(format!("{sign}{}.{:02}", cents / 100, cents % 100));
            event["currency"] = json!("EUR");
        }
        if random.random_bool(0.7) {
            event["duration_ms"] = json!(random.random_range(0..60_000));
        }
        events.push(event);
    }
    events
}

/// A condition or a group of some.
fn random_filter(random: &mut ChaCha20Rng, depth: usize) -> Filter {
    let some = |random: &mut ChaCha20Rng| {
        (0..random.random_range(1..4)).map(|_| random_filter(random, depth + 1)).collect()
    };
    if depth < 2 {
        match random.random_range(0..6) {
            0 => return Filter::And(some(random)),
            1 => return Filter::Or(some(random)),
            2 => return Filter::Not(Box::new(random_filter(random, depth + 1))),
            _ => {}
        }
    }
    let any = |random: &mut ChaCha20Rng, from: &[&str]| {
        let most = random.random_range(0..=from.len());
        (0..most).map(|_| from[random.random_range(0..from.len())].to_owned()).collect()
    };
    let texts: [(&str, &[&str]); 5] = [
        ("country", &["DE", "FR", "US"]),
        ("account", &["ä", "nobody", "a", "long account name here", ""]),
        ("page", &["/p/1", "/p", "1", "p/"]),
        ("name", &["view", "click", "i"]),
        ("user", &["u1", "u", "u22", "x"]),
    ];
    let (text, words) = texts[random.random_range(0..texts.len())];
    let numbers: [(&str, &[&str]); 5] = [
        ("hour_of_day", &["3", "14", "15"]),
        ("day_of_week", &["1", "7"]),
        ("value", &["0", "12.5", "-3.000001", "500.00", "999999999999999.999999"]),
        ("duration_ms", &["0", "100", "30000", "59999"]),
        ("time", &["2026-03-25T00:00:00Z", "2026-04-01T12:00:00+02:00"]),
    ];
    let (number, ends) = numbers[random.random_range(0..numbers.len())];
    let end = ends[random.random_range(0..ends.len())].to_owned();
    let (dimension, op, values) = match random.random_range(0..14) {
        0 | 1 => (text, FilterOp::In, any(random, words)),
        2 | 3 => (text, FilterOp::NotIn, any(random, words)),
        4 => (text, FilterOp::Contains, any(random, words)),
        5 => (text, FilterOp::NotContains, any(random, words)),
        6 => (text, FilterOp::StartsWith, any(random, words)),
        7 => (number, FilterOp::Gt, vec![end]),
        8 => (number, FilterOp::Gte, vec![end]),
        9 => (number, FilterOp::Lt, vec![end]),
        10 => (number, FilterOp::Lte, vec![end]),
        11 => {
            (number, FilterOp::Between, vec![ends[0].to_owned(), ends[ends.len() - 1].to_owned()])
        }
        12 => (if number == "time" { text } else { number }, FilterOp::IsSet, Vec::new()),
        _ if number == "time" => (text, FilterOp::NotSet, Vec::new()),
        _ if random.random_bool(0.5) => (number, FilterOp::NotSet, Vec::new()),
        _ => (number, FilterOp::In, vec![end]),
    };
    Filter::condition(dimension, op, values)
}

fn random_query(random: &mut ChaCha20Rng) -> (Query, Vec<Filter>) {
    let pick = |random: &mut ChaCha20Rng, from: &[&str], most: usize| {
        let count = random.random_range(0..=most);
        let mut picked: Vec<String> = Vec::new();
        for _ in 0..count {
            let name = from[random.random_range(0..from.len())].to_owned();
            if !picked.contains(&name) {
                picked.push(name);
            }
        }
        picked
    };
    let measures = pick(
        random,
        &["events", "users", "sessions", "accounts", "value", "duration_avg", "duration_p95"],
        4,
    );
    let measures = if measures.is_empty() { vec!["events".to_owned()] } else { measures };
    let dimensions =
        pick(random, &["name", "page", "country", "account", "hour_of_day", "day_of_week"], 2);
    let filters = (0..random.random_range(0..3)).map(|_| random_filter(random, 0)).collect();
    let row_filters =
        if random.random_bool(0.2) { vec![random_filter(random, 0)] } else { Vec::new() };
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo"];
    let day = random.random_range(20..28);
    let to = random.random_range(1..9);
    let (from, to) = if random.random_bool(0.3) {
        (format!("2026-03-{day}T07:30:00Z"), format!("2026-04-{to:02}T21:12:34.5+02:00"))
    } else {
        (format!("2026-03-{day}"), format!("2026-04-{to:02}"))
    };
    let grains = [
        None,
        None,
        Some(Grain::Hour),
        Some(Grain::Day),
        Some(Grain::Week),
        Some(Grain::Month),
        Some(Grain::Quarter),
        Some(Grain::Year),
    ];
    let time = TimeRange {
        from,
        to,
        zone: zones[random.random_range(0..zones.len())].to_owned(),
        grain: grains[random.random_range(0..grains.len())],
        week_start: [None, Some(WeekStart::Sunday), Some(WeekStart::Saturday)]
            [random.random_range(0..3)],
    };
    let mut order = Vec::new();
    if random.random_bool(0.5) {
        let names: Vec<_> = measures.iter().chain(&dimensions).cloned().collect();
        let by = names[random.random_range(0..names.len())].clone();
        order.push(Order { by, desc: random.random_bool(0.5) });
    }
    let limit = if random.random_bool(0.5) { Some(random.random_range(1..6)) } else { None };
    let compare = match random.random_range(0..6) {
        0 | 1 => Some(Compare::PreviousPeriod),
        2 => Some(Compare::PreviousYear),
        3 => Some(Compare::Range { from: "2026-03-22".into(), to: "2026-03-31".into() }),
        _ => None,
    };
    (Query { measures, dimensions, time, filters, order, limit, compare }, row_filters)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_what_a_plain_evaluation_says() {
    let house = House::new().await;
    let events = events(1, 800);
    // Several segments and a tail, with events of all times in each.
    for part in events.chunks(211) {
        house.flush().await;
        house.send(part).await;
    }
    let mut random = ChaCha20Rng::seed_from_u64(2);
    for round in 0..150 {
        let (query, row_filters) = random_query(&mut random);
        let answer = house.engine.answer(&house.scope, &query, &row_filters).await;
        let answer = answer.unwrap_or_else(|error| panic!("{round}: {query:?}: {error:?}"));
        let plain = plain::evaluate(&events, &query, &row_filters);
        same(&answer.rows, &plain.rows, &query);
        if let Some(compared) = plain.compared {
            same(&answer.compare.unwrap().rows, &compared, &query);
        }
        assert_eq!(answer.source, Source::Lake, "{round}");
    }
}

/// The same cells; an interpolated percentile may be a tenth of a millisecond off.
fn same(rows: &[Vec<Value>], plain: &[Vec<Value>], query: &Query) {
    assert_eq!(rows.len(), plain.len(), "{query:?}");
    for (row, plain) in rows.iter().zip(plain) {
        let first = row.len() - query.measures.len();
        let equal = row.len() == plain.len()
            && row.iter().zip(plain).enumerate().all(|(at, (a, b))| {
                let loose = at >= first && query.measures[at - first] == "duration_p95";
                match (a.as_f64(), b.as_f64()) {
                    (Some(a), Some(b)) if loose => (a - b).abs() < 0.11,
                    (Some(a), Some(b)) => a == b,
                    _ => a == b,
                }
            });
        assert!(equal, "{row:?} is not {plain:?}: {query:?}");
    }
}
