//! The numbers of a dashboard's panel.

use inlay_shared::{
    Answer, Filter, Panel, PanelAnswer, PanelGrain, PanelKind, PanelQuery, Query, RowOrder,
    RowsPage, RowsQuery, TimeRange,
};

use super::buckets::fitting;
use super::period::Period;
use super::{Engine, QueryError, fingerprint};
use crate::model::Invalid;
use crate::policy::TenantScope;

impl Engine {
    /// Answers a panel over `time`. A number over a range whose end is to come is compared with the
    /// same part of the earlier period, up to the minute. The viewer's filters narrow what the panel asks, the token's row
    /// filters hold besides; a number brings its course over the range along.
    ///
    /// # Errors
    /// [`QueryError`], as for a query.
    pub async fn panel(
        &self,
        scope: &TenantScope,
        panel: &Panel,
        time: &TimeRange,
        viewer_filters: &[Filter],
        row_filters: &[Filter],
    ) -> Result<PanelAnswer, QueryError> {
        // The viewer's filters are no part of the panel's definition: they have their own limit.
        let filters: Vec<Filter> = viewer_filters.iter().chain(row_filters).cloned().collect();
        if let Some(followed) = self.followed(scope, panel, time, &filters).await? {
            return Ok(shown(panel, followed, None));
        }
        let mut whole = query(&panel.query, time)?;
        if let (PanelKind::Number, Some(how)) = (panel.kind, &whole.compare) {
            let period = Period::read(&whole.time)?;
            if let Some(so_far) = period.compared_so_far(how, self.minute()) {
                whole.compare = Some(so_far);
            }
        }
        let whole = self.answer_panel(scope, whole, &filters, panel);
        let trend = async {
            if panel.kind != PanelKind::Number {
                return Ok(None);
            }
            let course = PanelQuery {
                measures: panel.query.measures.iter().take(1).cloned().collect(),
                filters: panel.query.filters.clone(),
                approximate: panel.query.approximate,
                grain: Some(PanelGrain::Auto(inlay_shared::Auto::Auto)),
                ..PanelQuery::default()
            };
            let course = query(&course, time)?;
            self.answer_panel(scope, course, &filters, panel).await.map(Some)
        };
        let (answer, trend) = futures_util::future::try_join(whole, trend).await?;
        Ok(shown(panel, answer, trend))
    }

    /// A page of the events behind a panel over `time`: those that pass the panel's filters, the
    /// viewer's and the token's. They are shown with their time and name, the panel's dimensions, and
    /// the columns that measures are made of; who acted is told only where the panel tells it.
    ///
    /// # Errors
    /// [`QueryError`], as for a page of rows.
    pub async fn panel_rows(
        &self,
        scope: &TenantScope,
        panel: &Panel,
        time: &TimeRange,
        viewer_filters: &[Filter],
        row_filters: &[Filter],
        page: PageOf,
    ) -> Result<RowsPage, QueryError> {
        if let Some(limit) = page.limit.filter(|limit| *limit > PageOf::MOST) {
            let detail = format!("`limit` is {limit}; it must be 1 to {}", PageOf::MOST);
            return Err(Invalid::new("invalid_limit", "/limit", detail).into());
        }
        let mut columns: Vec<String> = ["time", "name"].map(str::to_owned).to_vec();
        let dimensions = panel.query.dimensions.iter().map(String::as_str);
        for name in dimensions.chain(["value", "currency", "duration_ms"]) {
            if is_column(name) && !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
        }
        let query = RowsQuery {
            columns: Some(columns),
            time: TimeRange { grain: None, ..time.clone() },
            filters: behind(panel),
            order: RowOrder::NewestFirst,
            limit: page.limit,
            cursor: page.cursor,
        };
        let filters: Vec<Filter> = viewer_filters.iter().chain(row_filters).cloned().collect();
        self.rows(scope, &query, &filters).await
    }

    async fn answer_panel(
        &self,
        scope: &TenantScope,
        query: Query,
        filters: &[Filter],
        panel: &Panel,
    ) -> Result<Answer, QueryError> {
        let mut answer = self.answer(scope, &query, filters).await?;
        for column in &mut answer.columns {
            if let Some(label) = panel.labels.get(&column.name) {
                column.label.clone_from(label);
            }
        }
        Ok(answer)
    }
}

/// Which page of rows is wanted.
#[derive(Debug, Clone, Default)]
pub struct PageOf {
    /// Rows of it; 100 if it is not said.
    pub limit: Option<u64>,
    /// Where it begins; at the first row if it is not said.
    pub cursor: Option<String>,
}

impl PageOf {
    /// Most rows of a page that a viewer may ask for.
    const MOST: u64 = 1_000;
}

/// Which events a panel is about.
fn behind(panel: &Panel) -> Vec<Filter> {
    match (&panel.funnel, &panel.retention) {
        (Some(funnel), _) => {
            let steps = funnel.steps.iter().map(|step| step.filters.as_slice());
            narrowed(&funnel.filters, steps)
        }
        (None, Some(grid)) => {
            narrowed(&grid.filters, [&*grid.cohort, &*grid.returning].into_iter())
        }
        (None, None) => panel.query.filters.clone(),
    }
}

/// Events that meet the filters, and one of the marks besides: an empty one is met by every event.
fn narrowed<'a>(filters: &[Filter], marks: impl Iterator<Item = &'a [Filter]>) -> Vec<Filter> {
    let marks: Vec<&[Filter]> = marks.collect();
    let mut narrowed = filters.to_vec();
    if marks.iter().all(|mark| !mark.is_empty()) {
        narrowed.push(Filter::Or(marks.iter().map(|mark| Filter::And(mark.to_vec())).collect()));
    }
    narrowed
}

fn shown(panel: &Panel, answer: Answer, trend: Option<Answer>) -> PanelAnswer {
    let mut shown = PanelAnswer { id: panel.id.clone(), etag: String::new(), answer, trend };
    shown.etag = fingerprint::of(&mut shown);
    shown
}

/// Is a dimension a column of events? Parts of the time are not.
fn is_column(name: &str) -> bool {
    !matches!(name, "hour_of_day" | "day_of_week")
}

/// The panel's question about one range.
fn query(panel: &PanelQuery, time: &TimeRange) -> Result<Query, QueryError> {
    let period = Period::read(&TimeRange { grain: None, ..time.clone() })?;
    // The viewer's own grain comes with the range.
    let grain = panel.grain.map(|grain| match (time.grain, grain) {
        (Some(picked), _) => picked,
        (None, PanelGrain::Fixed(grain)) => grain,
        (None, PanelGrain::Auto(_)) => fitting(period.from, period.to),
    });
    Ok(Query {
        measures: panel.measures.clone(),
        dimensions: panel.dimensions.clone(),
        time: TimeRange { grain, ..time.clone() },
        filters: panel.filters.clone(),
        order: panel.order.clone(),
        limit: panel.limit,
        other: panel.other,
        approximate: panel.approximate,
        compare: panel.compare.clone(),
    })
}
