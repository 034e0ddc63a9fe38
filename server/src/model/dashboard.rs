//! What makes a dashboard one that can be drawn and answered.

use std::collections::BTreeSet;
use std::sync::Arc;

use inlay_shared::{Dashboard, FieldError, Panel};

use super::{Dimension, Model, Span, panel};
use crate::ids::DashboardName;

/// Checks a dashboard before it is stored: names, widths, ranges, and that each panel's query can be
/// answered and drawn, given what can be named.
///
/// # Errors
/// Everything that is wrong with it, by JSON pointer.
pub fn validate_dashboard(model: &Model, dashboard: &Dashboard) -> Result<(), Vec<FieldError>> {
    let mut wrong = Wrong::default();
    wrong.check("/name", dashboard.name.parse::<DashboardName>().map(drop));
    wrong.title("/title", &dashboard.title);
    wrong.check("/range", dashboard.range.parse::<Span>().map(drop));
    wrong.when(dashboard.ranges.len() > 8, "/ranges", "a dashboard has at most 8 ranges");
    for (at, range) in dashboard.ranges.iter().enumerate() {
        wrong.check(&format!("/ranges/{at}"), range.parse::<Span>().map(drop));
    }
    let repeated = dashboard.ranges.iter().collect::<BTreeSet<_>>().len() < dashboard.ranges.len();
    wrong.when(repeated, "/ranges", "a range stands there twice");
    wrong.when(dashboard.filters.len() > 16, "/filters", "a dashboard offers at most 16 filters");
    for (at, name) in dashboard.filters.iter().enumerate() {
        let unknown = model.dimension(name).is_none();
        wrong.when(unknown, &format!("/filters/{at}"), "there is no such dimension");
        let twice = dashboard.filters[..at].contains(name);
        wrong.when(twice, &format!("/filters/{at}"), "a dimension stands there twice");
    }
    let pace = !(2..=3_600).contains(&dashboard.refresh_seconds);
    wrong.when(pace, "/refresh_seconds", "`refresh_seconds` is 2 to 3,600");
    let count = !(1..=24).contains(&dashboard.panels.len());
    wrong.when(count, "/panels", "a dashboard has 1 to 24 panels");
    let mut ids = BTreeSet::new();
    for (at, panel) in dashboard.panels.iter().enumerate().take(24) {
        let pointer = format!("/panels/{at}");
        let twice = !ids.insert(&panel.id);
        wrong.when(twice, &format!("{pointer}/id"), "another panel has this id");
        wrong.panel(model, &pointer, panel);
    }
    if wrong.0.is_empty() { Ok(()) } else { Err(wrong.0) }
}

/// The dimensions in which a viewer may pick values: those that the dashboard names, else those of
/// its panels.
pub fn offered_filters(model: &Model, dashboard: &Dashboard) -> Vec<Arc<Dimension>> {
    let mut names: Vec<&String> = dashboard.filters.iter().collect();
    if names.is_empty() {
        for name in dashboard.panels.iter().flat_map(|panel| &panel.query.dimensions) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().filter_map(|name| model.dimension(name)).collect()
}

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Wrong(Vec<FieldError>);

impl Wrong {
    pub(super) fn when(&mut self, wrong: bool, pointer: &str, detail: impl Into<String>) {
        if wrong {
            self.0.push(FieldError { pointer: pointer.to_owned(), detail: detail.into() });
        }
    }

    pub(super) fn check<E: std::fmt::Display>(&mut self, pointer: &str, outcome: Result<(), E>) {
        if let Err(error) = outcome {
            self.when(true, pointer, error.to_string());
        }
    }

    fn title(&mut self, pointer: &str, title: &str) {
        let length = title.chars().count();
        self.when(!(1..=120).contains(&length), pointer, "a title has 1 to 120 characters");
    }

    fn panel(&mut self, model: &Model, at: &str, panel: &Panel) {
        self.check(&format!("{at}/id"), panel.id.parse::<DashboardName>().map(drop));
        self.title(&format!("{at}/title"), &panel.title);
        let width = !(1..=12).contains(&panel.width);
        self.when(width, &format!("{at}/width"), "a panel is 1 to 12 columns wide");
        panel::check(self, model, at, panel);
        self.labels(at, panel);
    }

    fn labels(&mut self, at: &str, panel: &Panel) {
        let query = &panel.query;
        for (name, label) in &panel.labels {
            let pointer = format!("{at}/labels/{}", name.replace('~', "~0").replace('/', "~1"));
            let known = name == "time"
                || query.measures.iter().chain(&query.dimensions).any(|asked| asked == name);
            self.when(!known, &pointer, "a label names a column of the panel's query");
            self.when(label.chars().count() > 120, &pointer, "a label has at most 120 characters");
        }
    }
}

#[cfg(test)]
mod tests {
    use inlay_shared::{Grain, PanelGrain};

    use super::*;
    use crate::model::overview;

    fn pointers(change: impl Fn(&mut Dashboard)) -> Vec<String> {
        let mut dashboard = overview();
        change(&mut dashboard);
        match validate_dashboard(&Model::built_in(), &dashboard) {
            Ok(()) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|error| error.pointer).collect(),
        }
    }

    #[test]
    fn each_rule_points_at_its_field() {
        assert_eq!(pointers(|d| d.name = "Över".into()), ["/name"]);
        assert_eq!(pointers(|d| d.title = String::new()), ["/title"]);
        assert_eq!(pointers(|d| d.range = "1y".into()), ["/range"]);
        assert_eq!(pointers(|d| d.ranges[1] = "0d".into()), ["/ranges/1"]);
        assert_eq!(pointers(|d| d.ranges[1] = d.ranges[0].clone()), ["/ranges"]);
        assert_eq!(pointers(|d| d.filters[1] = "shoe_size".into()), ["/filters/1"]);
        assert_eq!(pointers(|d| d.filters[1] = d.filters[0].clone()), ["/filters/1"]);
        assert_eq!(pointers(|d| d.refresh_seconds = 1), ["/refresh_seconds"]);
        assert_eq!(pointers(|d| d.panels.clear()), ["/panels"]);
        assert_eq!(pointers(|d| d.panels[1].id = d.panels[0].id.clone()), ["/panels/1/id"]);
        assert_eq!(pointers(|d| d.panels[0].width = 13), ["/panels/0/width"]);
    }

    #[test]
    fn a_panel_asks_what_its_kind_can_draw() {
        let measures = |d: &mut Dashboard| d.panels[0].query.measures = vec!["nope".into()];
        assert_eq!(pointers(measures), ["/panels/0/query/measures/0"]);
        assert_eq!(pointers(|d| d.panels[4].query.grain = None), ["/panels/4/query/grain"]);
        let day = |d: &mut Dashboard| {
            d.panels[0].query.grain = Some(PanelGrain::Fixed(Grain::Day));
        };
        assert_eq!(pointers(day), ["/panels/0/query/grain"]);
        let grouped = |d: &mut Dashboard| d.panels[0].query.dimensions = vec!["page".into()];
        assert_eq!(pointers(grouped), ["/panels/0/query/dimensions"]);
        let bare = |d: &mut Dashboard| d.panels[5].query.dimensions.clear();
        assert_eq!(pointers(bare), ["/panels/5/query/dimensions"]);
        let over_time = |d: &mut Dashboard| {
            bare(d);
            d.panels[5].query.grain = Some(PanelGrain::Fixed(Grain::Day));
        };
        assert!(pointers(over_time).is_empty());
        let label = |d: &mut Dashboard| {
            d.panels[0].labels.insert("a/b".into(), "x".into());
        };
        assert_eq!(pointers(label), ["/panels/0/labels/a~1b"]);
    }
}
