//! What each kind of panel asks, and how it may look.

use inlay_shared::{Annotation, Grain, Panel, PanelGrain, PanelKind, PanelQuery};
use jiff::Timestamp;
use jiff::civil::Date;

use super::dashboard::Wrong;
use super::{Invalid, Model, Question, conditions, funnel_steps, retention_marks};

/// Characters of a text at most.
const LONGEST_TEXT: usize = 10_000;
/// Slices of a ring at most: more are told apart by nobody.
const MOST_SLICES: u64 = 6;

/// Checks that a panel asks what its kind can draw, and that it can be answered.
pub(super) fn check(wrong: &mut Wrong, model: &Model, at: &str, panel: &Panel) {
    question(wrong, model, at, panel);
    look(wrong, at, panel);
}

fn question(wrong: &mut Wrong, model: &Model, at: &str, panel: &Panel) {
    let asked = [
        ("query", panel.query != PanelQuery::default()),
        ("funnel", panel.funnel.is_some()),
        ("retention", panel.retention.is_some()),
        ("text", panel.text.is_some()),
    ];
    let (needed, words) = match panel.kind {
        PanelKind::Funnel => ("funnel", "a funnel has its steps in `funnel`"),
        PanelKind::Retention => ("retention", "a retention grid has its question in `retention`"),
        PanelKind::Text => ("text", "a text has its words in `text`"),
        _ => ("query", "a panel of this kind has its question in `query`"),
    };
    for (name, given) in asked {
        wrong.when(given != (name == needed), &format!("{at}/{name}"), words);
    }
    let at_invalid = |name: &str, invalid: &Invalid| format!("{at}/{name}{}", invalid.pointer);
    if let Some(funnel) = &panel.funnel {
        let marks = funnel_steps(model, &funnel.steps, funnel.window_seconds).map(drop);
        let met = marks.and(conditions(model, &funnel.filters, "/filters").map(drop));
        if let Err(invalid) = met {
            wrong.when(true, &at_invalid("funnel", &invalid), invalid.detail);
        }
    }
    if let Some(grid) = &panel.retention {
        let marks = retention_marks(model, &grid.cohort, &grid.returning).map(drop);
        let met = marks.and(conditions(model, &grid.filters, "/filters").map(drop));
        if let Err(invalid) = met {
            wrong.when(true, &at_invalid("retention", &invalid), invalid.detail);
        }
        let short = matches!(grid.grain, PanelGrain::Fixed(Grain::Minute | Grain::Hour));
        wrong.when(short, &format!("{at}/retention/grain"), "cohorts are of a day or more");
    }
    let length = panel.text.as_ref().map_or(1, |text| text.chars().count());
    let fits = (1..=LONGEST_TEXT).contains(&length);
    wrong.when(!fits, &format!("{at}/text"), "a text has 1 to 10,000 characters");
    if needed == "query" {
        query(wrong, model, &format!("{at}/query"), panel);
    }
}

fn query(wrong: &mut Wrong, model: &Model, at: &str, panel: &Panel) {
    let query = &panel.query;
    let asked = Question::new(
        model,
        &query.measures,
        &query.dimensions,
        &query.filters,
        &query.order,
        query.limit,
        query.grain.is_some(),
    );
    if let Err(Invalid { pointer, detail, .. }) = asked {
        wrong.when(true, &format!("{at}{pointer}"), detail);
    }
    let grain = format!("{at}/grain");
    let timed = matches!(panel.kind, PanelKind::Line | PanelKind::Area);
    wrong.when(
        timed && query.grain.is_none(),
        &grain,
        "a line or an area needs a `grain`; `auto` fits any range",
    );
    let may = timed || panel.kind == PanelKind::Bar;
    let needless = !may && query.grain.is_some();
    wrong.when(needless, &grain, "only lines, areas and bars have a `grain`");
    let dimensions = format!("{at}/dimensions");
    let names: Vec<&str> = query.dimensions.iter().map(String::as_str).collect();
    match panel.kind {
        PanelKind::Number => {
            wrong.when(!names.is_empty(), &dimensions, "a number has no dimensions");
        }
        PanelKind::Bar => {
            let bare = names.is_empty() && query.grain.is_none();
            wrong.when(bare, &dimensions, "a bar needs a dimension or a `grain`");
        }
        PanelKind::Donut => {
            wrong.when(names.len() != 1, &dimensions, "a donut has one dimension");
            let few = query.limit.is_some_and(|limit| limit <= MOST_SLICES);
            let detail = "a donut needs a `limit` of at most 6; `other` adds the rest";
            wrong.when(!few, &format!("{at}/limit"), detail);
        }
        PanelKind::Heatmap => {
            let both = ["hour_of_day", "day_of_week"].iter().all(|name| names.contains(name));
            let detail = "a heatmap has the dimensions `hour_of_day` and `day_of_week`";
            wrong.when(!both || names.len() != 2, &dimensions, detail);
            let whole = query.limit.is_none_or(|limit| limit >= 168);
            wrong.when(!whole, &format!("{at}/limit"), "a week has 168 hours: leave `limit` out");
        }
        _ => {}
    }
    let alone = query.other && names.is_empty();
    wrong.when(alone, &format!("{at}/other"), "without dimensions there are no other groups");
}

fn look(wrong: &mut Wrong, at: &str, panel: &Panel) {
    let look = &panel.look;
    let kind = panel.kind;
    let pointer = |name: &str| format!("{at}/look/{name}");
    let stands = matches!(kind, PanelKind::Area | PanelKind::Bar);
    wrong.when(look.stacked && !stands, &pointer("stacked"), "only areas and bars are stacked");
    let upright = look.vertical && kind != PanelKind::Bar;
    wrong.when(upright, &pointer("vertical"), "only bars stand up or lie");
    let cells = look.cell_bars && kind != PanelKind::Table;
    wrong.when(cells, &pointer("cell_bars"), "only tables have bars in their cells");
    let aimless = look.target.is_some() && kind != PanelKind::Number;
    wrong.when(aimless, &pointer("target"), "only a number has a target");
    let over_time = panel.query.grain.is_some();
    let timeless = !look.annotations.is_empty() && !over_time;
    let detail = "only panels over time, with a `grain`, have annotations";
    wrong.when(timeless, &pointer("annotations"), detail);
    wrong.when(look.annotations.len() > 20, &pointer("annotations"), "at most 20 annotations");
    for (place, annotation) in look.annotations.iter().enumerate().take(20) {
        let here = pointer(&format!("annotations/{place}"));
        let Annotation { time, label } = annotation;
        let known = time.parse::<Timestamp>().is_ok() || time.parse::<Date>().is_ok();
        wrong.when(!known, &format!("{here}/time"), "an RFC 3339 date-time, or a date");
        let fits = (1..=60).contains(&label.chars().count());
        wrong.when(!fits, &format!("{here}/label"), "a label has 1 to 60 characters");
    }
}

#[cfg(test)]
mod tests {
    use inlay_shared::{Dashboard, FieldError};
    use serde_json::{Value, json};

    use crate::model::{Model, validate_dashboard};

    fn pointers(panel: Value) -> Vec<String> {
        let mut whole = json!({"id": "p", "title": "P", "width": 6});
        for (name, value) in panel.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let dashboard = json!({"name": "d", "title": "D", "range": "7d", "panels": [whole]});
        let dashboard: Dashboard = serde_json::from_value(dashboard).unwrap();
        let wrong = validate_dashboard(&Model::built_in(), &dashboard).err().unwrap_or_default();
        let pointer = |error: FieldError| error.pointer.replace("/panels/0", "");
        wrong.into_iter().map(pointer).collect()
    }

    fn funnel() -> Value {
        let step = |name: &str| {
            let filter = json!({"dimension": "name", "op": "in", "values": [name]});
            json!({"label": name, "filters": [filter]})
        };
        json!({"steps": [step("visit"), step("buy")]})
    }

    #[test]
    fn each_kind_has_its_own_question() {
        let query = json!({"measures": ["events"]});
        let none: [&str; 0] = [];
        assert_eq!(pointers(json!({"kind": "number", "query": query})), none);
        assert_eq!(pointers(json!({"kind": "funnel", "funnel": funnel()})), none);
        assert_eq!(pointers(json!({"kind": "retention", "retention": {}})), none);
        assert_eq!(pointers(json!({"kind": "text", "text": "# Hello"})), none);
        assert_eq!(pointers(json!({"kind": "number"})), ["/query", "/query/measures"]);
        assert_eq!(pointers(json!({"kind": "funnel"})), ["/funnel"]);
        assert_eq!(pointers(json!({"kind": "text", "text": ""})), ["/text"]);
        let mixed = json!({"kind": "text", "text": "a", "query": query, "funnel": funnel()});
        assert_eq!(pointers(mixed), ["/query", "/funnel"]);
    }

    #[test]
    fn what_people_are_followed_by_is_checked() {
        let mut short = funnel();
        short["steps"].as_array_mut().unwrap().pop();
        assert_eq!(pointers(json!({"kind": "funnel", "funnel": short})), ["/funnel/steps"]);
        let hours = json!({"kind": "retention", "retention": {"grain": "hour"}});
        assert_eq!(pointers(hours), ["/retention/grain"]);
        let unknown = json!([{"dimension": "nope", "op": "in", "values": ["x"]}]);
        let unknown = json!({"kind": "retention", "retention": {"returning": unknown}});
        assert_eq!(pointers(unknown), ["/retention/returning/0/dimension"]);
    }

    #[test]
    fn rings_have_few_slices_and_heatmaps_a_whole_week() {
        let donut = |query: Value| pointers(json!({"kind": "donut", "query": query}));
        let by_page = json!({"measures": ["events"], "dimensions": ["page"]});
        assert_eq!(donut(by_page.clone()), ["/query/limit"]);
        let mut few = by_page.clone();
        few["limit"] = json!(6);
        few["other"] = json!(true);
        assert!(donut(few).is_empty());
        let heatmap = |query: Value| pointers(json!({"kind": "heatmap", "query": query}));
        assert_eq!(heatmap(by_page), ["/query/dimensions"]);
        let week = json!({"measures": ["events"], "dimensions": ["day_of_week", "hour_of_day"]});
        assert!(heatmap(week).is_empty());
    }

    #[test]
    fn a_look_fits_the_kind() {
        let query = json!({"measures": ["events"]});
        let look = json!({"stacked": true, "vertical": true, "cell_bars": true, "target": 5});
        let number = json!({"kind": "number", "query": query, "look": look});
        assert_eq!(pointers(number), ["/look/stacked", "/look/vertical", "/look/cell_bars"]);
        let annotations = json!([
            {"time": "2026-10-01", "label": "Release"},
            {"time": "2026-10-01T08:00:00Z", "label": ""},
            {"time": "yesterday", "label": "Release"},
        ]);
        let look = json!({"annotations": annotations});
        let line = json!({"measures": ["events"], "grain": "day"});
        let line = json!({"kind": "line", "query": line, "look": look});
        assert_eq!(pointers(line), ["/look/annotations/1/label", "/look/annotations/2/time"]);
        let number = json!({"kind": "number", "query": query, "look": {"annotations": []}});
        assert!(pointers(number).is_empty());
    }
}
