//! A number panel: the figure, its change, its course.

use inlay_shared::Role;
use leptos::{html, prelude::*, svg};

use crate::{
    chart::spark::{self, Spark},
    data::{cell, series::Series, series::place_of},
    text::{
        delta::{Way, delta},
        number::Place,
        summary, words,
    },
};

use super::{
    el::{Attrs, class, div, el, live, nothing, span, text},
    icon,
    panel::PanelScope,
};

/// Draws the panel's body.
pub(crate) fn number(scope: PanelScope) -> AnyView {
    live(move || {
        let Some(panel) = scope.answer() else { return nothing() };
        let Some(place) = place_of(&panel.answer, Role::Measure) else { return nothing() };
        let intl = scope.context.intl.get();
        let column = &panel.answer.columns[place];
        let value_in = |rows: &[Vec<serde_json::Value>]| {
            rows.first().and_then(|row| row.get(place)).and_then(cell::number)
        };
        let now = value_in(&panel.answer.rows);
        let figure = now.map_or_else(|| words::ABSENT.into(), |now| intl.value(now, column, Place::Figure));
        let change = match (&panel.answer.compare, now) {
            (Some(compare), Some(now)) => {
                let before = value_in(&compare.rows);
                before.map_or_else(nothing, |before| {
                    let said = intl.value(before, column, Place::Figure);
                    change(now, before, &said, &intl.span(&compare.time, false), &|share| {
                        intl.percent(share)
                    })
                })
            }
            _ => nothing(),
        };
        let course = panel.trend.as_ref().and_then(Series::read).and_then(|series| {
            let drawn = spark::spark(&series.lines.first()?.values)?;
            let says = summary::of_series(
                &scope.layout.title,
                &series,
                &|value| intl.value(value, column, Place::Cell),
                &|place| intl.bucket(&series.times[place], series.grain),
            );
            Some(course(drawn, says))
        });
        div(
            class("number-body"),
            vec![
                el(html::p(), class("figure").set("part", "figure"), vec![text(figure)]),
                change,
                course.unwrap_or_else(nothing),
            ],
        )
    })
}

/// Says a change by arrow, sign, words and colour; each alone would be enough.
fn change(
    now: f64,
    before: f64,
    said: &str,
    period: &str,
    percent: &dyn Fn(f64) -> String,
) -> AnyView {
    let delta = delta(now, before);
    let (tone, mark) = match delta.way {
        Way::Up => ("up", icon::arrow(true)),
        Way::Down => ("down", icon::arrow(false)),
        Way::Level => ("level", nothing()),
    };
    let mut kids = vec![mark];
    match delta.share {
        _ if delta.way == Way::Level => kids.push(text(words::way(Way::Level))),
        Some(share) => {
            kids.push(text(percent(share)));
            kids.push(span(class("unseen"), words::way(delta.way)));
        }
        None => kids.push(text(words::way(delta.way))),
    }
    let mut from = String::from("from ");
    from.push_str(said);
    let mut title = from.clone();
    title.push_str(", ");
    title.push_str(period);
    el(
        html::p(),
        class("change").set("title", title),
        vec![
            el(html::span(), class("delta").set("data-way", tone), kids),
            el(
                html::span(),
                class("from"),
                vec![text(from), span(class("from-when"), [" · ", period].concat())],
            ),
        ],
    )
}

fn course(spark: Spark, says: String) -> AnyView {
    let path = |name: &'static str, d: String| el(svg::path(), class(name).set("d", d), vec![]);
    el(
        svg::svg(),
        Attrs::default()
            .set("class", "spark")
            .set("part", "spark")
            .set("viewBox", "0 0 200 48")
            .set("preserveAspectRatio", "none")
            .set("role", "img")
            .set("aria-label", says),
        vec![path("spark-area", spark.area), path("spark-line", spark.line), path("spark-end", spark.end)],
    )
}
