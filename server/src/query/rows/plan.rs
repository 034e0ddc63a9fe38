//! From a question about events to one that is typed and within its limits.

use std::sync::Arc;

use datafusion::common::Result as DataFusionResult;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, ident, lit};
use inlay_shared::{Filter, RowOrder, RowsQuery};

use super::columns::{self, Shown};
use super::cursor::{Binding, Cursor};
use crate::ids::TenantId;
use crate::model::{Condition, Field, Invalid, Model, condition, conditions};
use crate::query::QueryError;
use crate::query::expressions::{instant, time};
use crate::query::filters;
use crate::query::period::Period;

/// Most rows of a page.
const MOST_ROWS: u64 = 10_000;
/// Rows of a page that does not say.
const DEFAULT_ROWS: u64 = 100;

/// Names of the columns behind those that are shown: a row's place in the order.
pub(super) const PLACE: [&str; 2] = ["place_time", "place_seq"];

/// A question about events that can be compiled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowsPlan {
    pub(super) columns: Vec<Shown>,
    pub(super) model: Arc<Model>,
    pub(super) period: Period,
    pub(super) limit: usize,
    pub(super) after: Option<Cursor>,
    pub(super) binding: Binding,
    conditions: Vec<Condition>,
    newest_first: bool,
}

impl RowsPlan {
    pub(super) fn new(
        tenant: &TenantId,
        model: Arc<Model>,
        query: &RowsQuery,
        row_filters: &[Filter],
    ) -> Result<Self, QueryError> {
        let columns = columns::columns(query.columns.as_deref(), model.properties())?;
        let mut all = conditions(&model, &query.filters, "/filters")?;
        for filter in row_filters {
            all.push(condition(&model, filter, "").map_err(QueryError::RowFilter)?);
        }
        if query.time.grain.is_some() {
            let detail = "events are not cut into buckets: leave `grain` out";
            return Err(Invalid::new("invalid_range", "/time/grain", detail).into());
        }
        let period = Period::read(&query.time)?;
        let limit = query.limit.unwrap_or(DEFAULT_ROWS);
        if !(1..=MOST_ROWS).contains(&limit) {
            let detail = format!("`limit` is {limit}; it must be 1 to {MOST_ROWS}");
            return Err(Invalid::new("invalid_limit", "/limit", detail).into());
        }
        let binding = Binding::of(tenant, query, row_filters);
        let read = |text: &String| Cursor::read(text, binding);
        Ok(Self {
            columns,
            model,
            period,
            limit: usize::try_from(limit).expect("10,000 fits"),
            after: query.cursor.as_ref().map(read).transpose()?,
            binding,
            conditions: all,
            newest_first: query.order == RowOrder::NewestFirst,
        })
    }

    /// The ends of the time in which the page's rows are, in microseconds: `[from, to)`.
    pub(super) fn span(&self) -> (i64, i64) {
        let (from, to) = (self.period.from.as_microsecond(), self.period.to.as_microsecond());
        match self.after {
            Some(after) if self.newest_first => (from, to.min(after.time.saturating_add(1))),
            Some(after) => (from.max(after.time), to),
            None => (from, to),
        }
    }

    /// The rows of the page and one more, each with its place. `upto`: the last place of the raw log
    /// that counts.
    pub(super) fn compile(&self, table: DataFrame, upto: i64) -> DataFusionResult<DataFrame> {
        let seq = || ident(Field::Seq.column());
        let mut rows = table
            .filter(filters::within(self.period.from, self.period.to))?
            .filter(seq().lt_eq(lit(upto)))?;
        for condition in &self.conditions {
            rows = rows.filter(filters::holds(condition, &self.period))?;
        }
        if let Some(after) = self.after {
            rows = rows.filter(self.behind(after))?;
        }
        let rising = !self.newest_first;
        let order = vec![time().sort(rising, false), seq().sort(rising, false)];
        let shown = self.columns.iter().enumerate();
        let shown = shown.map(|(at, shown)| shown.expression().alias(format!("shown_{at}")));
        let place = [time().alias(PLACE[0]), seq().alias(PLACE[1])];
        rows.sort(order)?
            .limit(0, Some(self.limit + 1))?
            .select(shown.chain(place).collect::<Vec<Expr>>())
    }

    /// Is a row behind the last one of the page before?
    fn behind(&self, after: Cursor) -> Expr {
        let (at, seq) = (instant(after.time), lit(after.seq));
        let place = || ident(Field::Seq.column());
        if self.newest_first {
            time().lt(at.clone()).or(time().eq(at).and(place().lt(seq)))
        } else {
            time().gt(at.clone()).or(time().eq(at).and(place().gt(seq)))
        }
    }
}
