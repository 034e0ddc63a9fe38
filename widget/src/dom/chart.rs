//! Lines and areas over time on the screen.

use std::sync::Arc;

use inlay_shared::PanelKind;

use crate::{
    chart::{
        line::{self, Chart, Ground, Mark, Words},
        path::px,
    },
    data::{series::Series, stamp::Stamp},
    text::{number::Place, summary, words},
};

use super::{
    el::{El, View, el, live, svg},
    intl::Intl,
    panel::PanelScope,
    readout,
    var::{Var, derive},
};

/// A chart as it stands on the screen.
#[derive(PartialEq)]
pub(crate) struct Drawn {
    pub(crate) series: Series,
    pub(crate) chart: Chart,
    pub(crate) width: f64,
}

/// The class of the line at that place: each has its own colour.
pub(crate) fn tone(place: usize) -> &'static str {
    ["s-0", "s-1", "s-2", "s-3", "s-4", "s-5"].get(place).copied().unwrap_or("s-5")
}

/// A line's name; groups may lack a value.
pub(crate) fn name_of(name: &str) -> &str {
    if name.is_empty() { words::NO_VALUE } else { name }
}

/// Draws the panel's body.
pub(crate) fn chart(scope: PanelScope) -> View {
    let size = Var::new((0.0, 0.0));
    let intl = scope.context.intl;
    let state = scope.state.clone();
    let drawn = derive(move || {
        let (width, height) = size.get();
        let panel = state.get().answer.filter(|_| width > 0.0 && height > 0.0)?;
        let series = Series::read(&panel.answer)?;
        let intl = intl.get();
        let words = Words {
            value: &|value| intl.value(value, &series.measure, Place::Axis),
            time: &|stamp, says| intl.tick(stamp, says, series.grain),
        };
        let end = Stamp::parse(&panel.answer.time.to);
        let open = end.is_some_and(|end| end.epoch_ms > js_sys::Date::now());
        let chart = line::chart(&series, open, width, height, &words);
        Some(Arc::new(Drawn { series, chart, width }))
    });
    let filled = scope.layout.kind == PanelKind::Area;
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
        match Series::read(&panel.answer) {
            Some(series) => legend(&series, period),
            None => View::Nothing,
        }
    });
    let canvas = el("div", "canvas")
        .size(move |width, height| size.set((width, height)))
        .kid(picture)
        .kid(readout::readout(scope, drawn));
    el("div", "chart").kid(legend).kid(canvas).into()
}

/// Names the lines where there is something to tell apart.
fn legend(series: &Series, period: Option<String>) -> View {
    if series.lines.len() < 2 && period.is_none() {
        return View::Nothing;
    }
    let mut list = el("ul", "legend").set("part", "legend");
    for (place, line) in series.lines.iter().enumerate() {
        list = list.kid(key(tone(place), String::from(name_of(&line.name))));
    }
    if let Some(period) = period {
        list = list.kid(key("before", period));
    }
    if series.left_out > 0 {
        let mut more = String::from("+");
        more.push_str(&series.left_out.to_string());
        list = list.kid(el("li", "key").says(more));
    }
    list.into()
}

fn key(tone: &'static str, name: String) -> El {
    el("li", "key").kid(swatch(tone)).says(name)
}

fn picture(drawn: &Drawn, filled: bool, title: &str, intl: &Intl) -> View {
    let Drawn { series, chart, .. } = drawn;
    let says = summary::of_series(
        title,
        series,
        &|value| intl.value(value, &series.measure, Place::Cell),
        &|place| intl.bucket(&series.times[place], series.grain),
    );
    let picture =
        svg("svg", "picture").set("part", "chart").set("role", "img").set("aria-label", says);
    let mut picture = axes(picture, chart);
    let filled = filled && chart.marks.len() == 1;
    // The first line is the most important one and lies on top.
    for (place, mark) in chart.marks.iter().enumerate().rev() {
        picture = marks(picture, tone(place), mark, filled);
    }
    picture.into()
}

fn axes(mut picture: El, chart: &Chart) -> El {
    let Ground { left, right, bottom, .. } = chart.ground;
    for label in &chart.values {
        let y = px(label.at.round() + 0.5);
        let is_zero = (label.at - chart.zero).abs() < 0.5;
        let rule = svg("line", if is_zero { "zero" } else { "rule" })
            .set("x1", px(left))
            .set("x2", px(right))
            .set("y1", y.clone())
            .set("y2", y);
        let words = label_at("tick value", left - 10.0, label.at + 4.0, &label.text);
        picture = picture.kid(rule).kid(words);
    }
    for label in &chart.times {
        picture = picture.kid(label_at("tick time", label.at, bottom + 20.0, &label.text));
    }
    picture
}

fn label_at(class: &'static str, x: f64, y: f64, words: &str) -> El {
    svg("text", class).set("x", px(x)).set("y", px(y)).says(String::from(words))
}

fn marks(mut picture: El, tone: &'static str, mark: &Mark, filled: bool) -> El {
    let path = |class: &'static str, d: &str| {
        svg("path", class).set("data-tone", tone).set("d", String::from(d))
    };
    if filled {
        picture = picture.kid(path("area", &mark.area));
    }
    if let Some(before) = &mark.before {
        picture = picture.kid(path("ghost", before));
    }
    if let Some(tail) = &mark.tail {
        picture = picture.kid(path("line tail", tail));
    }
    picture.kid(path("line", &mark.line))
}

/// A piece of the line, in front of its name.
pub(crate) fn swatch(tone: &'static str) -> View {
    let class = if tone == "before" { "ghost" } else { "line" };
    svg("svg", "swatch")
        .set("aria-hidden", "true")
        .kid(svg("path", class).set("data-tone", tone).set("d", "M1 4h18"))
        .into()
}
