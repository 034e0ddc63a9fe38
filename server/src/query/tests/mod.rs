//! The engine against a plain evaluation in memory, and its promises one by one.

mod declared;
mod engines;
mod exact;
mod files;
mod journeys;
mod measure;
mod plain;
mod plain_calendar;
mod plain_filters;
mod plain_measures;
mod plain_values;
mod promises;
mod random;
mod random_model;
mod rollups;

use std::collections::BTreeSet;

use inlay_shared::{Answer, Filter, FilterOp, ModelDefinition, Query, Source};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};

use super::{Engine, QueryError};
use crate::ingest::Ingest;
use crate::lake::Lake;
use crate::lake::rollup::Worth;
use crate::policy::TenantScope;
use crate::store::ModelChange;
use crate::store::testing::{Folder, scope, system};

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
        Self::with_rollups(Worth::default()).await
    }

    /// One where whatever can be rolled up is.
    pub(super) async fn rolled_up() -> Self {
        Self::with_rollups(Worth { rows: 1, part: 1, sketch: 1 }).await
    }

    pub(super) async fn with_rollups(worth: Worth) -> Self {
        let folder = Folder::new().await;
        let (store, clock) = (folder.store.clone(), folder.clock.clone());
        let ingest = Ingest::new(store.clone(), clock.clone(), folder.entropy.clone());
        let root = folder.folder.path().join("lake");
        let lake = Lake::open(root, store, clock.clone(), folder.entropy.clone()).await.unwrap();
        let lake = lake.with_rollups(worth);
        let engine = Engine::new(lake.clone(), clock);
        let scope = scope("acme");
        let (system, now) = (system(), folder.clock.now());
        let tenants = folder.store.system(&system);
        tenants.create_tenant(scope.tenant(), "Acme", &[], &[], now).await.unwrap();
        Self { folder, ingest, lake, engine, scope }
    }

    pub(super) async fn send(&self, events: &[Value]) {
        let texts = events.iter().map(Value::to_string).collect();
        let receipt = self.ingest.accept_events(&self.scope, texts).await.unwrap();
        assert_eq!(receipt.rejected, []);
    }

    pub(super) async fn flush(&self) {
        self.lake.flush_now(&self.scope).await.unwrap();
    }

    /// The files that count now.
    async fn files(&self) -> BTreeSet<String> {
        let snapshot = self.lake.snapshot(&self.scope).await.unwrap();
        snapshot.segments().iter().map(|segment| snapshot.path(segment)).collect()
    }

    /// Declares the tenant's own model, which replaces what it declared before.
    pub(super) async fn declare(&self, definition: &ModelDefinition) {
        let now = self.folder.clock.now();
        let change =
            ModelChange { definition, dashboards: &[], expected: None, dry_run: false, now };
        self.folder.store.tenant(&self.scope).apply_model(&change).await.unwrap();
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
