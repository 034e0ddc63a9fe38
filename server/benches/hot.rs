//! Micro benchmarks of the pure functions that events and queries go through: `cargo xtask bench --micro`.
//!
//! They tell what a change costs, on the machine at hand; the budgets are held by `cargo xtask bench`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use datafusion::arrow::array::RecordBatch;
use inlay_server::ingest::{Batch, Form, Geo, Terms, ValidEvent};
use inlay_server::lake::bench::normalise;
use inlay_server::model::{Model, Properties, PropertyType};
use inlay_server::query::bench::{Aggregation, buckets, plan};
use inlay_server::store::RawEvent;
use inlay_shared::{Answer, Query, TimeRange};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Events of a request, and of a flush.
const REQUEST: usize = 500;
const FLUSH: usize = 10_000;

fn main() {
    let mut bench = Criterion::default().configure_from_args();
    take_in(&mut bench);
    columns(&mut bench);
    aggregate(&mut bench);
    ask(&mut bench);
    answer(&mut bench);
    bench.final_summary();
}

fn start() -> Timestamp {
    "2026-07-03T00:00:00Z".parse().expect("a time")
}

/// Events as backends send them: few pages and countries, many users, a device to tell apart.
fn events(count: usize) -> Vec<String> {
    const AGENTS: [&str; 2] = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
         Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ];
    let one = |n: usize| {
        let seconds = i64::try_from(n * 777 % 7_700_000).expect("a small number");
        json!({
            "id": format!("e-{n}"), "name": (["page.viewed", "task.created", "buy"][n % 3]),
            "time": (start() + SignedDuration::from_secs(seconds)).to_string(),
            "user": format!("u{}", n * 7_919 % 5_000), "session": format!("s{}", n / 7),
            "account": format!("company {}", n % 40), "country": (["DE", "FR", "US"][n % 3]),
            "url": format!("https://portal.example/board/{}?utm_source=mail", n % 500),
            "referrer": "https://www.google.com/search", "user_agent": (AGENTS[n % 2]),
            "value": format!("{}.{:02}", n % 900, n % 100), "currency": "EUR",
            "duration_ms": n % 60_000,
            "properties": {"planName": (["pro", "free"][n % 2]), "seats": n % 30, "trial": (n.is_multiple_of(5))},
        })
        .to_string()
    };
    (0..count).map(one).collect()
}

fn rows(count: usize) -> RecordBatch {
    normalise(&raw(count), &properties()).expect("events become columns")
}

fn raw(count: usize) -> Vec<RawEvent> {
    let raw = |(seq, body)| RawEvent { seq, received_at: seq, body, sent: None };
    (1..).zip(events(count)).map(raw).collect()
}

fn properties() -> Properties {
    let declared = [("plan_name", PropertyType::String), ("seats", PropertyType::Integer)];
    Properties::declare(declared).expect("both can be declared")
}

fn query(value: Value) -> Query {
    serde_json::from_value(value).expect("a query")
}

fn take_in(bench: &mut Criterion) {
    let events = events(REQUEST);
    let body = format!("[{}]", events.join(","));
    let now = start() + SignedDuration::from_hours(24 * 91);
    let terms = Terms { now, mapping: None, geo: &Geo::default() };
    let mut group = bench.benchmark_group("ingest");
    group.throughput(Throughput::Elements(REQUEST as u64));
    group.bench_function("split and validate 500 events", |bench| {
        let batch =
            || Batch { bytes: body.clone().into(), form: Form::Array, gzip: false, source: None };
        let judge = |batch: Batch| {
            let texts = batch.texts().expect("an array");
            let valid = texts.iter().filter(|text| ValidEvent::parse(text, terms).is_ok());
            assert_eq!(valid.count(), REQUEST);
        };
        bench.iter_batched(batch, judge, BatchSize::SmallInput);
    });
    group.finish();
}

fn columns(bench: &mut Criterion) {
    let (raw, properties) = (raw(FLUSH), properties());
    let mut group = bench.benchmark_group("lake");
    group.throughput(Throughput::Elements(FLUSH as u64));
    group.bench_function("normalise and enrich 10,000 events", |bench| {
        bench.iter(|| normalise(black_box(&raw), &properties).expect("events become columns"));
    });
    group.finish();
}

fn aggregate(bench: &mut Criterion) {
    let (model, batch) = (Model::built_in(), rows(100_000));
    let mut group = bench.benchmark_group("dense");
    group.throughput(Throughput::Elements(batch.num_rows() as u64));
    let days = json!({"from": "2026-07-03", "to": "2026-10-01", "zone": "Europe/Berlin",
        "grain": "day"});
    let whole = json!({"from": "2026-07-03", "to": "2026-10-01"});
    for (name, asked) in [
        ("events a day", json!({"measures": ["events"], "time": days})),
        ("users a day", json!({"measures": ["users"], "time": days})),
        ("pages", json!({"measures": ["events"], "dimensions": ["page"], "time": whole})),
        (
            "value of buyers by country",
            json!({"measures": ["value", "events"], "dimensions": ["country"], "time": whole,
                "filters": [{"dimension": "name", "op": "in", "values": ["buy"]}]}),
        ),
    ] {
        let work = Aggregation::new(&model, &query(asked), batch.clone()).expect("a question");
        let work = work.expect("the workers answer it");
        group.bench_function(name, |bench| bench.iter(|| work.run().expect("a batch of events")));
    }
    group.finish();
}

fn ask(bench: &mut Criterion) {
    let asked = query(json!({
        "measures": ["events", "users", "value"], "dimensions": ["page", "country"],
        "time": {"from": "2026-07-03", "to": "2026-10-01", "zone": "Europe/Berlin", "grain": "day"},
        "filters": [{"or": [{"dimension": "name", "op": "in", "values": ["buy"]},
            {"dimension": "page", "op": "contains", "values": ["board"]}]}],
        "order": [{"by": "users", "desc": true}], "limit": 10, "compare": "previous_period",
    }));
    let model = Model::built_in();
    bench.bench_function("query/plan and key", |bench| {
        bench.iter(|| plan(&model, black_box(&asked)).expect("a question"));
    });
    for (name, grain) in [("hours", "hour"), ("days", "day"), ("weeks", "week")] {
        let time: TimeRange = serde_json::from_value(json!({
            "from": "2026-01-01", "to": "2026-07-01", "zone": "America/New_York", "grain": grain,
        }))
        .expect("a range");
        bench.bench_function(&format!("query/cut half a year into {name}"), |bench| {
            bench.iter(|| buckets(black_box(&time)).expect("a range"));
        });
    }
}

fn answer(bench: &mut Criterion) {
    let rows: Vec<Value> = (0..1_000)
        .map(|n| json!(["2026-07-03T00:00:00+02:00", format!("/board/{n}"), n * 7, "1234.50", 1.5]))
        .collect();
    let column = |name: &str, role: &str, kind: &str| json!({"name": name, "label": name, "role": role, "type": kind});
    let answer: Answer = serde_json::from_value(json!({
        "columns": [column("time", "time", "time"), column("page", "dimension", "string"),
            column("events", "measure", "integer"), column("value", "measure", "decimal"),
            column("duration_avg", "measure", "number")],
        "rows": rows, "time": {"from": "2026-07-03", "to": "2026-10-01", "zone": "Europe/Berlin"},
        "version": "1.1", "source": "lake", "elapsed_ms": 1.5,
    }))
    .expect("an answer");
    bench.bench_function("api/write an answer of 1,000 rows", |bench| {
        bench.iter(|| serde_json::to_vec(black_box(&answer)).expect("an answer is plain data"));
    });
}
