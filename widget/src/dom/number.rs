//! A number panel: the figure, its change, its course.

use inlay_shared::{Column, Role};
use serde_json::Value;

use crate::{
    chart::{
        path::px,
        spark::{self, Spark},
    },
    data::{
        cell,
        series::{Series, place_of},
    },
    text::{
        delta::{Way, delta},
        number::Place,
        summary, words,
    },
};

use super::{
    el::{View, el, live, svg, text},
    icon,
    intl::Intl,
    panel::PanelScope,
};

/// Draws the panel's body.
pub(crate) fn number(scope: PanelScope) -> View {
    live(move || {
        let Some(panel) = scope.answer() else { return View::Nothing };
        let Some(place) = place_of(&panel.answer, Role::Measure) else { return View::Nothing };
        let intl = scope.context.intl.get();
        let column = &panel.answer.columns[place];
        let now = value_of(&panel.answer.rows, place);
        let figure = match now {
            Some(now) => intl.value(now, column, Place::Figure),
            None => intl.say(words::ABSENT).into(),
        };
        let mut body =
            el("div", "number-body").kid(el("p", "figure").set("part", "figure").says(figure));
        if let (Some(compare), Some(now)) = (&panel.answer.compare, now)
            && let Some(before) = value_of(&compare.rows, place)
        {
            body = body.kid(change(now, before, column, &intl.span(&compare.time, false), &intl));
        }
        if let (Some(target), Some(now)) = (scope.layout.look.target, now) {
            body = body.kid(goal(now, target, column, &intl));
        }
        if let Some(series) = panel.trend.as_ref().and_then(Series::read)
            && let Some(line) = series.lines.first()
            && let Some(spark) = spark::spark(&line.values)
        {
            let says = summary::of_series(
                &scope.layout.title,
                &series,
                &|value| intl.value(value, column, Place::Cell),
                &|place| intl.bucket(&series.times[place], series.grain),
                intl.lexicon(),
            );
            body = body.kid(course(spark, says));
        }
        body.into()
    })
}

/// How far the number is on its way.
fn goal(now: f64, target: f64, column: &Column, intl: &Intl) -> View {
    let share = if target == 0.0 { 1.0 } else { now / target };
    let mut length = px(share.clamp(0.0, 1.0) * 100.0);
    length.push('%');
    let target = intl.value(target, column, Place::Figure);
    let words = [("share", &*intl.share(share)), ("value", &*target)];
    let words = intl.fill(words::TARGET, &words);
    let fill = svg("rect", "bar-fill").set("width", length).set("height", "100%");
    el("div", "goal")
        .kid(svg("svg", "track").set("aria-hidden", "true").kid(fill))
        .kid(el("p", "goal-words").says(words))
        .into()
}

fn value_of(rows: &[Vec<Value>], place: usize) -> Option<f64> {
    cell::number(rows.first()?.get(place)?)
}

/// Says a change by arrow, sign, words and colour; each alone would be enough.
fn change(now: f64, before: f64, column: &Column, period: &str, intl: &Intl) -> View {
    let delta = delta(now, before);
    let (tone, mark) = match delta.way {
        Way::Up => ("up", icon::arrow(true)),
        Way::Down => ("down", icon::arrow(false)),
        Way::Level => ("level", View::Nothing),
    };
    // More of a duration may be good or bad: nobody here knows.
    let tone = if column.format == Some(inlay_shared::Format::Duration) { "level" } else { tone };
    let mut badge = el("span", "delta").set("data-way", tone).kid(mark);
    badge = match delta.share.filter(|_| delta.way != Way::Level) {
        Some(share) => badge
            .says(intl.percent(share))
            .kid(el("span", "unseen").kid(text(intl.say(words::way(delta.way))))),
        None => badge.says(intl.say(words::way(delta.way))),
    };
    let from = intl.fill(words::FROM, &[("value", &intl.value(before, column, Place::Figure))]);
    // The period goes first where room is short; the whole is in the title.
    let when = intl.fill(words::WHEN, &[("period", period)]);
    let title = [from.as_str(), &when].concat();
    let when = el("span", "when").says(when);
    let from = el("span", "from").set("title", title).says(from).kid(when);
    el("p", "change").kid(badge).kid(from).into()
}

fn course(spark: Spark, says: String) -> View {
    svg("svg", "spark")
        .set("part", "spark")
        .set("viewBox", "0 0 200 48")
        .set("preserveAspectRatio", "none")
        .set("role", "img")
        .set("aria-label", says)
        .kid(svg("path", "spark-area").set("d", spark.area))
        .kid(svg("path", "spark-line").set("d", spark.line))
        .kid(svg("path", "spark-end").set("d", spark.end))
        .into()
}
