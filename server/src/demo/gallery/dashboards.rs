//! A dashboard per state, with a panel of each kind that can be in it.

use inlay_shared::{Annotation, Dashboard, Filter, FilterOp, Panel, PanelKind};

/// Panels of every kind.
const PANELS: &str = include_str!("panels.json");

/// A state that charts can be in.
#[derive(Debug)]
pub(crate) struct State {
    /// Name of its dashboard and of its page.
    pub(crate) name: &'static str,
    /// Title of its dashboard.
    pub(crate) title: &'static str,
    /// The panels are about these events.
    events: &'static [&'static str],
}

const fn state(name: &'static str, title: &'static str, events: &'static [&'static str]) -> State {
    State { name, title, events }
}

const USUAL: &[&str] = &["page.viewed", "signup", "order.placed"];

/// All states.
pub(crate) static STATES: [State; 7] = [
    state("data", "With data", USUAL),
    state("empty", "Without data", &["nothing.happened"]),
    state("one", "One point", &["once.only"]),
    state("negative", "Below zero", &["stock.moved"]),
    state("long", "Long names, many series", &["long.viewed"]),
    state("error", "Troubled", &["mixed.paid"]),
    state("loading", "Loading", USUAL),
];

/// The dashboards of all states.
pub(super) fn all() -> Vec<Dashboard> {
    STATES.iter().map(dashboard).collect()
}

fn dashboard(state: &State) -> Dashboard {
    let panels: Vec<Panel> = serde_json::from_str(PANELS).expect("the panels are tested");
    let panels = panels.into_iter().filter(|panel| fits(state, panel));
    Dashboard {
        name: state.name.into(),
        title: state.title.into(),
        range: "30d".into(),
        ranges: Vec::new(),
        refresh_seconds: 3_600,
        filters: Vec::new(),
        week_start: None,
        panels: panels.map(|panel| of_state(panel, state)).collect(),
    }
}

/// People cannot be followed below zero, and only what is asked can fail.
fn fits(state: &State, panel: &Panel) -> bool {
    let asks = !panel.query.measures.is_empty();
    match state.name {
        "negative" | "error" => asks && panel.id != "duration" && panel.id != "target",
        "data" | "loading" => true,
        _ => panel.kind != PanelKind::Text,
    }
}

fn of_state(mut panel: Panel, state: &State) -> Panel {
    let only = Filter::condition("name", FilterOp::In, state.events.iter().copied());
    if let Some(funnel) = &mut panel.funnel {
        funnel.filters.push(only.clone());
        if state.name == "long" {
            for (at, step) in funnel.steps.iter_mut().enumerate() {
                step.label = format!("{}, and then something that takes many words to say", at + 1);
                step.filters.clear();
            }
        }
    }
    if let Some(grid) = &mut panel.retention {
        grid.filters.push(only.clone());
    }
    if !panel.query.measures.is_empty() {
        panel.query.filters.push(only);
    }
    match state.name {
        "negative" | "error" if panel.kind != PanelKind::Table => {
            panel.query.measures = vec!["value".into()];
        }
        "long" => {
            for dimension in &mut panel.query.dimensions {
                if dimension == "country" || dimension == "device" {
                    *dimension = "referrer".into();
                }
            }
            panel.query.dimensions.dedup();
            if panel.kind == PanelKind::Line {
                panel.query.limit = Some(12);
            }
        }
        "data" if panel.id == "line" => {
            let note =
                |time: &str, label: &str| Annotation { time: time.into(), label: label.into() };
            panel.look.annotations =
                vec![note("2026-09-24", "Release 2.0"), note("2026-10-05", "Campaign")];
        }
        _ => {}
    }
    panel
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, validate_dashboard};

    #[test]
    fn every_state_has_a_valid_dashboard() {
        for dashboard in all() {
            let checked = validate_dashboard(&Model::built_in(), &dashboard);
            assert_eq!(checked, Ok(()), "{}", dashboard.name);
        }
    }

    #[test]
    fn every_kind_is_shown() {
        let dashboard = dashboard(&STATES[0]);
        let kinds: std::collections::HashSet<_> =
            dashboard.panels.iter().map(|panel| panel.kind).collect();
        assert_eq!(kinds.len(), 10);
    }
}
