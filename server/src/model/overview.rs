//! The dashboard that every new tenant has.

use std::collections::BTreeMap;

use inlay_shared::{Auto, Compare, Dashboard, Look, Panel, PanelGrain, PanelKind, PanelQuery};

/// `overview`: how much is used, by how many, when, where and for what.
pub fn overview() -> Dashboard {
    Dashboard {
        name: "overview".into(),
        title: "Overview".into(),
        range: "30d".into(),
        ranges: ["24h", "7d", "30d", "90d"].map(String::from).to_vec(),
        filters: ["country", "device", "page", "name"].map(String::from).to_vec(),
        refresh_seconds: 30,
        week_start: None,
        panels: vec![
            number("users", "Active users"),
            number("sessions", "Sessions"),
            number("accounts", "Active accounts"),
            number("events", "Events"),
            Panel {
                query: PanelQuery {
                    grain: Some(PanelGrain::Auto(Auto::Auto)),
                    compare: Some(Compare::PreviousPeriod),
                    ..ask(&["events"], &[])
                },
                ..panel("activity", "Activity", PanelKind::Area, 12)
            },
            Panel { query: top("page", 8), ..panel("pages", "Top pages", PanelKind::Bar, 6) },
            Panel {
                query: top("country", 8),
                ..panel("countries", "Top countries", PanelKind::Bar, 6)
            },
            Panel {
                query: PanelQuery { limit: Some(12), ..ask(&["events", "users"], &["name"]) },
                labels: BTreeMap::from([("name".to_owned(), "What happened".to_owned())]),
                ..panel("actions", "What people do", PanelKind::Table, 12)
            },
        ],
    }
}

fn panel(id: &str, title: &str, kind: PanelKind, width: u8) -> Panel {
    Panel {
        id: id.to_owned(),
        title: title.to_owned(),
        kind,
        width,
        query: ask(&["events"], &[]),
        funnel: None,
        retention: None,
        text: None,
        look: Look::default(),
        labels: BTreeMap::new(),
    }
}

fn number(measure: &str, title: &str) -> Panel {
    let query = PanelQuery { compare: Some(Compare::PreviousPeriod), ..ask(&[measure], &[]) };
    Panel { query, ..panel(measure, title, PanelKind::Number, 3) }
}

fn top(dimension: &str, limit: u64) -> PanelQuery {
    PanelQuery { limit: Some(limit), ..ask(&["events"], &[dimension]) }
}

fn ask(measures: &[&str], dimensions: &[&str]) -> PanelQuery {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    PanelQuery { measures: texts(measures), dimensions: texts(dimensions), ..PanelQuery::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, validate_dashboard};

    #[test]
    fn every_tenant_begins_with_a_valid_dashboard() {
        assert_eq!(validate_dashboard(&Model::built_in(), &overview()), Ok(()));
    }
}
