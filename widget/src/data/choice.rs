//! What the viewer or the host page chose, and the way back to what was chosen before.

use serde_json::Value;

use super::{
    filters::{filters, filters_text},
    json_text::{self, Writer},
    wire::{Fields, grain, list, string},
};

/// What is said in a word, in the order in which the server is told.
const WORDS: [&str; 5] = ["range", "from", "to", "compare", "grain"];
const COMPARISONS: [&str; 3] = ["previous_period", "previous_year", "none"];

/// Everything that was chosen. Filters are kept as the JSON that they are sent as: nothing here looks
/// into them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// A range by name or between two ends, another comparison, another grain.
    words: Vec<(&'static str, String)>,
    /// What all panels are narrowed to; empty if to nothing.
    filters: String,
    /// Marks that narrow the panels beside their own: the panel's id and its filters.
    marks: Vec<(String, String)>,
    /// Lines that are not drawn: the panel's id and the line's name.
    hidden: Vec<(String, String)>,
    /// Panels that are shown as tables.
    tables: Vec<String>,
}

/// Reads a choice. Unlike an answer it may hold no unknown field.
pub fn choice(value: Value) -> Option<Choice> {
    let mut fields = Fields::of(value)?;
    let mut choice = Choice::default();
    for name in WORDS {
        if let Some(word) = fields.string(name) {
            choice.words.push((name, word));
        }
    }
    let has = |name| choice.word(name).is_some();
    let known = choice.word("compare").is_none_or(|name| COMPARISONS.contains(&name))
        && choice.word("grain").is_none_or(|name| grain(name).is_some());
    if has("from") != has("to") || !known {
        return None;
    }
    if let Some(value) = fields.take("filters") {
        choice.set_filters(&filters_text(&filters(value)?));
    }
    if let Some(marks) = fields.take("marks") {
        choice.marks = list(marks, |mark| {
            let mut fields = Fields::of(mark)?;
            let panel = fields.string("panel")?;
            Some((panel, filters_text(&filters(fields.take("filters")?)?)))
        })?;
    }
    if let Some(pairs) = fields.take("hidden") {
        choice.hidden = list(pairs, |pair| {
            let mut fields = Fields::of(pair)?;
            Some((fields.string("panel")?, fields.string("name")?))
        })?;
    }
    if let Some(tables) = fields.take("tables") {
        choice.tables = list(tables, string)?;
    }
    // What was taken is null now.
    fields.0.values().all(Value::is_null).then_some(choice)
}

impl Choice {
    fn word(&self, name: &str) -> Option<&str> {
        self.words.iter().find(|(known, _)| *known == name).map(|(_, word)| word.as_str())
    }

    fn set_filters(&mut self, text: &str) {
        self.filters = if text == "[]" { String::new() } else { text.into() };
    }

    /// What the server is told of it, name by name. The last two are JSON.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let mut out = self.words.clone();
        if !self.filters.is_empty() {
            out.push(("filters", self.filters.clone()));
        }
        if !self.marks.is_empty() {
            let marks = self.marks.iter().map(|(panel, filters)| {
                Writer::object().text("panel", panel).raw("filters", filters).end()
            });
            out.push(("marks", json_text::list(marks)));
        }
        out
    }

    /// Writes what the server is told into a body.
    pub fn write(&self, mut body: Writer) -> Writer {
        for (name, text) in self.told() {
            body =
                if WORDS.contains(&name) { body.text(name, &text) } else { body.raw(name, &text) };
        }
        body
    }

    /// All of it, as the event `inlay-filter` says it and the host page may set it.
    pub fn text(&self) -> String {
        let mut all = self.write(Writer::object());
        if self.filters.is_empty() {
            // Who listens for the filters finds a list.
            all = all.raw("filters", "[]");
        }
        if !self.hidden.is_empty() {
            let pairs = self.hidden.iter().map(|(panel, name)| {
                Writer::object().text("panel", panel).text("name", name).end()
            });
            all = all.raw("hidden", &json_text::list(pairs));
        }
        if !self.tables.is_empty() {
            let ids = self.tables.iter().map(|id| json_text::text(id));
            all = all.raw("tables", &json_text::list(ids));
        }
        all.end()
    }

    /// Takes a range by name.
    pub fn set_range(&mut self, range: &str) {
        self.words.retain(|(name, _)| !["range", "from", "to"].contains(name));
        self.words.insert(0, ("range", range.into()));
    }

    /// Takes a range between two ends.
    pub fn set_between(&mut self, from: &str, to: &str) {
        self.words.retain(|(name, _)| !["range", "from", "to"].contains(name));
        self.words.insert(0, ("to", to.into()));
        self.words.insert(0, ("from", from.into()));
    }

    /// Picks a mark, in place of another one of its panel; the same one again is taken back.
    pub fn toggle_mark(&mut self, panel: &str, filters: &str) {
        let is_picked = self.mark(panel) == Some(filters);
        self.marks.retain(|(other, _)| other != panel);
        if !is_picked {
            self.marks.push((panel.into(), filters.into()));
        }
    }

    /// The filters of the mark that is picked in a panel.
    pub fn mark(&self, panel: &str) -> Option<&str> {
        let mark = self.marks.iter().find(|(known, _)| known == panel);
        mark.map(|(_, filters)| filters.as_str())
    }

    /// Hides a line, or shows it again.
    pub fn toggle_line(&mut self, panel: &str, name: &str) {
        let place = self.hidden.iter().position(|(known, line)| known == panel && line == name);
        match place {
            Some(place) => drop(self.hidden.remove(place)),
            None => self.hidden.push((panel.into(), name.into())),
        }
    }

    /// Whether a line is hidden.
    pub fn hides(&self, panel: &str, name: &str) -> bool {
        self.hidden.iter().any(|(known, line)| known == panel && line == name)
    }

    /// Whether a panel is shown as a table.
    pub fn shows_table(&self, panel: &str) -> bool {
        self.tables.iter().any(|known| known == panel)
    }
}

/// How far back the viewer can go.
const STEPS: usize = 50;

/// Choices of before, and those that were taken back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    past: Vec<Choice>,
    future: Vec<Choice>,
}

impl History {
    /// Remembers what was chosen until now.
    pub fn push(&mut self, before: Choice) {
        self.future.clear();
        self.past.push(before);
        if self.past.len() > STEPS {
            self.past.remove(0);
        }
    }

    /// Steps back from `now`, or forward again.
    pub fn step(&mut self, now: Choice, back: bool) -> Option<Choice> {
        let (from, to) = if back {
            (&mut self.past, &mut self.future)
        } else {
            (&mut self.future, &mut self.past)
        };
        let there = from.pop()?;
        to.push(now);
        Some(there)
    }

    /// Whether there is a step back, and one forward.
    pub fn ways(&self) -> (bool, bool) {
        (!self.past.is_empty(), !self.future.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inlay_shared::{CompareChoice, Grain};
    use serde_json::json;

    fn full() -> Value {
        json!({
            "from": "2026-10-01", "to": "2026-10-08", "compare": "none", "grain": "hour",
            "filters": [{"dimension": "country", "op": "in", "values": ["DE"]}],
            "marks": [{"panel": "pages", "filters": [
                {"dimension": "page", "op": "in", "values": ["/a"]}
            ]}],
            "hidden": [{"panel": "activity", "name": "Events"}], "tables": ["pages"],
        })
    }

    #[test]
    fn a_choice_reads_as_it_is_written() {
        let read = choice(full()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read.text()).unwrap(), full());
        let empty = choice(json!({})).unwrap();
        assert_eq!(empty, Choice::default());
        assert_eq!(empty.text(), r#"{"filters":[]}"#);
    }

    #[test]
    fn what_is_no_choice_is_refused() {
        for odd in [
            json!([]),
            json!({"from": "2026-10-01"}),
            json!({"compare": "sometimes"}),
            json!({"grain": "decade"}),
            json!({"filters": {}}),
            json!({"marks": [{"panel": "a"}]}),
            json!({"tables": [1]}),
            json!({"more": 1}),
        ] {
            assert_eq!(choice(odd.clone()), None, "{odd}");
        }
    }

    #[test]
    fn the_server_is_told_what_it_has_to_know() {
        let names: Vec<_> =
            choice(full()).unwrap().told().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["from", "to", "compare", "grain", "filters", "marks"]);
    }

    #[test]
    fn a_question_reads_as_serde_reads_it() {
        let body = Writer::object().text("dashboard", "overview").text("panel", "p\"1");
        let body = choice(full()).unwrap().write(body.text("zone", "Europe/Berlin")).end();
        let query: inlay_shared::EmbedQuery = serde_json::from_str(&body).unwrap();
        assert_eq!(query.panel, "p\"1");
        assert_eq!(query.compare, Some(CompareChoice::None));
        assert_eq!(query.grain, Some(Grain::Hour));
        assert_eq!(json!(query.filters), full()["filters"]);
        assert_eq!(json!(query.marks), full()["marks"]);
        assert_eq!(
            (query.from.as_deref(), query.to.as_deref()),
            (Some("2026-10-01"), Some("2026-10-08"))
        );
    }

    #[test]
    fn a_mark_picked_twice_is_none_and_a_panel_has_one() {
        let mut choice = Choice::default();
        choice.toggle_mark("pages", "a");
        choice.toggle_mark("other", "a");
        choice.toggle_mark("pages", "b");
        assert_eq!((choice.mark("pages"), choice.mark("other")), (Some("b"), Some("a")));
        choice.toggle_mark("pages", "b");
        assert_eq!(choice.mark("pages"), None);
        choice.toggle_line("activity", "Events");
        assert!(choice.hides("activity", "Events") && !choice.hides("other", "Events"));
        choice.toggle_line("activity", "Events");
        assert!(!choice.hides("activity", "Events"));
    }

    #[test]
    fn a_range_takes_the_place_of_the_other_kind() {
        let mut choice = choice(full()).unwrap();
        choice.set_range("7d");
        assert_eq!((choice.word("range"), choice.word("from")), (Some("7d"), None));
        choice.set_between("2026-10-01", "2026-10-02");
        assert_eq!((choice.word("range"), choice.word("to")), (None, Some("2026-10-02")));
        assert_eq!(choice.word("grain"), Some("hour"));
    }

    #[test]
    fn steps_lead_back_and_forward_until_something_else_is_chosen() {
        let range = |name: &str| {
            let mut choice = Choice::default();
            choice.set_range(name);
            choice
        };
        let mut history = History::default();
        assert_eq!(history.step(range("7d"), true), None);
        history.push(range("7d"));
        history.push(range("30d"));
        assert_eq!(history.step(range("90d"), true), Some(range("30d")));
        assert_eq!(history.step(range("30d"), true), Some(range("7d")));
        assert_eq!(history.ways(), (false, true));
        assert_eq!(history.step(range("7d"), false), Some(range("30d")));
        history.push(range("30d"));
        assert_eq!(history.ways(), (true, false));
        for _ in 0..60 {
            history.push(range("1d"));
        }
        assert_eq!(history.past.len(), 50);
    }
}
