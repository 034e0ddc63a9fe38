//! Seeded events of many tenants, in the shape of the shared generator: the same columns, the same
//! skews, the same sizes of tenants; drawn by our own random numbers, so not the same rows.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Events of how many days.
const DAYS: usize = 90;
/// 2026-07-03T00:00:00Z, in microseconds since 1970: the first of the days.
const FIRST: i64 = 1_783_036_800_000_000;
const HOUR: i64 = 3_600_000_000;
/// Rows that are drawn and written at once.
const CHUNK: usize = 262_144;
/// Companies of the biggest tenant.
const COMPANIES: f64 = 5_000.0;

const NAMES: [(&str, f64); 12] = [
    ("page_view", 52.0),
    ("click", 14.0),
    ("scroll", 9.0),
    ("search", 6.0),
    ("form_submit", 3.0),
    ("signup", 2.0),
    ("login", 5.0),
    ("add_to_cart", 3.5),
    ("purchase", 1.5),
    ("subscribe", 0.5),
    ("video_play", 2.0),
    ("download", 1.5),
];
const COUNTRIES: &str = "US GB DE IN FR CA BR AU NL ES IT JP MX PL SE KR SG ID TR CH BE AR DK NO FI IE \
    PT AT CZ IL ZA PH MY TH VN RO UA GR HU CO CL NZ AE SA EG NG KE PK BD PE TW HK BG HR SK LT LV EE SI RS";
const SECTIONS: [&str; 10] = [
    "blog",
    "docs",
    "product",
    "pricing",
    "help",
    "changelog",
    "customers",
    "integrations",
    "jobs",
    "guide",
];
const REFERRERS: [&str; 10] = [
    "direct",
    "google.com",
    "bing.com",
    "linkedin.com",
    "x.com",
    "github.com",
    "news.ycombinator.com",
    "reddit.com",
    "facebook.com",
    "duckduckgo.com",
];
const DEVICES: [(&str, f64); 3] = [("desktop", 55.0), ("mobile", 38.0), ("tablet", 7.0)];
const HOURS: [f64; 24] = [
    3.0, 2.0, 2.0, 2.0, 2.0, 3.0, 4.0, 6.0, 8.0, 9.0, 9.0, 9.0, 8.0, 9.0, 10.0, 10.0, 9.0, 8.0,
    7.0, 7.0, 6.0, 6.0, 5.0, 4.0,
];

/// What to draw.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Events in all.
    pub(crate) rows: usize,
    /// Tenants; the first is the biggest.
    pub(crate) tenants: usize,
    /// Share of the first tenant's events.
    pub(crate) top_share: f64,
    /// Names of the tenants: this and a number from 1.
    pub(crate) prefix: &'static str,
    /// Where the random numbers begin.
    pub(crate) seed: u64,
}

/// Draws by weight: a point between 0 and 1 falls on an item.
struct Weighted {
    upper: Vec<f64>,
}

impl Weighted {
    fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let mut upper: Vec<f64> = weights
            .into_iter()
            .map(|weight| {
                total += weight;
                total
            })
            .collect();
        upper.iter_mut().for_each(|edge| *edge /= total);
        Self { upper }
    }

    fn at(&self, point: f64) -> usize {
        self.upper.partition_point(|edge| *edge <= point).min(self.upper.len() - 1)
    }
}

/// The weights of tenants: `1 / (k + c)`, with `c` such that the first one has `share` of the whole.
#[expect(clippy::cast_precision_loss, reason = "tenants are few")]
fn sizes(tenants: usize, share: f64) -> Vec<f64> {
    let weights = |c: f64| (1..=tenants).map(move |k| 1.0 / (k as f64 + c));
    let top = |c: f64| (1.0 / (1.0 + c)) / weights(c).sum::<f64>();
    let (mut low, mut high) = (-0.9, 1e6);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if top(middle) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    weights(high).collect()
}

/// Writes the events, the earliest first, as one Parquet file.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers drawn are small"
)]
pub(crate) fn write(file: &Path, shape: &Shape) -> anyhow::Result<()> {
    let mut chance = ChaCha8Rng::seed_from_u64(shape.seed);
    let weights = sizes(shape.tenants, shape.top_share);
    let total: f64 = weights.iter().sum();
    let users: Vec<f64> =
        weights.iter().map(|w| (shape.rows as f64 * w / total / 8.0).max(50.0)).collect();
    let companies: Vec<u64> =
        weights.iter().map(|w| (COMPANIES * w / weights[0]).max(20.0) as u64).collect();
    let tenants = Weighted::new(weights);
    let days = Weighted::new((0..DAYS).map(|day| {
        let weekly = if matches!(day % 7, 2 | 3) { 0.55 } else { 1.0 };
        weekly * (1.0 + 0.5 * day as f64 / DAYS as f64)
    }));
    let hours = Weighted::new(HOURS);
    let mut order: Vec<(i64, u32)> = (0..shape.rows)
        .map(|_| {
            let tenant = tenants.at(chance.random());
            let day = days.at(chance.random()) as i64;
            let hour = hours.at(chance.random()) as i64;
            let within = (chance.random::<f64>() * 3_600_000.0) as i64 * 1_000;
            (FIRST + (day * 24 + hour) * HOUR + within, tenant as u32)
        })
        .collect();
    order.sort_unstable();

    let names = Weighted::new(NAMES.iter().map(|(_, weight)| *weight));
    let devices = Weighted::new(DEVICES.iter().map(|(_, weight)| *weight));
    let country_names: Vec<&str> = COUNTRIES.split_whitespace().collect();
    let countries = Weighted::new((0..country_names.len()).map(|i| 1.0 / (i as f64 + 1.3)));
    let page_names: Vec<String> = pages();
    let pages = Weighted::new((0..page_names.len()).map(|i| 1.0 / (i as f64 + 2.0).powf(0.9)));
    let referrer_names: Vec<String> = REFERRERS
        .map(str::to_owned)
        .into_iter()
        .chain((0..190).map(|i| format!("site{i:03}.example")))
        .collect();
    let referrers = Weighted::new((0..referrer_names.len()).map(|i| 1.0 / (i as f64 + 1.2)));

    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let mut writer = None;
    for rows in order.chunks(CHUNK) {
        let mut drawn = Drawn::default();
        for (time, tenant) in rows {
            let index = *tenant as usize;
            let user = (chance.random::<f64>().powf(1.6) * users[index]) as u64;
            // A user belongs to one company.
            let company = mix(u64::from(*tenant) << 32 ^ user ^ shape.seed) % companies[index];
            let name = NAMES[names.at(chance.random())].0;
            let revenue = if matches!(name, "purchase" | "subscribe") {
                let (a, b): (f64, f64) = (chance.random(), chance.random());
                let normal = (-2.0 * a.max(1e-12).ln()).sqrt() * (b * std::f64::consts::TAU).cos();
                ((3.4 + 0.9 * normal).exp() * 100.0).round() / 100.0
            } else {
                0.0
            };
            let duration = (-(1.0 - chance.random::<f64>()).max(1e-12).ln() * 18_000.0) as i32;
            drawn.tenant.push(format!("{}{}", shape.prefix, tenant + 1));
            drawn.time.push(*time);
            drawn.name.push(name);
            drawn.page.push(page_names[pages.at(chance.random())].as_str());
            drawn.country.push(country_names[countries.at(chance.random())]);
            drawn.device.push(DEVICES[devices.at(chance.random())].0);
            drawn.referrer.push(referrer_names[referrers.at(chance.random())].as_str());
            drawn.company.push(format!("co-{}-{company}", tenant + 1));
            drawn.user.push(format!("u{}-{user}", tenant + 1));
            drawn.revenue.push(revenue);
            drawn.duration.push(duration.min(600_000));
        }
        let batch = drawn.finish()?;
        let writer = match &mut writer {
            Some(writer) => writer,
            None => writer.insert(ArrowWriter::try_new(
                File::create(file)?,
                batch.schema(),
                Some(properties.clone().build()),
            )?),
        };
        writer.write(&batch)?;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}

fn pages() -> Vec<String> {
    let fixed = ["/", "/pricing", "/login", "/signup", "/docs"].map(str::to_owned);
    let drawn = (0..495).map(|i| {
        format!("/{}/{}-{i:03}", SECTIONS[i % SECTIONS.len()], SECTIONS[(i * 7) % SECTIONS.len()])
    });
    fixed.into_iter().chain(drawn).collect()
}

/// Scatters a number over all 64 bits (the finaliser of SplitMix64).
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Columns in the making.
#[derive(Default)]
struct Drawn<'a> {
    tenant: Vec<String>,
    time: Vec<i64>,
    name: Vec<&'a str>,
    page: Vec<&'a str>,
    country: Vec<&'a str>,
    device: Vec<&'a str>,
    referrer: Vec<&'a str>,
    company: Vec<String>,
    user: Vec<String>,
    revenue: Vec<f64>,
    duration: Vec<i32>,
}

impl Drawn<'_> {
    fn finish(self) -> anyhow::Result<RecordBatch> {
        let time = TimestampMicrosecondArray::from(self.time).with_timezone("UTC");
        let texts = |texts: Vec<&str>| Arc::new(StringArray::from(texts)) as ArrayRef;
        Ok(RecordBatch::try_from_iter([
            ("tenant_id", Arc::new(StringArray::from(self.tenant)) as ArrayRef),
            ("event_time", Arc::new(time)),
            ("event_name", texts(self.name)),
            ("page_path", texts(self.page)),
            ("country", texts(self.country)),
            ("device", texts(self.device)),
            ("referrer_domain", texts(self.referrer)),
            ("company", Arc::new(StringArray::from(self.company))),
            ("user_id", Arc::new(StringArray::from(self.user))),
            ("revenue", Arc::new(Float64Array::from(self.revenue))),
            ("duration_ms", Arc::new(Int32Array::from(self.duration))),
        ])?)
    }
}
