//! Whose event, when, and which of some conditions it meets: what funnels and retention read, in the
//! order in which it happened.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::logical_expr::{Expr, ident, lit};
use futures_util::StreamExt as _;
use inlay_shared::Subject;

use super::engine::written;
use super::expressions::{column, time};
use super::filters::{holds, within};
use super::limits::Allowance;
use super::period::Period;
use super::sessions::Sessions;
use super::table::SnapshotTable;
use super::{Engine, QueryError};
use crate::lake::Snapshot;
use crate::model::{Column, Condition, Field, Model};
use crate::policy::TenantScope;

/// Columns of a batch before those that tell which marks are met: whose, when, and the place.
const MARKS: usize = 3;

/// What is read of the events.
#[derive(Debug)]
pub(super) struct Journey {
    pub(super) model: Arc<Model>,
    pub(super) subject: Subject,
    pub(super) period: Period,
    /// Every event meets these.
    pub(super) filters: Vec<Condition>,
    /// Each of these is asked about every event; one that meets none is left out. An empty list is met
    /// by all.
    pub(super) marks: Vec<Vec<Condition>>,
}

/// One event of a journey.
pub(super) struct Event<'a> {
    pub(super) subject: &'a str,
    /// Microseconds since 1970.
    pub(super) time: i64,
    batch: &'a RecordBatch,
    row: usize,
}

impl Event<'_> {
    /// Does it meet the conditions with that index?
    pub(super) fn meets(&self, mark: usize) -> bool {
        self.batch.column(MARKS + mark).as_boolean().value(self.row)
    }
}

impl Journey {
    /// Shows the events to `see` in the order in which they happened; those of the same time in the
    /// order in which they came. `see` tells how many bytes it remembers because of the event: they are
    /// on the tenant's account, as the rest of what its queries hold.
    async fn walk(
        &self,
        sessions: &Sessions,
        allowance: &Allowance,
        snapshot: &Arc<Snapshot>,
        mut see: impl FnMut(Event<'_>) -> usize + Send,
    ) -> Result<(), QueryError> {
        let (from, to) = (self.period.from, self.period.to);
        let properties = self.model.properties();
        let (first, last) = (from.as_microsecond(), to.as_microsecond());
        let table = SnapshotTable::new(snapshot.clone(), properties, first, last);
        let session = sessions.pick(table.rows(), allowance);
        let whose = match self.subject {
            Subject::User => Field::User,
            Subject::Session => Field::Session,
            Subject::Account => Field::Account,
        };
        let whose = column(&Column::Field(whose));
        let mut rows = session.read_table(Arc::new(table))?.filter(within(from, to))?;
        rows = rows.filter(whose.clone().is_not_null())?;
        for condition in &self.filters {
            rows = rows.filter(holds(condition, &self.period))?;
        }
        let met: Vec<Expr> = self.marks.iter().map(|mark| self.met(mark)).collect();
        if let Some(any) = met.iter().cloned().reduce(Expr::or) {
            rows = rows.filter(any)?;
        }
        let mut wanted = vec![whose.alias("subject"), time().alias("at")];
        wanted.push(ident(Field::Seq.column()).alias("place"));
        wanted.extend(met.into_iter().enumerate().map(|(at, met)| met.alias(format!("met_{at}"))));
        let order = vec![ident("at").sort(true, false), ident("place").sort(true, false)];
        let mut stream = rows.select(wanted)?.sort(order)?.execute_stream().await?;
        let account = MemoryConsumer::new("journeys").register(&allowance.memory());
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let subjects = batch.column(0).as_string_view();
            let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
            let mut remembered = 0;
            for row in 0..batch.num_rows() {
                let (subject, time) = (subjects.value(row), times.value(row));
                remembered += see(Event { subject, time, batch: &batch, row });
            }
            account.try_grow(remembered)?;
        }
        Ok(())
    }

    /// Does a row meet them all? Never unknown.
    fn met(&self, mark: &[Condition]) -> Expr {
        let each = mark.iter().map(|condition| holds(condition, &self.period));
        each.reduce(Expr::and).map_or_else(|| lit(true), Expr::is_true)
    }
}

/// Bytes that a table of subjects holds for one of them beside its name and its `T`: the
/// pointer to the name, and the room that a hash table keeps free.
pub(super) fn held<T>(subject: &str) -> usize {
    2 * (size_of::<T>() + size_of::<Box<str>>()) + subject.len()
}

/// What came of a walk.
pub(super) struct Followed<S> {
    pub(super) seen: S,
    /// Changes whenever the answer may change.
    pub(super) version: String,
    /// In milliseconds, with the time in the line.
    pub(super) elapsed_ms: f64,
}

impl Engine {
    /// Waits for the tenant's turn and walks the journey within its limits: `see` folds each event into
    /// `seen`, and tells how many bytes more it remembers then.
    ///
    /// # Errors
    /// [`QueryError`]: which limit the query met, or what failed.
    pub(super) async fn follow<S: Send>(
        &self,
        scope: &TenantScope,
        journey: &Journey,
        mut seen: S,
        mut see: impl FnMut(&mut S, Event<'_>) -> usize + Send,
    ) -> Result<Followed<S>, QueryError> {
        let watch = self.clock.stopwatch();
        let allowance = self.limits.admit(scope.tenant()).await?;
        let snapshot = Arc::new(self.lake.snapshot(scope).await?);
        let walk =
            journey.walk(&self.sessions, &allowance, &snapshot, |event| see(&mut seen, event));
        allowance.spend(walk).await?;
        let version = written(&snapshot.version().to_string(), &journey.model);
        let elapsed_ms = (watch.elapsed_ms() * 1e3).round() / 1e3;
        Ok(Followed { seen, version, elapsed_ms })
    }
}
