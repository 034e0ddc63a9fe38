//! Random events and random questions, each answer held against a plain evaluation in memory.
//!
//! A round is one house: events come in parts, some of them twice, some of them late; some parts lie
//! in segments, with rollups or without, the last ones in no file yet. Some rounds are left to DataFusion, others to the workers
//! where they can, alone or several of them. What fails names its seed: `INLAY_EXACT_SEED=<seed>`
//! runs that round alone.

use futures_util::StreamExt;
use inlay_shared::{Answer, RowsQuery};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use super::random::Weeks;
use super::random_model::texts_only;
use super::{House, plain};

/// Questions of a round.
const QUESTIONS: u64 = 50;
/// Questions of the long run.
const MANY: u64 = 10_000;

/// One round. The seed is all that it depends on.
async fn round(seed: u64) {
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let house = if seed.is_multiple_of(2) { House::rolled_up().await } else { House::new().await };
    let weeks = Weeks::any(&mut random);
    let count = random.random_range(0..400);
    let events = weeks.events(&mut random, count);
    let model = weeks.model(&mut random);
    if random.random_bool(0.3) {
        house.declare(&texts_only()).await;
    }
    let size = random.random_range(40..150);
    // Declared before the first part, or when some of them are in files already.
    let declared = random.random_range(0..=events.len() / size);
    for (at, part) in events.chunks(size).enumerate() {
        if at == declared {
            house.declare(&model).await;
        }
        house.send(part).await;
        // The same id again, with something else to say: it was accepted, and stays as it was.
        let mut again = part[random.random_range(0..part.len())].clone();
        again["name"] = json!("changed");
        again["value"] = json!("1");
        house.send(&[again]).await;
        if random.random_bool(0.6) {
            house.flush().await;
        }
    }
    house.declare(&model).await;
    let engine = match seed % 3 {
        0 => house.engine.clone().without_dense(),
        1 => house.engine.clone().in_shares(50),
        _ => house.engine.clone(),
    };
    for question in 0..QUESTIONS {
        let (query, row_filters) = weeks.query(&mut random, &model);
        let which = || {
            let text = json!({"query": query, "row_filters": row_filters});
            format!("INLAY_EXACT_SEED={seed}, question {question}: {text}")
        };
        let answer = engine.answer(&house.scope, &query, &row_filters).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", which()));
        let plain = plain::evaluate(&events, &model, &query, &row_filters);
        same(&answer, &answer.rows, &plain.rows, &which);
        let compared = answer.compare.as_ref().map(|compared| &compared.rows);
        assert_eq!(compared.is_some(), plain.compared.is_some(), "{}", which());
        for (rows, plain) in compared.into_iter().zip(&plain.compared) {
            same(&answer, rows, plain, &which);
        }
        if question % 10 == 0 {
            let rows: RowsQuery = serde_json::from_value(json!({
                "columns": ["id"], "filters": query.filters, "limit": 10_000,
                "time": {"from": query.time.from, "to": query.time.to, "zone": query.time.zone},
            }))
            .unwrap();
            let page = engine.rows(&house.scope, &rows, &row_filters).await;
            let page = page.unwrap_or_else(|error| panic!("{}: {error:?}", which()));
            assert_eq!(page.rows, plain::ids(&events, &query, &row_filters), "{}", which());
        }
    }
}

/// How far an interpolated percentile may be off: a millionth of the widest gap, and whole numbers are
/// rounded to a tenth. What is exact may not be off at all.
fn blur(measure: &str, value: f64) -> f64 {
    match measure {
        "duration_p95" | "p95_here" | "value_pc" | "score_pc" => 0.11,
        "seats_pc" if value.abs() < 1e6 => 0.11,
        "price_pc" if value.abs() < 1e6 => 0.11,
        // A gap may be as wide as the type.
        "seats_pc" => 2e13,
        "price_pc" => 2e9,
        _ => 0.0,
    }
}

/// The same cells.
pub(super) fn same(
    answer: &Answer,
    rows: &[Vec<Value>],
    plain: &[Vec<Value>],
    which: &dyn Fn() -> String,
) {
    assert_eq!(rows.len(), plain.len(), "{}", which());
    for (row, plain) in rows.iter().zip(plain) {
        let cells = row.iter().zip(plain).zip(&answer.columns);
        let equal = row.len() == plain.len()
            && cells.len() == row.len()
            && cells.into_iter().all(|((a, b), column)| match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() <= blur(&column.name, a),
                _ => a == b,
            });
        assert!(equal, "{row:?} is not {plain:?}: {}", which());
    }
}

/// Runs the rounds, two at a time, and says which one failed.
async fn rounds(seeds: impl Iterator<Item = u64>) {
    let run = |seed| async move {
        tokio::spawn(round(seed))
            .await
            .unwrap_or_else(|_| panic!("the round of seed {seed} failed"));
    };
    futures_util::stream::iter(seeds).for_each_concurrent(2, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_what_a_plain_evaluation_says() {
    match std::env::var("INLAY_EXACT_SEED") {
        Ok(seed) => round(seed.parse().expect("a seed is a whole number")).await,
        Err(_) => rounds(1..=4).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "ten thousand questions take minutes: run it by its name before a release"]
async fn exact_10_000() {
    rounds(1_000..1_000 + MANY / QUESTIONS).await;
}
