//! Tables: a panel of its own, and the twin of every chart.

use inlay_shared::{Column, Grain, Role};
use serde_json::Value;

use crate::{
    chart::path::px,
    data::{
        cell,
        order::{self, Sort},
        series::Series,
        stamp::Stamp,
        twin::{Head, Twin},
    },
    text::{lexicon::Word, words},
};

use super::{
    el::{El, View, el, live},
    icon,
    intl::Intl,
    panel::PanelScope,
    var::Var,
};

/// Rows of a page.
const PAGE: usize = 50;

/// Draws the panel's body. A number's table is its course.
pub(crate) fn table(scope: PanelScope) -> View {
    let sorted = Var::new(None::<Sort>);
    let page = Var::new(0_usize);
    live(move || {
        let Some(panel) = scope.answer() else { return View::Nothing };
        let answer = match &panel.trend {
            Some(trend) if Series::read(trend).is_some() => trend,
            _ => &panel.answer,
        };
        let intl = scope.context.intl.get();
        let mut twin = Twin::read(answer);
        let sort = sorted.get();
        if let Some(sort) = sort {
            order::sort(&mut twin, sort);
        }
        let most = if scope.layout.look.cell_bars { order::most(&twin) } else { Vec::new() };
        let mut heads = el("tr", "");
        for (place, head) in twin.heads.iter().enumerate() {
            heads = heads.kid(head_of(place, head, sort, sorted, &intl));
        }
        let pages = twin.rows.len().div_ceil(PAGE).max(1);
        let shown = page.get().min(pages - 1);
        let mut rows = el("tbody", "");
        for cells in twin.rows.iter().skip(shown * PAGE).take(PAGE) {
            let mut row = el("tr", "");
            for (place, (cell, head)) in cells.iter().zip(&twin.heads).enumerate() {
                let words = written(cell, &head.column, answer.time.grain, &intl);
                let most = most.get(place).copied().filter(|most| *most > 0.0);
                let size = most.zip(cell::number(cell)).filter(|_| head.is_number());
                row = row.kid(match size {
                    Some((most, value)) => bar_cell(words, value / most),
                    None => cell_of("td", head).says(words),
                });
            }
            rows = rows.kid(row);
        }
        let table = el("table", "data").set("part", "table").kid(el("thead", "").kid(heads));
        // What scrolls must be reachable by keys.
        let scroll = el("div", "scroll")
            .set("tabindex", "0")
            .set("role", "group")
            .set("aria-label", scope.layout.title.clone())
            .kid(table.kid(rows));
        let turn = if pages > 1 { turning(page, shown, pages, &intl) } else { View::Nothing };
        el("div", "table-box").kid(scroll).kid(turn).into()
    })
}

/// A head is a button that sorts.
fn head_of(
    place: usize,
    head: &Head,
    sort: Option<Sort>,
    sorted: Var<Option<Sort>>,
    intl: &Intl,
) -> El {
    let mut name = head.column.label.clone();
    if head.is_before {
        name.push_str(", ");
        name.push_str(&intl.say(words::BEFORE));
    }
    let is_number = head.is_number();
    let way = sort.filter(|sort| sort.column == place).map(|sort| sort.down);
    let said = match way {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    let mark = way.map_or(View::Nothing, |down| icon::arrow(!down));
    let button = el("button", "sort")
        .set("type", "button")
        .on("click", move |_| {
            sorted.set(Sort::next(sorted.get_untracked(), place, is_number));
        })
        .says(name)
        .kid(mark);
    cell_of("th", head).set("scope", "col").set("aria-sort", said).kid(button)
}

/// The way to the pages before and after.
fn turning(page: Var<usize>, shown: usize, pages: usize, intl: &Intl) -> View {
    let button = |name: Word, path: View, to: Option<usize>| {
        let mut button = el("button", "toggle")
            .set("type", "button")
            .set("aria-label", intl.say(name))
            .set("title", intl.say(name))
            .kid(path);
        if to.is_none() {
            button = button.set("disabled", "");
        }
        button.on("click", move |_| {
            if let Some(to) = to {
                page.set(to);
            }
        })
    };
    let place = [&intl.whole(shown + 1), " / ", &intl.whole(pages)].concat();
    let next = (shown + 1 < pages).then_some(shown + 1);
    el("div", "pages")
        .kid(button(words::PREVIOUS, icon::turn(false), shown.checked_sub(1)))
        .kid(el("span", "").set("role", "status").says(place))
        .kid(button(words::NEXT, icon::turn(true), next))
        .into()
}

fn cell_of(tag: &'static str, head: &Head) -> El {
    el(tag, if head.is_number() { "num" } else { "word" })
}

/// A number with a bar of its share of the greatest in its column.
fn bar_cell(words: String, share: f64) -> El {
    let mut length = px(share.abs() * 100.0);
    length.push('%');
    let class = if share < 0.0 { "cell-bar below" } else { "cell-bar" };
    let bar = el("span", class).set("aria-hidden", "true").set("style:inline-size", length);
    el("td", "num sized").kid(bar).kid(el("span", "cell-words").says(words))
}

fn written(value: &Value, column: &Column, grain: Option<Grain>, intl: &Intl) -> String {
    let words = cell::words(value);
    match (column.role, grain, cell::number(value)) {
        (Role::Time, Some(grain), _) => match Stamp::parse(&words) {
            Some(stamp) => intl.bucket(&stamp, grain),
            None => words,
        },
        (Role::Measure, _, Some(number)) => intl.cell(number, value.as_str(), column),
        (Role::Measure, _, None) => intl.say(words::ABSENT).into(),
        (Role::Dimension, _, Some(day)) if column.name == "day_of_week" => {
            intl.weekday((day as usize + 6) % 7, true)
        }
        (Role::Dimension, _, Some(hour)) if column.name == "hour_of_day" => {
            intl.hour(hour as usize)
        }
        _ if words.is_empty() => intl.say(words::NO_VALUE).into(),
        _ => words,
    }
}
