//! Lines and areas over time on the screen, and the readout that follows pointer and keys.

use std::{rc::Rc, sync::Arc};

use inlay_shared::PanelKind;
use leptos::{html, prelude::*, svg};

use crate::{
    chart::{
        line::{self, Chart, Ground, Mark, Words},
        path::px,
    },
    data::series::Series,
    text::{number::Place, summary, words},
};

use super::{
    el::{Attrs, class, div, el, live, nothing, span, text},
    intl::Intl,
    panel::PanelScope,
    readout,
};

/// A chart as it stands on the screen.
#[derive(Clone, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) series: Arc<Series>,
    pub(crate) chart: Arc<Chart>,
    pub(crate) width: f64,
}

/// The class of the line at that place: each has its own colour and dash.
pub(crate) fn tone(place: usize) -> &'static str {
    ["s-0", "s-1", "s-2", "s-3", "s-4", "s-5"].get(place).copied().unwrap_or("s-5")
}

/// Draws the panel's body.
pub(crate) fn chart(scope: PanelScope) -> AnyView {
    let size = RwSignal::new((0.0, 0.0));
    let series = {
        let scope = scope.clone();
        Memo::new(move |_| scope.answer().and_then(|panel| Series::read(&panel.answer)).map(Arc::new))
    };
    let intl = scope.context.intl;
    let drawn = Memo::new(move |_| {
        let (width, height) = size.get();
        let series = series.get().filter(|_| width > 0.0 && height > 0.0)?;
        let intl = intl.get();
        let words = Words {
            value: &|value| intl.value(value, &series.measure, Place::Axis),
            time: &|stamp, says| intl.tick(stamp, says, series.grain),
        };
        let chart = Arc::new(line::chart(&series, width, height, &words));
        Some(Drawn { series, chart, width })
    });
    let filled = scope.layout.kind == PanelKind::Area;
    let title = scope.layout.title.clone();
    let picture = live(move || match drawn.get() {
        Some(drawn) => picture(&drawn, filled, &title, &intl.get()),
        None => nothing(),
    });
    let legend = {
        let scope = scope.clone();
        live(move || {
            let period = scope
                .answer()
                .and_then(|panel| panel.answer.compare.as_ref().map(|it| intl.get().span(&it.time, false)));
            series.get().map_or_else(nothing, |series| legend(&series, period))
        })
    };
    div(
        class("chart"),
        vec![
            legend,
            div(
                class("canvas").size(move |width, height| size.set((width, height))),
                vec![picture, readout::readout(scope, drawn)],
            ),
        ],
    )
}

/// Names the lines where there is something to tell apart.
fn legend(series: &Series, period: Option<String>) -> AnyView {
    let many = series.lines.len() > 1;
    if !many && period.is_none() {
        return nothing();
    }
    let entry = |tone: &'static str, name: String| {
        el(
            html::li(),
            class("key"),
            vec![span(class("swatch").set("data-tone", tone).set("aria-hidden", "true"), ""), text(name)],
        )
    };
    let named = |(place, line): (usize, &crate::data::series::Line)| {
        let name = if line.name.is_empty() { words::NO_VALUE } else { &line.name };
        entry(tone(place), name.into())
    };
    let mut kids: Vec<AnyView> = series.lines.iter().enumerate().map(named).collect();
    if let Some(period) = period {
        kids.push(entry("before", period));
    }
    if series.left_out > 0 {
        let mut more = String::from("+");
        more.push_str(&series.left_out.to_string());
        kids.push(el(html::li(), class("key more"), vec![text(more)]));
    }
    el(html::ul(), class("legend").set("part", "legend"), kids)
}

fn picture(drawn: &Drawn, filled: bool, title: &str, intl: &Rc<Intl>) -> AnyView {
    let Drawn { series, chart, .. } = drawn;
    let says = summary::of_series(
        title,
        series,
        &|value| intl.value(value, &series.measure, Place::Cell),
        &|place| intl.bucket(&series.times[place], series.grain),
    );
    let mut kids = axes(chart);
    for (place, mark) in chart.marks.iter().enumerate().rev() {
        marks(place, mark, filled && chart.marks.len() == 1, &mut kids);
    }
    el(
        svg::svg(),
        class("picture").set("part", "chart").set("role", "img").set("aria-label", says),
        kids,
    )
}

fn axes(chart: &Chart) -> Vec<AnyView> {
    let Ground { left, right, bottom, .. } = chart.ground;
    let mut kids = Vec::new();
    for label in &chart.values {
        let y = px(label.at.round() + 0.5);
        let is_zero = (label.at - chart.zero).abs() < 0.5;
        kids.push(el(
            svg::line(),
            class(if is_zero { "zero" } else { "rule" })
                .set("x1", px(left))
                .set("x2", px(right))
                .set("y1", y.clone())
                .set("y2", y.clone()),
            vec![],
        ));
        kids.push(label_at("tick value", left - 10.0, label.at + 4.0, &label.text));
    }
    for label in &chart.times {
        kids.push(label_at("tick time", label.at, bottom + 20.0, &label.text));
    }
    kids
}

fn label_at(name: &'static str, x: f64, y: f64, words: &str) -> AnyView {
    let attrs = class(name).set("x", px(x)).set("y", px(y)).set("aria-hidden", "true");
    el(svg::text(), attrs, vec![text(words)])
}

fn marks(place: usize, mark: &Mark, filled: bool, kids: &mut Vec<AnyView>) {
    let mut path = |name: &'static str, d: &str| {
        let attrs = Attrs::default().set("class", name).set("data-tone", tone(place));
        kids.push(el(svg::path(), attrs.set("d", String::from(d)), vec![]));
    };
    if filled {
        path("area", &mark.area);
    }
    if let Some(before) = &mark.before {
        path("ghost", before);
    }
    path("line", &mark.line);
}
