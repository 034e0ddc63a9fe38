//! A week as a grid of hours.

use std::rc::Rc;

use crate::{
    chart::{heat, path::px},
    data::heatmap::{DAYS, HOURS, Week},
    text::words,
};

use super::{
    el::{El, View, el, live},
    intl::Intl,
    marks::{self, Marks, Walk},
    panel::PanelScope,
    readout::said,
};

/// Draws the panel's body.
pub(crate) fn heatmap(scope: PanelScope) -> View {
    let walk = Walk::new(scope);
    live(move || {
        let scope = &walk.scope;
        let Some(panel) = scope.answer() else { return View::Nothing };
        let Some(week) = Week::read(&panel.answer) else { return View::Nothing };
        let intl = scope.context.intl.get();
        let current = walk.current(HOURS * DAYS);
        let of_pick = scope.clone();
        let pick: Rc<dyn Fn(usize)> = Rc::new(move |place| {
            let hour = (place % HOURS).to_string();
            marks::select(&of_pick, "hour_of_day", &hour);
        });
        let marks = Marks { count: HOURS * DAYS, across: HOURS, pick: pick.clone() };
        let mut grid = walk.holder("heat", summary(&scope.layout.title, &week, &intl), marks);
        for row in 0..DAYS {
            let day = intl.weekday(week.days[row], false);
            let head = el("span", "heat-day").set("role", "rowheader").says(day);
            let mut line = el("div", "heat-row").set("role", "row").kid(head);
            for hour in 0..HOURS {
                let place = row * HOURS + hour;
                let value = week.value(row, hour);
                let shade = heat::shade(value.unwrap_or(0.0), week.most);
                let is_current = current == Some(place);
                let cell = el("span", if is_current { "cell current" } else { "cell" })
                    .set("data-shade", shade.to_string())
                    .set("aria-label", says(&week, row, hour, &intl));
                line = line.kid(walk.mark(cell, place, true, &pick));
            }
            // What the current cell says, above or below it.
            if let Some(place) = current.filter(|place| place / HOURS == row) {
                line = line.kid(card(&week, place, &intl));
            }
            grid = grid.kid(line);
        }
        let mut hours = el("div", "heat-row heat-hours").set("aria-hidden", "true");
        hours = hours.kid(el("span", "heat-day"));
        for hour in (0..HOURS).step_by(3) {
            hours = hours.kid(el("span", "heat-hour").says(intl.hour(hour)));
        }
        el("div", "heatmap").kid(grid).kid(hours).kid(scale(&week, &intl)).into()
    })
}

fn says(week: &Week, row: usize, hour: usize, intl: &Intl) -> String {
    let (day, hour_says) = (intl.weekday(week.days[row], true), intl.hour(hour));
    [&day, " ", &hour_says, ", ", &said(intl, &week.measure, week.value(row, hour))].concat()
}

/// Says the busiest hour.
fn summary(title: &str, week: &Week, intl: &Intl) -> String {
    let mut out = String::from(title);
    let all = (0..DAYS * HOURS).map(|place| (place / HOURS, place % HOURS));
    let busiest = all
        .into_iter()
        .find(|(row, hour)| week.most > 0.0 && week.value(*row, *hour) == Some(week.most));
    if let Some((row, hour)) = busiest {
        let busiest = intl.fill(words::MOST, &[("time", &says(week, row, hour, intl))]);
        for piece in [": ", &busiest, ". ", &intl.say(words::ARROWS)] {
            out.push_str(piece);
        }
    }
    out
}

/// The shades from nothing to the most.
fn scale(week: &Week, intl: &Intl) -> El {
    let mut scale = el("div", "heat-scale").set("aria-hidden", "true").says(said(
        intl,
        &week.measure,
        Some(0.0),
    ));
    for shade in 0..=heat::SHADES {
        scale = scale.kid(el("span", "cell").set("data-shade", shade.to_string()));
    }
    scale.says(said(intl, &week.measure, Some(week.most)))
}

fn card(week: &Week, place: usize, intl: &Intl) -> View {
    let (row, hour) = (place / HOURS, place % HOURS);
    let mut when = intl.weekday(week.days[row], true);
    when.push_str(", ");
    when.push_str(&intl.hour(hour));
    let card = el("div", "card heat-card")
        .set("part", "tooltip")
        .set("aria-hidden", "true")
        .set("style:--x", px((hour as f64 + 0.5) / HOURS as f64 * 100.0))
        .set("data-below", if row < 3 { "true" } else { "false" });
    let value = el("span", "card-value").says(said(intl, &week.measure, week.value(row, hour)));
    let name = el("span", "card-name").says(week.measure.label.clone());
    card.kid(el("p", "card-when").says(when)).kid(el("div", "card-row").kid(name).kid(value)).into()
}
