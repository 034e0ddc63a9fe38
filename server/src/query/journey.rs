//! Whose event, when, and which of some conditions it meets: what funnels and retention read, in the
//! order in which it happened.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::logical_expr::{Expr, ident, lit};
use futures_util::StreamExt as _;
use inlay_shared::{Filter, Subject};

use super::QueryError;
use super::expressions::{column, time};
use super::filters::{holds, within};
use super::limits::Allowance;
use super::period::Period;
use super::run::Sessions;
use super::table::SnapshotTable;
use crate::lake::Snapshot;
use crate::model::{Column, Condition, Field, Model, conditions};

/// Most subjects that are followed at a time.
pub(super) const MOST_SUBJECTS: usize = 5_000_000;

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
        self.batch.column(2 + mark).as_boolean().value(self.row)
    }
}

impl Journey {
    /// Types the filters that all events must meet.
    pub(super) fn filters(
        model: &Model,
        own: &[Filter],
        row_filters: &[Filter],
    ) -> Result<Vec<Condition>, QueryError> {
        let mut all = conditions(model, own, "/filters")?;
        for filter in row_filters {
            let typed = crate::model::condition(model, filter, "").map_err(QueryError::RowFilter)?;
            all.push(typed);
        }
        Ok(all)
    }

    /// Shows the events to `see` in the order in which they happened; those of the same time in the
    /// order in which they came.
    ///
    /// # Errors
    /// [`QueryError`], also one that `see` gives.
    pub(super) async fn walk(
        &self,
        sessions: &Sessions,
        allowance: &Allowance,
        snapshot: &Arc<Snapshot>,
        mut see: impl FnMut(Event<'_>) -> Result<(), QueryError> + Send,
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
        let rows = rows
            .select(wanted)?
            .sort(vec![ident("at").sort(true, false), ident("place").sort(true, false)])?
            .drop_columns(&["place"])?;
        let mut stream = rows.execute_stream().await?;
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let subjects = batch.column(0).as_string_view();
            let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
            for row in 0..batch.num_rows() {
                let (subject, time) = (subjects.value(row), times.value(row));
                see(Event { subject, time, batch: &batch, row })?;
            }
        }
        Ok(())
    }

    /// Does a row meet them all? Never unknown.
    fn met(&self, mark: &[Condition]) -> Expr {
        let each = mark.iter().map(|condition| holds(condition, &self.period));
        each.reduce(Expr::and).map_or_else(|| lit(true), Expr::is_true)
    }
}

/// Too many people to follow.
pub(super) fn too_many() -> QueryError {
    QueryError::TooLarge(format!(
        "more than {MOST_SUBJECTS} subjects take part: ask for a shorter range, or filter"
    ))
}
