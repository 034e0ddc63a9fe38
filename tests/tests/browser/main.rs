//! The dashboard in a real browser.

mod access;
mod anyone;
mod at_home;
mod axe;
mod gallery;
mod height;
mod host;
mod language;
mod life;
mod lighthouse;
mod live;
mod many;
mod memory;
mod package;
mod picks;
mod policy;
mod portal;
mod proxy;
mod react;
mod resilience;
mod start;
mod steady;
mod strangers;
mod tracker;

/// Reads what a dashboard shows: the texts of its figures by title, and the cells of its table.
const SHOWN: &str = "
    const root = document.querySelector('inlay-dashboard')?.shadowRoot;
    if (!root?.querySelector('.ready')) return null;
    const texts = (from, selector) => [...from.querySelectorAll(selector)].map((e) => e.textContent);
    const shown = { figures: {}, bars: {}, rows: [] };
    for (const panel of root.querySelectorAll('[part=panel]')) {
        const title = panel.querySelector('[part=panel-title]').textContent;
        const figure = panel.querySelector('[part=figure]');
        if (figure) shown.figures[title] = figure.textContent;
        for (const row of panel.querySelectorAll('.bar-row')) {
            shown.bars[title] ??= [];
            shown.bars[title].push(texts(row, '.bar-name, .bar-value'));
        }
        const rows = panel.querySelectorAll('[part=table] tbody tr');
        shown.rows.push(...[...rows].map((row) => texts(row, 'td')));
    }
    shown.range = root.querySelector('[part=ranges] input:checked')?.value ?? null;
    shown.troubled = Boolean(root.querySelector('[role=alert], [part=notice], .panel-note'));
    return shown;
";

/// The digits of a number, however a language groups them.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
