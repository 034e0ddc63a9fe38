//! Upright bars: one by one, side by side, or on each other.

use crate::data::series::Series;

use super::{band::Bands, path, plot::Mark, scale::Scale};

/// Wider bars look like walls.
const WIDEST: f64 = 56.0;

/// The mark of each line: its bars are one path, however many there are. `spans` are those of stacked
/// bars.
pub(super) fn marks(
    series: &Series,
    spans: &[Vec<(f64, f64)>],
    bands: &Bands,
    y: &Scale,
) -> Vec<Mark> {
    let beside = if spans.is_empty() { series.lines.len().max(1) } else { 1 };
    let width = (bands.width / beside as f64).clamp(-WIDEST, WIDEST);
    let mut marks = Vec::new();
    for (line, values) in series.lines.iter().enumerate() {
        let mut mark = Mark::default();
        let mut before = String::new();
        for (place, value) in values.values.iter().enumerate() {
            let slot = if spans.is_empty() { line as f64 } else { 0.0 };
            let x = bands.middle(place) + (slot - beside as f64 / 2.0) * width;
            let (from, to) = match spans.get(line) {
                Some(spans) => spans[place],
                None => (0.0, value.unwrap_or(0.0)),
            };
            mark.heights.push(value.map(|_| y.at(to)));
            if from != to {
                let air =
                    if width.abs() > 6.0 && beside > 1 { 1.0_f64.copysign(width) } else { 0.0 };
                let round = spans.is_empty();
                path::bar(&mut mark.area, x, width - air, (y.at(from), y.at(to)), round);
            }
            if let Some(Some(old)) = values.before.as_ref().and_then(|old| old.get(place)) {
                path::rule(&mut before, x, x + width, y.at(*old));
            }
        }
        mark.before = values.before.as_ref().filter(|_| spans.is_empty()).map(|_| before);
        marks.push(mark);
    }
    marks
}
