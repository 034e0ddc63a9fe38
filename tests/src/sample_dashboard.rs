//! A dashboard with everything that a dashboard can have.

use serde_json::{Value, json};

/// A dashboard that uses every field, with a panel of each kind.
pub fn dashboard(name: &str) -> Value {
    let number = json!({"measures": ["events"], "compare": "previous_period"});
    let filter = json!({"dimension": "country", "op": "in", "values": ["DE"]});
    let table = json!({
        "measures": ["events", "value"], "dimensions": ["name", "currency"], "filters": [filter],
        "order": [{"by": "events", "desc": true}], "limit": 10
    });
    let panel = |id: &str, kind: &str, query: Value| json!({"id": id, "title": id, "kind": kind, "width": 6, "query": query});
    let mut tables = panel("names", "table", table);
    tables["labels"] = json!({"name": "What happened"});
    tables["look"] = json!({"cell_bars": true});
    let mut total = panel("total", "number", number);
    total["look"] = json!({"target": 999.5});
    let stacks = json!({"measures": ["events"], "dimensions": ["device"], "grain": "day"});
    let mut stacks = panel("stacks", "bar", stacks);
    let annotation = json!({"time": "2026-11-20", "label": "Release"});
    stacks["look"] = json!({"stacked": true, "vertical": true, "annotations": [annotation]});
    let ring = json!({"measures": ["events"], "dimensions": ["device"], "limit": 5, "other": true});
    let week = json!({"measures": ["events"], "dimensions": ["day_of_week", "hour_of_day"]});
    let other =
        |id: &str, what: Value| json!({"id": id, "title": id, "kind": id, "width": 6, id: what});
    let is = |name: &str| json!([{"dimension": "name", "op": "in", "values": [name]}]);
    let steps = [("Came", "page.viewed"), ("Did", "task.created")];
    let steps = steps.map(|(label, name)| json!({"label": label, "filters": is(name)}));
    let funnel = json!({
        "steps": steps, "by": "session", "window_seconds": 3_600, "filters": is("page.viewed")
    });
    let retention = json!({
        "cohort": is("page.viewed"), "returning": is("task.created"), "by": "user", "grain": "day",
        "filters": is("page.viewed")
    });
    json!({
        "name": name, "title": "Sample", "range": "7d", "ranges": ["7d", "30d"],
        "refresh_seconds": 30,
        "panels": [
            total,
            panel("course", "line", json!({"measures": ["events"], "grain": "auto"})),
            panel("days", "area", json!({"measures": ["users"], "grain": "day"})),
            panel("pages", "bar", json!({"measures": ["events"], "dimensions": ["page"]})),
            tables,
            stacks,
            panel("ring", "donut", ring),
            panel("week", "heatmap", week),
            other("funnel", funnel),
            other("retention", retention),
            other("text", json!("# Read me\n\nThis is **sample** data.")),
        ]
    })
}
