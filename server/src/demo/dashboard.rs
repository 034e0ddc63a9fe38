//! The dashboard that Tandem shows to each of its customers.

use std::collections::BTreeMap;

use inlay_shared::{
    Auto, Compare, Dashboard, Filter, FilterOp, FunnelStep, Look, Panel, PanelFunnel, PanelGrain,
    PanelKind, PanelQuery, PanelRetention, Subject,
};

/// Name of the dashboard in tokens and pages.
pub(crate) const NAME: &str = "overview";

/// How a team uses Tandem, in twelve panels.
pub(crate) fn overview() -> Dashboard {
    let previous = |panel: Panel| Panel {
        query: PanelQuery { compare: Some(Compare::PreviousPeriod), ..panel.query },
        ..panel
    };
    Dashboard {
        name: NAME.into(),
        title: "Team activity".into(),
        range: "30d".into(),
        ranges: ["7d", "30d", "90d"].map(String::from).to_vec(),
        filters: ["name", "page", "country", "device"].map(String::from).to_vec(),
        refresh_seconds: 5,
        week_start: None,
        panels: vec![
            previous(panel("people", "Active people", PanelKind::Number, 3, &["users"])),
            previous(only(
                panel("tasks-completed", "Tasks completed", PanelKind::Number, 3, &["events"]),
                "task.completed",
            )),
            previous(panel("visits", "Visits", PanelKind::Number, 3, &["sessions"])),
            previous(only(
                panel("spend", "Charged for seats", PanelKind::Number, 3, &["value"]),
                "subscription.charged",
            )),
            previous(over_time(labelled(
                panel("activity", "Activity", PanelKind::Area, 8, &["events"]),
                &[("events", "Actions")],
            ))),
            ranked(
                labelled(
                    panel("actions", "What people do", PanelKind::Bar, 4, &["events"]),
                    &[("name", "Action"), ("events", "Times")],
                ),
                "name",
                8,
            ),
            over_time(only(
                labelled(
                    panel(
                        "speed",
                        "Page load",
                        PanelKind::Line,
                        8,
                        &["duration_avg", "duration_p95"],
                    ),
                    &[("duration_avg", "Average"), ("duration_p95", "Slowest 5 %")],
                ),
                "page.viewed",
            )),
            ranked(
                only(
                    labelled(
                        panel("countries", "Where people work", PanelKind::Bar, 4, &["users"]),
                        &[("country", "Country"), ("users", "People")],
                    ),
                    "page.viewed",
                ),
                "country",
                6,
            ),
            ranked(
                only(
                    labelled(
                        panel(
                            "pages",
                            "Most visited pages",
                            PanelKind::Table,
                            12,
                            &["events", "users", "duration_avg"],
                        ),
                        &[
                            ("page", "Page"),
                            ("events", "Views"),
                            ("users", "People"),
                            ("duration_avg", "Page load"),
                        ],
                    ),
                    "page.viewed",
                ),
                "page",
                10,
            ),
            labelled(
                Panel {
                    query: PanelQuery {
                        dimensions: vec!["day_of_week".into(), "hour_of_day".into()],
                        ..panel("", "", PanelKind::Heatmap, 6, &["events"]).query
                    },
                    ..panel("hours", "When people work", PanelKind::Heatmap, 6, &[])
                },
                &[("events", "Actions")],
            ),
            Panel {
                funnel: Some(PanelFunnel {
                    steps: vec![
                        step("Came by", "page.viewed"),
                        step("Planned a task", "task.created"),
                        step("Completed one", "task.completed"),
                    ],
                    by: Subject::User,
                    window_seconds: None,
                    filters: Vec::new(),
                }),
                ..panel("steps", "From a visit to a task done", PanelKind::Funnel, 6, &[])
            },
            Panel {
                retention: Some(PanelRetention {
                    cohort: Vec::new(),
                    returning: Vec::new(),
                    by: Subject::User,
                    grain: PanelGrain::Auto(Auto::Auto),
                    filters: Vec::new(),
                }),
                ..panel("returning", "Who comes back", PanelKind::Retention, 12, &[])
            },
        ],
    }
}

fn panel(id: &str, title: &str, kind: PanelKind, width: u8, measures: &[&str]) -> Panel {
    Panel {
        id: id.into(),
        title: title.into(),
        kind,
        width,
        query: PanelQuery {
            measures: measures.iter().map(|&name| name.into()).collect(),
            ..PanelQuery::default()
        },
        funnel: None,
        retention: None,
        text: None,
        look: Look::default(),
        labels: BTreeMap::new(),
    }
}

fn step(label: &str, name: &str) -> FunnelStep {
    FunnelStep {
        label: label.into(),
        filters: vec![Filter::condition("name", FilterOp::In, [name])],
    }
}

/// Only events of that name.
fn only(mut panel: Panel, name: &str) -> Panel {
    panel.query.filters.push(Filter::condition("name", FilterOp::In, [name]));
    panel
}

fn over_time(mut panel: Panel) -> Panel {
    panel.query.grain = Some(PanelGrain::Auto(Auto::Auto));
    panel
}

fn ranked(mut panel: Panel, dimension: &str, limit: u64) -> Panel {
    panel.query.dimensions = vec![dimension.into()];
    panel.query.limit = Some(limit);
    panel
}

fn labelled(mut panel: Panel, labels: &[(&str, &str)]) -> Panel {
    panel.labels = labels.iter().map(|&(name, label)| (name.into(), label.into())).collect();
    panel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_panels_are_full_and_ids_are_unique() {
        let dashboard = overview();
        let mut ids: Vec<_> = dashboard.panels.iter().map(|panel| &panel.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), dashboard.panels.len());
        let mut row = 0;
        for panel in &dashboard.panels {
            row = if row == 12 { panel.width } else { row + panel.width };
            assert!(row <= 12, "{} does not fit", panel.id);
        }
        assert_eq!(row, 12, "the last row is full");
    }
}
