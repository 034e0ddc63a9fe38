//! Measures the six panels of the benchmark without HTTP, on one tenant's events.
//!
//! Not a test: it asserts nothing about time. `INLAY_MEASURE_EVENTS` names a Parquet file with the
//! columns of the benchmark's data, of one tenant; `INLAY_MEASURE_FOLDER` a folder where the lake is
//! made once and then found again. Build it optimised: `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo test
//! --workspace --exclude inlay-widget --lib -- --ignored --nocapture measure`.

use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder,
};
use datafusion::parquet::schema::types::ColumnPath;

use super::*;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::store::Store;

/// Of so many runs the least and the median are told.
const RUNS: usize = 15;

fn panels() -> Vec<(&'static str, Query)> {
    let time = json!({"from": "2026-07-03", "to": "2026-10-01", "zone": "UTC"});
    let mut days = time.clone();
    days["grain"] = json!("day");
    let ask = |measures: &[&str], dimensions: &[&str], limit: u64, time: &Value| {
        query(json!({
            "measures": measures, "dimensions": dimensions, "limit": limit, "time": time
        }))
    };
    vec![
        ("count", ask(&["events"], &[], 1, &time)),
        ("per day", ask(&["events"], &[], 1, &days)),
        ("users a day", ask(&["users"], &[], 1, &days)),
        ("pages", ask(&["events"], &["page"], 10, &time)),
        ("countries", ask(&["events", "value"], &["country"], 20, &time)),
        ("value by device", ask(&["value"], &["device"], 10, &time)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures, see above"]
async fn measure_the_six_panels() {
    let folder = PathBuf::from(std::env::var("INLAY_MEASURE_FOLDER").unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    let store = Store::open(&folder.join("control.db")).await.unwrap();
    let (clock, entropy) = (Clock::system(), Entropy::system());
    let scope = scope("acme");
    let open = async |folder: PathBuf| {
        Lake::open(folder, store.clone(), clock.clone(), entropy.clone()).await.unwrap()
    };
    let lake = open(folder.join("lake")).await;
    if lake.snapshot(&scope).await.unwrap().segments().is_empty() {
        let ingest = Ingest::new(store.clone(), clock.clone(), entropy.clone());
        load(&ingest, &scope).await;
        lake.flush_now(&scope).await.unwrap();
    }
    let engine = |lake: &Lake| Engine::new(lake.clone(), clock.clone());
    time("as written, columns", &engine(&lake).in_shares(65_536), &scope).await;
    time("as written, DataFusion", &engine(&lake).without_dense(), &scope).await;
    for (name, properties) in variants() {
        let other = folder.join(name);
        let bytes = rewrite(&folder.join("lake/acme"), &other.join("acme"), &properties);
        let lake = open(other).await;
        let name = format!("{name}, {:.1} MB", bytes as f64 / 1e6);
        time(&name, &engine(&lake).in_shares(65_536), &scope).await;
    }
}

async fn time(name: &str, engine: &Engine, scope: &TenantScope) {
    let mut line = String::new();
    let mut sum = 0.0;
    for (_, query) in panels() {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let start = Clock::system().stopwatch();
            engine.answer(scope, &query, &[]).await.unwrap();
            times.push(start.elapsed_ms());
        }
        times.sort_by(f64::total_cmp);
        sum += times[0];
        line += &format!(" {:.2} ({:.2})", times[0], times[RUNS / 2]);
    }
    let mut together = Vec::new();
    for _ in 0..RUNS {
        let start = Clock::system().stopwatch();
        let all = panels();
        let asked = all.iter().map(|(_, query)| engine.answer(scope, query, &[]));
        futures_util::future::try_join_all(asked).await.unwrap();
        together.push(start.elapsed_ms());
    }
    together.sort_by(f64::total_cmp);
    println!(
        "{name}: least (median) ms{line}; sum of the least {sum:.1}, at once {:.1} ({:.1})",
        together[0],
        together[RUNS / 2]
    );
}

/// Sends the events of the file through the usual door.
async fn load(ingest: &Ingest, scope: &TenantScope) {
    let file = std::fs::File::open(std::env::var("INLAY_MEASURE_EVENTS").unwrap()).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let mut count = 0;
    for batch in reader.with_batch_size(2_000).build().unwrap() {
        let events = texts(&batch.unwrap(), &mut count);
        assert_eq!(ingest.accept_events(scope, events).await.unwrap().rejected, []);
    }
}

fn texts(batch: &RecordBatch, count: &mut usize) -> Vec<String> {
    let mut lines = LineDelimitedWriter::new(Vec::new());
    lines.write(batch).unwrap();
    let lines = lines.into_inner();
    let event = |line: &[u8]| {
        let row: Value = serde_json::from_slice(line).unwrap();
        *count += 1;
        json!({
            "id": format!("e-{count}"), "name": row["event_name"],
            "time": format!("{}Z", row["event_time"].as_str().unwrap().trim_end_matches('Z')),
            "user": row["user_id"].to_string(), "account": row["company"],
            "page": row["page_path"], "country": row["country"], "device": row["device"],
            "referrer": row["referrer_domain"], "duration_ms": row["duration_ms"],
            "value": format!("{:.2}", row["revenue"].as_f64().unwrap()), "currency": "EUR",
        })
        .to_string()
    };
    lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(event).collect()
}

/// Ways to write the same segments.
fn variants() -> Vec<(&'static str, WriterProperties)> {
    let zstd = |level| Compression::ZSTD(ZstdLevel::try_new(level).unwrap());
    let base = |compression: Compression, rows: usize| {
        let mut properties = WriterProperties::builder()
            .set_compression(compression)
            .set_max_row_group_row_count(Some(rows))
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for name in ["id", "time", "received_at", "seq"] {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        properties
    };
    let delta = |mut properties: WriterPropertiesBuilder| {
        for name in ["time", "received_at", "seq"] {
            let packed = Encoding::DELTA_BINARY_PACKED;
            properties = properties.set_column_encoding(ColumnPath::from(name), packed);
        }
        properties
    };
    let wide = |properties: WriterPropertiesBuilder| {
        properties.set_dictionary_page_size_limit(8 * 1024 * 1024)
    };
    vec![
        ("zstd1", base(zstd(1), 131_072).build()),
        ("zstd1-delta", delta(base(zstd(1), 131_072)).build()),
        ("zstd1-delta-wide", wide(delta(base(zstd(1), 131_072))).build()),
        ("zstd3-delta-wide", wide(delta(base(zstd(3), 131_072))).build()),
        ("zstd9-delta-wide", wide(delta(base(zstd(9), 131_072))).build()),
        ("lz4-delta-wide", wide(delta(base(Compression::LZ4_RAW, 131_072))).build()),
        ("snappy-delta-wide", wide(delta(base(Compression::SNAPPY, 131_072))).build()),
        ("none-delta-wide", wide(delta(base(Compression::UNCOMPRESSED, 131_072))).build()),
        ("lz4-delta-wide-65k", wide(delta(base(Compression::LZ4_RAW, 65_536))).build()),
        ("lz4-delta-wide-262k", wide(delta(base(Compression::LZ4_RAW, 262_144))).build()),
        ("lz4-delta-wide-524k", wide(delta(base(Compression::LZ4_RAW, 524_288))).build()),
        ("zstd1-delta-wide-262k", wide(delta(base(zstd(1), 262_144))).build()),
    ]
}

/// Writes every segment anew. Answers the bytes of all.
fn rewrite(from: &Path, to: &Path, properties: &WriterProperties) -> u64 {
    std::fs::create_dir_all(to).unwrap();
    let mut bytes = 0;
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "parquet") {
            continue;
        }
        let file = std::fs::File::open(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let schema = reader.schema().clone();
        let copy = std::fs::File::create(to.join(path.file_name().unwrap())).unwrap();
        let mut writer = ArrowWriter::try_new(copy, schema, Some(properties.clone())).unwrap();
        for batch in reader.with_batch_size(65_536).build().unwrap() {
            writer.write(&batch.unwrap()).unwrap();
        }
        bytes += writer.into_inner().unwrap().metadata().unwrap().len();
    }
    bytes
}
