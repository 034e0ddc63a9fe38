//! Runs plans over the lake within limits, and remembers answers.

use std::sync::Arc;

use datafusion::common::Result as DataFusionResult;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use inlay_shared::{Answer, Filter, Query, Source};
use jiff::Timestamp;
use moka::future::Cache;

use super::QueryError;
use super::dense::{Dense, Files};
use super::limits::Limits;
use super::plan::Plan;
use super::run;
use super::sessions::Sessions;
use super::shape;
use super::table::LAKE;
use crate::clock::Clock;
use crate::config;
use crate::ids::TenantId;
use crate::lake::{Lake, Version};
use crate::model::Model;
use crate::policy::TenantScope;
use crate::turns::Load;

/// Memory for remembered answers, in bytes.
const REMEMBERED: u64 = 64 * 1024 * 1024;
/// Parquet footers of the files that are asked about.
const FOOTERS: usize = 64 * 1024 * 1024;

/// Everything that an answer is a function of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    version: Version,
    model: String,
    /// Hash of the query and the row filters.
    question: [u8; 32],
}

/// Answers queries about the lake. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) lake: Lake,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) sessions: Sessions,
    answers: Cache<Key, Arc<Answer>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("lake", &self.lake).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over the lake, with the usual limits.
    pub fn new(lake: Lake, clock: Clock) -> Self {
        Self::with_limits(lake, clock, &config::Query::default())
    }

    /// An engine over the lake, with the limits that the operator set.
    pub fn with_limits(lake: Lake, clock: Clock, settings: &config::Query) -> Self {
        let runtime = runtime(&lake).expect("the lake's folder is there, and the limits are valid");
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let files = Files::new(lake.objects().clone());
        forget_what_is_removed(&lake, &runtime, &files);
        let dense = Dense::new(files, cores);
        let (small, large) = (session(&runtime, 1), session(&runtime, cores));
        let sessions = Sessions { small, large, dense: Some(dense) };
        let answers = Cache::builder()
            .max_capacity(REMEMBERED)
            .weigher(|_: &Key, answer: &Arc<Answer>| weight(answer))
            .support_invalidation_closures()
            .build();
        forget_what_is_erased(&lake, &answers);
        let limits = Limits::new(settings, clock.clone());
        Self { lake, clock, limits, sessions, answers }
    }

    /// How many queries run and wait.
    pub fn load(&self) -> Load {
        self.limits.load()
    }

    /// The same engine, but every question goes to DataFusion.
    #[cfg(test)]
    pub(super) fn without_dense(mut self) -> Self {
        self.sessions.dense = None;
        self.answers = Cache::new(0);
        self
    }

    /// Are the contents of this file remembered, by the workers and by DataFusion?
    #[cfg(test)]
    pub(super) fn remembers(&self, name: &str) -> [bool; 2] {
        let runtime = self.sessions.small.runtime_env();
        let footers = runtime.cache_manager.get_file_metadata_cache();
        let workers = self.sessions.dense.as_ref().is_some_and(|dense| dense.files.remembers(name));
        [workers, footers.contains_key(&object_store::path::Path::from(name))]
    }

    /// The same engine without a memory, where so many rows are worth a thread.
    #[cfg(test)]
    pub(super) fn in_shares(mut self, rows: usize) -> Self {
        self.sessions.dense = self.sessions.dense.map(|dense| dense.in_shares(rows));
        self.answers = Cache::new(0);
        self
    }

    /// Changes whenever an answer about this tenant may change.
    ///
    /// # Errors
    /// [`QueryError::Lake`] if the catalogue cannot be read.
    pub async fn version(&self, scope: &TenantScope) -> Result<String, QueryError> {
        let model = self.model(scope).await?;
        Ok(written(&self.lake.version(scope).await?.to_string(), &model))
    }

    /// What this tenant's questions can name.
    ///
    /// # Errors
    /// [`QueryError::Lake`] if the control database fails.
    pub async fn model(&self, scope: &TenantScope) -> Result<Arc<Model>, QueryError> {
        Ok(self.lake.model(scope).await?)
    }

    /// Answers a query. `row_filters` hold besides the query's own; one that cannot be applied fails
    /// the query.
    ///
    /// # Errors
    /// [`QueryError`]: what is wrong with the query, which limit it met, or what failed.
    pub async fn answer(
        &self,
        scope: &TenantScope,
        query: &Query,
        row_filters: &[Filter],
    ) -> Result<Answer, QueryError> {
        let watch = self.clock.stopwatch();
        let model = self.model(scope).await?;
        let plan = Plan::new(&model, query, row_filters)?;
        let key = Key {
            tenant: scope.tenant().clone(),
            version: self.lake.version(scope).await?,
            model: model.version().to_owned(),
            question: hash(query, row_filters),
        };
        // Whoever asks the same meanwhile waits for the same run.
        let entry = self
            .answers
            .entry(key)
            .or_try_insert_with(self.compute(scope, &plan, &model))
            .await
            .map_err(|error: Arc<QueryError>| (*error).clone())?;
        let fresh = entry.is_fresh();
        let mut answer = entry.into_value().as_ref().clone();
        if !fresh {
            answer.source = Source::Cache;
        }
        answer.elapsed_ms = (watch.elapsed_ms() * 1e3).round() / 1e3;
        Ok(answer)
    }

    /// The present minute: answers that depend on the time change no faster.
    pub(super) fn minute(&self) -> Timestamp {
        let seconds = self.clock.now().as_second().div_euclid(60) * 60;
        Timestamp::from_second(seconds).expect("the beginning of a minute of the calendar")
    }

    async fn compute(
        &self,
        scope: &TenantScope,
        plan: &Plan,
        model: &Model,
    ) -> Result<Arc<Answer>, QueryError> {
        let allowance = self.limits.admit(scope.tenant()).await?;
        let snapshot = Arc::new(self.lake.snapshot(scope).await?);
        let running = run::run(&self.sessions, &allowance, &snapshot, plan);
        let outcome = allowance.spend(running).await?;
        let version = written(&snapshot.version().to_string(), model);
        Ok(Arc::new(shape::answer(plan, &outcome, version)))
    }
}

/// The version of an answer: that of its data, and of its model if anything is declared.
pub(super) fn written(data: &str, model: &Model) -> String {
    match model.version() {
        "0" => data.to_owned(),
        declared => format!("{data}-{declared}"),
    }
}

/// A new version answers anew; but what was erased must not stay in memory either.
fn forget_what_is_erased(lake: &Lake, answers: &Cache<Key, Arc<Answer>>) {
    let answers = answers.clone();
    lake.when_erased(move |tenant| {
        let tenant = tenant.clone();
        let forgotten = answers.invalidate_entries_if(move |key, _| key.tenant == tenant);
        drop(forgotten.expect("the cache was built for it"));
    });
}

/// The footer of a file has the least and the greatest values of its columns.
fn forget_what_is_removed(lake: &Lake, runtime: &RuntimeEnv, files: &Files) {
    let (footers, files) = (runtime.cache_manager.get_file_metadata_cache(), files.clone());
    lake.when_removed(move |name| {
        files.forget(name);
        footers.remove(&object_store::path::Path::from(name));
    });
}

fn runtime(lake: &Lake) -> DataFusionResult<Arc<RuntimeEnv>> {
    // What does not fit into memory is refused: a query that spills would slow down all others.
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let runtime = RuntimeEnvBuilder::new()
        .with_disk_manager_builder(disk)
        .with_metadata_cache_limit(FOOTERS)
        .build_arc()?;
    let name = LAKE.parse().expect("the lake's name is a URL");
    runtime.register_object_store(&name, lake.objects().readable());
    Ok(runtime)
}

/// No function is registered by name: plans hold the functions that they call.
fn session(runtime: &Arc<RuntimeEnv>, partitions: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(false);
    let state =
        SessionStateBuilder::new().with_config(config).with_runtime_env(runtime.clone()).build();
    SessionContext::new_with_state(state)
}

pub(super) fn hash(query: &Query, row_filters: &[Filter]) -> [u8; 32] {
    let text = serde_json::to_vec(&(query, row_filters)).expect("queries have string keys only");
    *blake3::hash(&text).as_bytes()
}

/// The memory of an answer, in bytes: its cells, and the texts in them.
fn weight(answer: &Answer) -> u32 {
    let compared = answer.compare.iter().flat_map(|compared| &compared.rows);
    let rows = answer.rows.iter().chain(compared);
    let bytes = rows.map(|row| {
        let texts = row.iter().filter_map(|cell| cell.as_str()).map(str::len);
        size_of_val(row) + size_of_val(row.as_slice()) + texts.sum::<usize>()
    });
    u32::try_from(bytes.sum::<usize>()).unwrap_or(u32::MAX).saturating_add(1_024)
}
