//! The six panels that peers were measured on, asked of Inlay over HTTP and of DuckDB on the same files.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::figure::{Against, Figure, Figures, median};
use crate::server::{FROM, Server, TO, Tenant};

/// When what comes in meanwhile happened: within the range.
const LATE: &str = "2026-09-30T12:00:00Z";
/// Rounds of each measurement; the median counts.
const ROUNDS: usize = 9;
/// What the six may take together on a tenant of a million events.
const TOGETHER: f64 = 120.0;
/// What they may take against DuckDB.
const SHARE: f64 = 0.8;
/// What a remembered answer may take.
const REMEMBERED: f64 = 2.0;

/// A panel: its name, its query, and the same in SQL.
pub(crate) struct Panel {
    pub(crate) name: &'static str,
    pub(crate) query: Value,
    sql: &'static str,
}

/// The six, with users counted or, where a rollup helps, estimated.
pub(crate) fn six(estimated: bool) -> [Panel; 6] {
    let panel =
        |name, measures: Value, dimension: Option<(&str, u32)>, grain: Option<&str>, sql| {
            let mut query =
                json!({"measures": measures, "time": {"from": FROM, "to": TO, "zone": "UTC"}});
            if let Some((dimension, limit)) = dimension {
                query["dimensions"] = json!([dimension]);
                query["limit"] = json!(limit);
            }
            if let Some(grain) = grain {
                query["time"]["grain"] = json!(grain);
            }
            if estimated {
                query["approximate"] = json!(true);
            }
            Panel { name, query, sql }
        };
    [
        panel("events", json!(["events"]), None, None, "SELECT count(*) FROM e"),
        panel(
            "events per day",
            json!(["events"]),
            None,
            Some("day"),
            "SELECT epoch_us(time) // 86400000000 d, count(*) FROM e GROUP BY d ORDER BY d",
        ),
        panel(
            "users per day",
            json!(["users"]),
            None,
            Some("day"),
            "SELECT epoch_us(time) // 86400000000 d, count(DISTINCT \"user\") FROM e GROUP BY d \
             ORDER BY d",
        ),
        panel(
            "top 10 pages",
            json!(["events"]),
            Some(("page", 10)),
            None,
            "SELECT page, count(*) n FROM e GROUP BY page ORDER BY n DESC LIMIT 10",
        ),
        panel(
            "top 20 countries with value",
            json!(["events", "value"]),
            Some(("country", 20)),
            None,
            "SELECT country, count(*) n, sum(value) FROM e GROUP BY country ORDER BY n DESC LIMIT 20",
        ),
        panel(
            "value by device",
            json!(["value"]),
            Some(("device", 10)),
            None,
            "SELECT device, sum(value) v FROM e GROUP BY device ORDER BY v DESC",
        ),
    ]
}

/// What the six took.
pub(crate) struct Times {
    /// One after the other, the sum of the medians.
    pub(crate) sum: f64,
    /// All at once, the median.
    pub(crate) together: f64,
}

/// Measures the six on one tenant, nothing remembered: before each round an event comes in, so that
/// no earlier answer holds any more.
pub(crate) async fn uncached(
    tenant: &Tenant,
    label: &str,
    estimated: bool,
) -> Result<(Times, Vec<f64>)> {
    let panels = six(estimated);
    let mut news = 0;
    let mut fresh = async || {
        news += 1;
        // Without an amount: those of the drawn events have no currency, and sums are of one.
        let event =
            json!({"id": format!("fresh-{label}-{news}"), "name": "page_view", "time": LATE});
        tenant.send(event.to_string()).await
    };
    for panel in &panels {
        tenant.ask(&panel.query).await?;
    }
    let mut each = vec![Vec::new(); panels.len()];
    let mut together = Vec::new();
    for _ in 0..ROUNDS {
        for (times, panel) in each.iter_mut().zip(&panels) {
            fresh().await?;
            let (answer, took) = tenant.ask(&panel.query).await?;
            ensure!(answer["source"] != "cache", "`{}` was remembered", panel.name);
            times.push(took);
        }
        fresh().await?;
        let watch = Instant::now();
        try_join_all(panels.iter().map(|panel| tenant.ask(&panel.query))).await?;
        together.push(watch.elapsed().as_secs_f64() * 1e3);
    }
    let medians: Vec<f64> = each.iter().map(|times| median(times)).collect();
    Ok((Times { sum: medians.iter().sum(), together: median(&together) }, medians))
}

/// Tells the six of one tenant beside DuckDB on the tenant's own files.
pub(crate) async fn tell(
    figures: &Figures,
    server: &Server,
    folder: &Path,
    python: &Path,
    id: &str,
    budgeted: bool,
) -> Result<()> {
    let tenant = server.tenant(id).await;
    let events = tenant.count().await?;
    let (times, medians) = uncached(&tenant, "six", false).await?;
    let duckdb = duckdb(python, &folder.join("lake").join(id))?;
    for ((panel, value), other) in six(false).iter().zip(&medians).zip(&duckdb) {
        figures.add(Figure {
            name: format!("{}, tenant of {events}", panel.name),
            value: *value,
            unit: "ms",
            budget: None,
            against: Some(Against { name: "duckdb", value: *other }),
        });
    }
    let sum: f64 = duckdb.iter().sum();
    figures.add(Figure {
        name: format!("six panels one after the other, tenant of {events}"),
        value: times.sum,
        unit: "ms",
        budget: budgeted.then_some(sum * SHARE),
        against: Some(Against { name: "duckdb", value: sum }),
    });
    figures.add(Figure {
        name: format!("six panels together, nothing cached, tenant of {events}"),
        value: times.together,
        unit: "ms",
        budget: budgeted.then_some(TOGETHER),
        against: None,
    });
    remembered(figures, &tenant, events).await
}

async fn remembered(figures: &Figures, tenant: &Tenant, events: u64) -> Result<()> {
    let panels = six(false);
    for panel in &panels {
        tenant.ask(&panel.query).await?;
    }
    let mut times = Vec::new();
    for _ in 0..ROUNDS * 5 {
        for panel in &panels {
            let (answer, took) = tenant.ask(&panel.query).await?;
            ensure!(answer["source"] == "cache", "`{}` was not remembered", panel.name);
            times.push(took);
        }
    }
    let name = format!("a remembered panel, tenant of {events}");
    figures.hold(&name, median(&times), "ms", REMEMBERED);
    Ok(())
}

/// The medians of the same six in DuckDB, on the same files, with two threads.
fn duckdb(python: &Path, files: &Path) -> Result<Vec<f64>> {
    let queries: Vec<&str> = six(false).iter().map(|panel| panel.sql).collect();
    let input = json!({
        "files": format!("{}/*.parquet", files.display()),
        "from": FROM, "to": TO, "queries": queries, "rounds": ROUNDS,
    });
    let mut child = Command::new(python)
        .args(["-c", include_str!("six.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", python.display()))?;
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    stdin.write_all(input.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "DuckDB failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}
