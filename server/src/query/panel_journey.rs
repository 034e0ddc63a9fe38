//! Funnels and retention grids of dashboards: asked as their own queries are, and answered as tables,
//! so that tags, exports and the widget's tables treat them as any other panel.

use inlay_shared::{
    Answer, Column, ColumnType, Filter, Format, FunnelAnswer, FunnelQuery, Grain, Panel,
    PanelFunnel, PanelGrain, PanelRetention, RetentionAnswer, RetentionQuery, Role, Source,
    TimeRange,
};
use serde_json::{Value, json};

use super::period::Period;
use super::{Engine, QueryError};
use crate::policy::TenantScope;

impl Engine {
    /// Answers a panel that follows people; `None` for one that does not.
    pub(super) async fn followed(
        &self,
        scope: &TenantScope,
        panel: &Panel,
        time: &TimeRange,
        filters: &[Filter],
    ) -> Result<Option<Answer>, QueryError> {
        let time = TimeRange { grain: None, ..time.clone() };
        if let Some(funnel) = &panel.funnel {
            let answer = self.funnel(scope, &funnel_query(funnel, time), filters).await?;
            return Ok(Some(steps(answer)));
        }
        let Some(grid) = &panel.retention else { return Ok(None) };
        let query = retention_query(grid, time)?;
        let answer = self.retention(scope, &query, filters).await?;
        Ok(Some(cohorts(answer)))
    }
}

fn funnel_query(funnel: &PanelFunnel, time: TimeRange) -> FunnelQuery {
    FunnelQuery {
        steps: funnel.steps.clone(),
        by: funnel.by,
        window_seconds: funnel.window_seconds,
        time,
        filters: funnel.filters.clone(),
    }
}

fn retention_query(grid: &PanelRetention, time: TimeRange) -> Result<RetentionQuery, QueryError> {
    let grain = match grid.grain {
        PanelGrain::Fixed(grain) => grain,
        PanelGrain::Auto(_) => {
            let period = Period::read(&time)?;
            match period.to.duration_since(period.from).as_hours() / 24 {
                ..=14 => Grain::Day,
                15..=184 => Grain::Week,
                _ => Grain::Month,
            }
        }
    };
    Ok(RetentionQuery {
        cohort: grid.cohort.clone(),
        returning: grid.returning.clone(),
        by: grid.by,
        time: TimeRange { grain: Some(grain), ..time },
        filters: grid.filters.clone(),
    })
}

/// A row per step: its name, how many reached it, and their shares.
fn steps(answer: FunnelAnswer) -> Answer {
    let share = |name: &str, label: &str| Column {
        kind: ColumnType::Number,
        format: Some(Format::Percent),
        ..column(name, label, Role::Measure)
    };
    let step = Column { kind: ColumnType::String, ..column("step", "Step", Role::Dimension) };
    let row = |step: inlay_shared::FunnelCount| {
        vec![json!(step.label), json!(step.count), json!(step.of_first), json!(step.of_previous)]
    };
    table(
        vec![
            step,
            column("count", "Reached", Role::Measure),
            share("of_first", "Of all who entered"),
            share("of_previous", "Of the step before"),
        ],
        answer.steps.into_iter().map(row).collect(),
        answer.time,
        (answer.version, answer.elapsed_ms),
    )
}

/// A row per cohort: when it begins, how many they are, and how many are back in each bucket after it.
/// The buckets after the end of the range are null.
fn cohorts(answer: RetentionAnswer) -> Answer {
    let buckets = answer.cohorts.len();
    let mut columns = vec![
        Column { kind: ColumnType::Time, ..column("time", "Cohort", Role::Time) },
        column("size", "Size", Role::Measure),
    ];
    columns.extend((0..buckets).map(|after| {
        let after = after.to_string();
        column(&format!("returned_{after}"), &after, Role::Measure)
    }));
    let row = |cohort: inlay_shared::Cohort| {
        let mut row = vec![json!(cohort.start), json!(cohort.size)];
        row.extend(cohort.returned.iter().map(|count| json!(count)));
        row.resize(buckets + 2, Value::Null);
        row
    };
    let rows = answer.cohorts.into_iter().map(row).collect();
    let time = TimeRange { grain: Some(answer.grain), ..answer.time };
    table(columns, rows, time, (answer.version, answer.elapsed_ms))
}

fn column(name: &str, label: &str, role: Role) -> Column {
    Column {
        name: name.into(),
        label: label.into(),
        role,
        kind: ColumnType::Integer,
        format: None,
        currency: None,
        approximate: None,
    }
}

fn table(
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    time: TimeRange,
    (version, elapsed_ms): (String, f64),
) -> Answer {
    Answer { columns, rows, time, compare: None, version, source: Source::Lake, elapsed_ms }
}
