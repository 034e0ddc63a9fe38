//! What a viewer picked on a dashboard, proved and looked up: the same for every operation that
//! shows some of it.

use std::sync::Arc;

use inlay_shared::{
    Capability, Compare, CompareChoice, Dashboard, Filter, Grain, Mark, PanelKind, TimeRange,
};

use crate::access::EmbedCaller;
use crate::api::body;
use crate::api::state::Inlay;
use crate::ids::DashboardName;
use crate::model::{Dimension, Model};
use crate::policy::TenantScope;
use crate::problem::ApiError;
use crate::query;

/// Most marks that can be picked at once.
const MOST_MARKS: usize = 8;

/// 404 for a dashboard that does not exist, or not for this viewer.
pub(super) fn unknown_dashboard() -> ApiError {
    ApiError::not_found("unknown_dashboard", "There is no such dashboard for this token.")
}

/// What a viewer asks to see.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) dashboard: String,
    pub(super) range: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) compare: Option<CompareChoice>,
    pub(super) grain: Option<Grain>,
    pub(super) zone: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) marks: Vec<Mark>,
}

/// A list that a parameter of an address holds as JSON.
pub(super) fn list<T: serde::de::DeserializeOwned>(
    text: Option<String>,
) -> Result<Vec<T>, ApiError> {
    Ok(text.map(|text| body::parse(text.as_bytes())).transpose()?.unwrap_or_default())
}

/// The same, proved and looked up.
pub(super) struct Prepared {
    pub(super) name: DashboardName,
    pub(super) scope: TenantScope,
    /// As it is stored, but for the comparison that the viewer picked.
    pub(super) dashboard: Dashboard,
    pub(super) model: Arc<Model>,
    /// None where two ends were given.
    pub(super) range: Option<String>,
    /// With the grain, where the viewer picked one.
    pub(super) time: TimeRange,
    pub(super) viewer_filters: Vec<Filter>,
    pub(super) marks: Vec<Mark>,
    pub(super) row_filters: Vec<Filter>,
}

/// Proves the viewer's right to the dashboard, and to what was picked on it.
pub(super) async fn prepare(
    inlay: &Inlay,
    caller: &EmbedCaller,
    asked: Asked,
) -> Result<Prepared, ApiError> {
    prepare_for(inlay, caller, asked, Capability::Filter).await
}

/// The same, where another capability is enough for what was picked.
pub(super) async fn prepare_for(
    inlay: &Inlay,
    caller: &EmbedCaller,
    mut asked: Asked,
    enough: Capability,
) -> Result<Prepared, ApiError> {
    let name: DashboardName = asked.dashboard.parse().map_err(|_| unknown_dashboard())?;
    let scope = caller.see(&name)?;
    let dashboard = inlay.store.tenant(&scope).dashboard(&name).await?;
    let mut dashboard = dashboard.ok_or_else(unknown_dashboard)?;
    asked.range = asked.range.filter(|range| *range != dashboard.range);
    if asked.picks() && caller.need(&name, enough).is_err() {
        caller.need(&name, Capability::Filter)?;
    }
    let model = inlay.engine.model(&scope).await?;
    query::check_filters(&model, &asked.filters)?;
    check_marks(&model, &dashboard, &asked.marks)?;
    let zone = asked.zone.unwrap_or_else(|| caller.zone.clone());
    let (range, mut time) = match (asked.from, asked.to, asked.range) {
        (Some(from), Some(to), None) => {
            (None, query::resolve_between(&from, &to, &zone, dashboard.week_start)?)
        }
        (None, None, range) => {
            let range = range.unwrap_or_else(|| dashboard.range.clone());
            let now = inlay.clock.now();
            let time = query::resolve_range(&range, &zone, dashboard.week_start, now)?;
            (Some(range), time)
        }
        _ => {
            let detail = "Give `from` and `to` together, or `range` without them.";
            return Err(ApiError::invalid("invalid_range", detail.to_owned()));
        }
    };
    time.grain = asked.grain;
    query::check_grain(&time)?;
    if let Some(choice) = asked.compare {
        compare(&mut dashboard, choice);
    }
    Ok(Prepared {
        name,
        scope,
        dashboard,
        model,
        range,
        time,
        viewer_filters: asked.filters,
        marks: asked.marks,
        row_filters: caller.filters.clone(),
    })
}

impl Asked {
    /// Is it anything else than the dashboard as everybody sees it?
    fn picks(&self) -> bool {
        let Self { range, from, to, compare, grain, filters, marks, .. } = self;
        range.is_some()
            || from.is_some()
            || to.is_some()
            || compare.is_some()
            || grain.is_some()
            || !filters.is_empty()
            || !marks.is_empty()
    }
}

fn check_marks(model: &Model, dashboard: &Dashboard, marks: &[Mark]) -> Result<(), ApiError> {
    if marks.len() > MOST_MARKS {
        let detail = format!("At most {MOST_MARKS} marks can be picked at once.");
        return Err(ApiError::invalid("too_many_filters", detail));
    }
    for mark in marks {
        if !dashboard.panels.iter().any(|panel| panel.id == mark.panel) {
            let detail = format!("There is no panel `{}` in which a mark could be.", mark.panel);
            return Err(ApiError::invalid("invalid_filter", detail));
        }
        query::check_filters(model, &mark.filters)?;
    }
    Ok(())
}

/// Gives the panels that can draw a comparison this one.
fn compare(dashboard: &mut Dashboard, choice: CompareChoice) {
    let how = match choice {
        CompareChoice::PreviousPeriod => Some(Compare::PreviousPeriod),
        CompareChoice::PreviousYear => Some(Compare::PreviousYear),
        CompareChoice::None => None,
    };
    for panel in &mut dashboard.panels {
        let drawn = match panel.kind {
            PanelKind::Number | PanelKind::Bar => true,
            // Ghosts of several lines would be told apart by nobody.
            PanelKind::Line | PanelKind::Area => panel.query.dimensions.is_empty(),
            _ => false,
        };
        if drawn || panel.query.compare.is_some() {
            panel.query.compare.clone_from(&how);
        }
    }
}

impl Prepared {
    /// Makes sure that the token carries the capability for this dashboard.
    pub(super) fn need(
        &self,
        caller: &EmbedCaller,
        capability: Capability,
    ) -> Result<(), ApiError> {
        caller.need(&self.name, capability)
    }

    /// What narrows a panel: the viewer's filters, and the marks that were picked in other panels.
    pub(super) fn filters_of(&self, panel: &str) -> Vec<Filter> {
        let marks = self.marks.iter().filter(|mark| mark.panel != panel);
        let of_marks = marks.flat_map(|mark| &mark.filters);
        self.viewer_filters.iter().chain(of_marks).cloned().collect()
    }

    /// A dimension in which the viewer may pick values.
    pub(super) fn offered(&self, name: &str) -> Result<Arc<Dimension>, ApiError> {
        let offered = query::offered_filters(&self.model, &self.dashboard);
        offered.into_iter().find(|dimension| dimension.name == name).ok_or_else(|| {
            let detail = "The dashboard offers no filter by this dimension.";
            ApiError::not_found("unknown_filter", detail)
        })
    }
}
