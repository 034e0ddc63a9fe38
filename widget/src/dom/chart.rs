//! Lines, areas and upright bars on the screen.

use std::sync::Arc;

use inlay_shared::{Answer, PanelKind, PanelLayout};

use crate::{
    chart::{
        path::px,
        plot::{self, Chart, Frame, Ground, Mark, Words},
    },
    data::{notes::Note, series::Series, stamp::Stamp},
    text::{number::Place, summary, words},
};

use super::{
    el::{El, Size, View, el, live, svg},
    hatch,
    intl::Intl,
    marks,
    panel::PanelScope,
    readout,
    var::{Var, derive},
};

/// A chart as it stands on the screen.
#[derive(PartialEq)]
pub(crate) struct Drawn {
    pub(crate) series: Series,
    pub(crate) chart: Chart,
    pub(crate) frame: Frame,
    pub(crate) notes: Vec<Note>,
    /// What the categories are values of.
    pub(crate) dimension: String,
}

impl Drawn {
    /// What a bucket or category is called.
    pub(crate) fn says(&self, place: usize, intl: &Intl) -> String {
        match (self.series.names.get(place), self.series.times.get(place)) {
            (Some(name), _) => intl.lexicon().name(name).into(),
            (None, Some(stamp)) => intl.bucket(stamp, self.series.grain),
            (None, None) => String::new(),
        }
    }

    /// What happened in a bucket.
    pub(crate) fn happened(&self, place: usize) -> impl Iterator<Item = &str> {
        self.notes.iter().filter(move |note| note.bucket == place).map(|note| &*note.label)
    }
}

/// The class of the line at that place: each has its own colour.
pub(crate) fn tone(place: usize) -> &'static str {
    ["s-0", "s-1", "s-2", "s-3", "s-4", "s-5"].get(place).copied().unwrap_or("s-5")
}

/// Reads what is drawn: over time where there is a grain, else by category.
fn series_of(answer: &Answer) -> Option<Series> {
    Series::read(answer).or_else(|| Series::by_group(answer))
}

/// Several series of bars or areas are told apart by surfaces.
fn frame_of(layout: &PanelLayout, series: &Series, size: Size, open: bool) -> Frame {
    let columns = layout.kind == PanelKind::Bar;
    Frame {
        width: size.width,
        height: size.height,
        mirrored: size.mirrored,
        open: open && !columns,
        columns,
        stacked: layout.look.stacked && series.lines.len() > 1,
    }
}

/// Draws the panel's body.
pub(crate) fn chart(scope: PanelScope) -> View {
    let size = Var::new(Size::default());
    let intl = scope.context.intl;
    let state = scope.state.clone();
    let layout = scope.layout.clone();
    let context = scope.context;
    let drawn = derive(move || {
        let size = size.get();
        let panel = state.get().answer.filter(|_| size.width > 0.0 && size.height > 0.0)?;
        let mut series = series_of(&panel.answer)?;
        let choice = context.choice.get();
        for line in &mut series.lines {
            if choice.hides(&layout.id, &line.name) {
                line.values.fill(None);
                line.before = None;
            }
        }
        let intl = intl.get();
        let words = Words {
            value: &|value| intl.value(value, &series.measure, Place::Axis),
            time: &|stamp, says| intl.tick(stamp, says, series.grain),
        };
        let end = Stamp::parse(&panel.answer.time.to);
        let open = end.is_some_and(|end| end.epoch_ms > js_sys::Date::now());
        let frame = frame_of(&layout, &series, size, open);
        let chart = plot::plot(&series, &frame, &words);
        let notes = Note::place(&layout.look.annotations, &series.times);
        let dimension = marks::dimension(&panel.answer);
        Some(Arc::new(Drawn { series, chart, frame, notes, dimension }))
    });
    let filled = scope.layout.kind != PanelKind::Line;
    let title = scope.layout.title.clone();
    let picture = live(move || match drawn.get() {
        Some(drawn) => picture(&drawn, filled, &title, &intl.get()),
        None => View::Nothing,
    });
    let of_legend = scope.clone();
    let legend = live(move || {
        let Some(panel) = of_legend.answer() else { return View::Nothing };
        let compare = panel.answer.compare.as_ref();
        let period = compare.map(|compare| intl.get().span(&compare.time, false));
        let Some(series) = series_of(&panel.answer) else { return View::Nothing };
        let layout = &of_legend.layout;
        let surfaces = layout.kind == PanelKind::Bar || layout.look.stacked;
        // A stack has no ghost: the parts of another period stand nowhere in this one.
        let stacked = layout.look.stacked && series.lines.len() > 1;
        legend(&series, period.filter(|_| !stacked), surfaces, &intl.get(), Some(&of_legend))
    });
    let canvas = el("div", "canvas")
        .size(move |now| size.set(now))
        .kid(picture)
        .kid(readout::readout(scope, drawn));
    el("div", "chart").kid(legend).kid(canvas).into()
}

/// Names the lines where there is something to tell apart. With a scope, each name hides its line and
/// shows it again.
pub(crate) fn legend(
    series: &Series,
    period: Option<String>,
    surfaces: bool,
    intl: &Intl,
    scope: Option<&PanelScope>,
) -> View {
    if series.lines.len() < 2 && period.is_none() {
        return View::Nothing;
    }
    let mut list = el("ul", "legend").set("part", "legend");
    for (place, line) in series.lines.iter().enumerate() {
        let sample = if surfaces { block(tone(place)) } else { swatch(tone(place)) };
        let name = String::from(intl.lexicon().name(&line.name));
        list = list.kid(match scope.filter(|_| series.lines.len() > 1) {
            Some(scope) => el("li", "").kid(toggle(scope, &line.name, sample, name)),
            None => key(sample, name),
        });
    }
    if let Some(period) = period {
        list = list.kid(key(swatch("before"), period));
    }
    if series.left_out > 0 {
        list = list.kid(el("li", "key").says(intl.count(words::MORE, series.left_out)));
    }
    list.into()
}

/// Hides a line, or shows it again.
fn toggle(scope: &PanelScope, line: &str, sample: View, name: String) -> El {
    let (context, panel, line) = (scope.context, scope.layout.id.clone(), String::from(line));
    let shown = if context.choice.get().hides(&panel, &line) { "false" } else { "true" };
    el("button", "key")
        .set("type", "button")
        .set("aria-pressed", shown)
        .on("click", move |_| context.choose(|choice| choice.toggle_line(&panel, &line)))
        .kid(sample)
        .says(name)
}

fn key(sample: View, name: String) -> El {
    el("li", "key").kid(sample).says(name)
}

fn picture(drawn: &Drawn, filled: bool, title: &str, intl: &Intl) -> View {
    let Drawn { series, chart, frame, notes, .. } = drawn;
    let says = summary::of_series(
        title,
        series,
        &|value| intl.value(value, &series.measure, Place::Cell),
        &|place| drawn.says(place, intl),
        intl.lexicon(),
    );
    let picture =
        svg("svg", "picture").set("part", "chart").set("role", "img").set("aria-label", says);
    let mut picture = axes(picture, chart, frame);
    let surfaces = frame.columns || frame.stacked;
    let filled = filled && (chart.marks.len() == 1 || surfaces);
    if surfaces && chart.marks.len() > 1 {
        picture = picture.kid(hatch::patterns());
    }
    // The first line is the most important one and lies on top.
    for (place, mark) in chart.marks.iter().enumerate().rev() {
        picture = draw(picture, place, mark, filled, surfaces);
    }
    for (nth, note) in notes.iter().enumerate() {
        if let Some(x) = chart.buckets.get(note.bucket) {
            // Neighbours do not cover each other's words.
            let y = chart.ground.top + 8.0 + (nth % 3) as f64 * 14.0;
            picture = annotation(picture, (*x, y), &chart.ground, &note.label);
        }
    }
    picture.into()
}

fn axes(mut picture: El, chart: &Chart, frame: &Frame) -> El {
    let Ground { left, right, bottom, .. } = chart.ground;
    let beside = if frame.mirrored { right + 10.0 } else { left - 10.0 };
    let class = if frame.mirrored { "tick value after" } else { "tick value" };
    for label in &chart.values {
        let y = px(label.at.round() + 0.5);
        let is_zero = (label.at - chart.zero).abs() < 0.5;
        let rule = svg("line", if is_zero { "zero" } else { "rule" })
            .set("x1", px(left))
            .set("x2", px(right))
            .set("y1", y.clone())
            .set("y2", y);
        picture = picture.kid(rule).kid(label_at(class, beside, label.at + 4.0, &label.text));
    }
    for label in &chart.times {
        picture = picture.kid(label_at("tick time", label.at, bottom + 20.0, &label.text));
    }
    picture
}

fn label_at(class: &'static str, x: f64, y: f64, words: &str) -> El {
    svg("text", class).set("x", px(x)).set("y", px(y)).says(String::from(words))
}

fn draw(mut picture: El, place: usize, mark: &Mark, filled: bool, surfaces: bool) -> El {
    let path = |class: &'static str, d: &str| {
        svg("path", class).set("data-tone", tone(place)).set("d", String::from(d))
    };
    if filled {
        picture = picture.kid(path(if surfaces { "surface" } else { "area" }, &mark.area));
        if let Some(fill) = hatch::fill(place).filter(|_| surfaces) {
            picture = picture.kid(path("hatch", &mark.area).set("fill", fill));
        }
    }
    if let Some(before) = &mark.before {
        picture = picture.kid(path(if surfaces { "ghost level" } else { "ghost" }, before));
    }
    if let Some(tail) = &mark.tail {
        picture = picture.kid(path("line tail", tail));
    }
    if surfaces { picture } else { picture.kid(path("line", &mark.line)) }
}

/// A rule, and its words on the roomier side.
fn annotation(picture: El, (x, y): (f64, f64), ground: &Ground, label: &str) -> El {
    let (top, x) = (px(ground.top), x.round() + 0.5);
    let rule = svg("line", "note")
        .set("x1", px(x))
        .set("x2", px(x))
        .set("y1", top)
        .set("y2", px(ground.bottom));
    let after = ground.right - x > (ground.right - ground.left) / 2.0;
    let words = label_at(
        if after { "tick note-words" } else { "tick note-words before" },
        if after { x + 5.0 } else { x - 5.0 },
        y,
        label,
    );
    picture.kid(rule).kid(words)
}

/// A piece of the line, in front of its name.
pub(crate) fn swatch(tone: &'static str) -> View {
    let class = if tone == "before" { "ghost" } else { "line" };
    svg("svg", "swatch")
        .set("aria-hidden", "true")
        .kid(svg("path", class).set("data-tone", tone).set("d", "M1 4h18"))
        .into()
}

/// A piece of the surface, in front of its name.
pub(crate) fn block(tone: &'static str) -> View {
    el("span", "block").set("data-tone", tone).set("aria-hidden", "true").into()
}
