//! Reads a page of events.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use inlay_shared::{Filter, RowsPage, RowsQuery};
use serde_json::Value;

use super::columns::cell;
use super::cursor::Cursor;
use super::plan::{PLACE, RowsPlan};
use crate::policy::TenantScope;
use crate::query::table::SnapshotTable;
use crate::query::{Engine, QueryError};

impl Engine {
    /// A page of single events. `row_filters` hold besides the question's own; one that cannot be
    /// applied fails it.
    ///
    /// # Errors
    /// [`QueryError`], as for a query; `invalid_cursor` for a cursor of another tenant or question.
    pub async fn rows(
        &self,
        scope: &TenantScope,
        query: &RowsQuery,
        row_filters: &[Filter],
    ) -> Result<RowsPage, QueryError> {
        let watch = self.clock.stopwatch();
        let plan = RowsPlan::new(scope.tenant(), self.model(scope).await?, query, row_filters)?;
        let page = self.page(scope, &plan).await?;
        let elapsed_ms = (watch.elapsed_ms() * 1e3).round() / 1e3;
        Ok(RowsPage { elapsed_ms, ..page })
    }

    async fn page(&self, scope: &TenantScope, plan: &RowsPlan) -> Result<RowsPage, QueryError> {
        let allowance = self.limits.admit(scope.tenant()).await?;
        let snapshot = Arc::new(self.lake.snapshot(scope).await?);
        let version = snapshot.version();
        let upto = plan.after.map_or(version.appended(), |after| after.upto);
        let (from, to) = plan.span();
        let table = SnapshotTable::new(snapshot.clone(), plan.model.properties(), from, to);
        let session = self.sessions.pick(table.rows(), &allowance);
        let rows = plan.compile(session.read_table(Arc::new(table))?, upto)?;
        let found = allowance.spend(async { Ok(rows.collect().await?) }).await?;
        let mut page = RowsPage {
            columns: plan.columns.iter().map(|shown| shown.wire.clone()).collect(),
            rows: Vec::with_capacity(plan.limit),
            time: plan.period.wire(),
            next: None,
            version: version.to_string(),
            elapsed_ms: 0.0,
        };
        let mut last = None;
        for (batch, at) in
            found.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| (batch, at)))
        {
            if page.rows.len() == plan.limit {
                // There is one more than the page holds, so another page follows.
                page.next = last.map(|(time, seq)| Cursor { upto, time, seq }.write(plan.binding));
                break;
            }
            let cells = (0..plan.columns.len())
                .map(|column| cell(batch.column(column), at, &plan.period.zone));
            page.rows.push(cells.collect::<Vec<Value>>());
            last = Some(place(batch, at));
        }
        Ok(page)
    }
}

/// A row's place in the order.
fn place(batch: &RecordBatch, row: usize) -> (i64, i64) {
    let column = |name| batch.column_by_name(name).expect("each row is told with its place");
    (
        column(PLACE[0]).as_primitive::<TimestampMicrosecondType>().value(row),
        column(PLACE[1]).as_primitive::<Int64Type>().value(row),
    )
}
